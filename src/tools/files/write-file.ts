/** Creates a file or replaces its whole content; an existing one only when the model knows what it replaces. */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { changedText, changeTool } from './change-tool.ts'
import { applyEdits, withPlainLineEnds } from './file-edits.ts'
import { splitLines } from './file-lines.ts'
import type { PlannedChange } from './file-preview.ts'
import { requireFresh } from './file-stale.ts'
import { newFileBytes, normalizeLineEnds, openText, type TextFile } from './file-text.ts'
import text from './write-file.md' with { type: 'text' }

const input = Type.Object({
  path: Type.String(),
  content: Type.String(),
})

type Input = Static<typeof input>

export const writeFile = changeTool({
  name: 'write_file',
  text,
  input,
  plan,
})

async function plan(input: Input, context: ToolContext): Promise<PlannedChange> {
  const path = await context.workspace.resolve(input.path)
  const name = context.workspace.display(path)
  if (path === context.workspace.root || /[\\/]$/.test(input.path)) {
    throw new CodiError('invalid', `${input.path} names a directory; give the name of a file`)
  }
  const before = await openText(path, context)
  return before
    ? planReplacement(before, input.content, { name, context })
    : planCreation(path, input.content, name)
}

function planCreation(path: string, content: string, name: string): PlannedChange {
  return {
    summary: `create ${name}`,
    done: `Created ${name}: ${plural(splitLines(content).length, 'line')}`,
    showDiff: false,
    changes: [
      {
        path,
        before: undefined,
        after: { bytes: newFileBytes(content), text: normalizeLineEnds(content).text },
      },
    ],
  }
}

async function planReplacement(
  before: TextFile,
  content: string,
  { name, context }: { name: string; context: ToolContext },
): Promise<PlannedChange> {
  const after = wholeText(before, content)
  if (after.raw === before.raw) {
    return {
      summary: `write ${name} (no change)`,
      done: `${name} holds exactly that already; nothing was written`,
      showDiff: false,
      changes: [],
    }
  }
  await requireFresh(before, context, { verb: 'overwrite', mustBeKnown: true })
  return {
    summary: `overwrite ${name}`,
    done: `Wrote ${name}`,
    showDiff: false,
    changes: [await changedText(before, after, context)],
  }
}

/** An empty file has no line ends to keep. */
function wholeText(before: TextFile, content: string): { text: string; raw: string } {
  const body = before.format.bom && content.startsWith('\ufeff') ? content.slice(1) : content
  if (before.raw === '') return { text: normalizeLineEnds(body).text, raw: body }
  const edit = { start: 0, end: before.text.length, text: withPlainLineEnds(body) }
  return applyEdits(before, [edit])
}
