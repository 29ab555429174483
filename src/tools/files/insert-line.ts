/** Inserts lines before a numbered line, or after the last one. */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { changedText, changeTool } from './change-tool.ts'
import { applyEdits, type TextEdit, withPlainLineEnds } from './file-edits.ts'
import { lineTable } from './file-lines.ts'
import { notebookText } from './file-notebook.ts'
import type { PlannedChange } from './file-preview.ts'
import { requireFresh } from './file-stale.ts'
import { openExistingText } from './file-text.ts'
import text from './insert-line.md' with { type: 'text' }

const input = Type.Object({
  path: Type.String(),
  line: Type.Integer(),
  content: Type.String(),
})

type Input = Static<typeof input>

export const insertLine = changeTool({
  name: 'insert_line',
  text,
  input,
  plan,
})

async function plan(input: Input, context: ToolContext): Promise<PlannedChange> {
  const path = await context.workspace.resolve(input.path)
  const name = context.workspace.display(path)
  const file = await openExistingText(path, context)
  await requireFresh(file, context, { verb: 'edit', mustBeKnown: true })
  if (path.endsWith('.ipynb') && notebookText(file.text)) {
    throw new CodiError(
      'unsupported',
      `${name} is a notebook: the line numbers that read_file shows are not those of its JSON; use edit_file`,
    )
  }

  const { edit, inserted } = insertion(file.text, input, name)
  const after = applyEdits(file, [edit])
  const range =
    inserted === 1 ? `line ${input.line}` : `lines ${input.line}-${input.line + inserted - 1}`
  return {
    summary: `insert ${plural(inserted, 'line')} at line ${input.line} of ${name}`,
    done: `Inserted ${range} in ${name}`,
    showDiff: false,
    changes: [await changedText(file, after, context)],
  }
}

function insertion(
  fileText: string,
  input: Input,
  name: string,
): { edit: TextEdit; inserted: number } {
  const table = lineTable(fileText)
  const count = table.lines.length
  if (input.line < 1 || input.line > count + 1) {
    throw new CodiError(
      'invalid',
      `Line ${input.line} is not in ${name}, which has ${plural(count, 'line')}; give 1 to ${count + 1} (${count + 1} appends)`,
    )
  }
  const content = withPlainLineEnds(input.content)
  const body = content.endsWith('\n') ? content.slice(0, -1) : content
  const inserted = body.split('\n').length
  const start = table.startOf(input.line - 1)
  // After a last line without newline: the file ends without one as before.
  const hasOpenEnd = start === fileText.length && fileText !== '' && !fileText.endsWith('\n')
  const edit = { start, end: start, text: hasOpenEnd ? `\n${body}` : `${body}\n` }
  return { edit, inserted }
}
