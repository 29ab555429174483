/** Creates a file or replaces its whole content; an existing one only when the model knows what it replaces. */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { plural } from '../base/text.ts'
import type { Tool, ToolContext } from '../contract/tool.ts'
import { applyEdits, withPlainLineEnds } from './file-edits.ts'
import { splitLines } from './file-lines.ts'
import { type PlannedChange, requestFor, resultFor } from './file-preview.ts'
import { requireFresh } from './file-stale.ts'
import { bytesOf, newFileBytes, normalizeLineEnds, openText, type TextFile } from './file-text.ts'
import { commitChanges } from './file-write.ts'
import text from './write-file.md' with { type: 'text' }

const input = Type.Object({
  path: Type.String({ description: 'File to write, relative to the workspace or absolute' }),
  content: Type.String({ description: 'All that the file shall hold' }),
})

type Input = Static<typeof input>

export const writeFile: Tool<typeof input> = {
  name: 'write_file',
  text,
  input,
  effect: 'write',

  async request(input, context) {
    return requestFor(await plan(input, context), context)
  },

  async run(input, context) {
    const planned = await plan(input, context)
    if (planned.changes.length === 0) return { content: planned.done, data: { files: [] } }
    await commitChanges(planned.changes, context)
    return resultFor(planned, context)
  },
}

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
    changes: [
      {
        path: before.path,
        before,
        after: { bytes: await bytesOf(before, after.raw, name), text: after.text },
      },
    ],
  }
}

/** An empty file has no line ends to keep. */
function wholeText(before: TextFile, content: string): { text: string; raw: string } {
  const body = before.format.bom && content.startsWith('\ufeff') ? content.slice(1) : content
  if (before.raw === '') return { text: normalizeLineEnds(body).text, raw: body }
  const edit = { start: 0, end: before.text.length, text: withPlainLineEnds(body) }
  return applyEdits(before, [edit])
}
