/** Replaces one text in a file by another: exactly, or by the ladder of edit-match; refuses rather than guesses. */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { plural } from '../../base/text.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { changedText, changeTool } from './change-tool.ts'
import text from './edit-file.md' with { type: 'text' }
import { type Finding, findEdit } from './edit-match.ts'
import { describeRegion, nearestRegion } from './edit-nearest.ts'
import type { Rung } from './edit-rungs.ts'
import { applyEdits, type TextEdit, withPlainLineEnds } from './file-edits.ts'
import { lineTable, numbered } from './file-lines.ts'
import type { PlannedChange } from './file-preview.ts'
import { requireFresh } from './file-stale.ts'
import { openExistingText, type TextFile } from './file-text.ts'

const input = Type.Object({
  path: Type.String(),
  old_string: Type.String(),
  new_string: Type.String(),
  replace_all: Type.Optional(Type.Boolean()),
})

type Input = Static<typeof input>

const maxPlaces = 6
const contextLines = 2
const maxLineChars = 200
const minTellingChars = 8

export const editFile = changeTool({
  name: 'edit_file',
  text,
  input,
  plan,
})

async function plan(input: Input, context: ToolContext): Promise<PlannedChange> {
  const path = await context.workspace.resolve(input.path)
  const name = context.workspace.display(path)
  refuseEmpty(input, name)
  const file = await openExistingText(path, context)
  await requireFresh(file, context, { verb: 'edit', mustBeKnown: true })

  const wish = {
    oldString: withPlainLineEnds(input.old_string),
    newString: withPlainLineEnds(input.new_string),
    replaceAll: input.replace_all ?? false,
  }
  const finding = await findEdit(file.text, wish)
  if (finding.type === 'missing') throw missing(file, wish, name)
  if (finding.type === 'ambiguous') throw ambiguous(file, finding, name)

  const after = applyEdits(file, finding.edits)
  if (after.raw === file.raw) {
    throw new CodiError('invalid', `The edit would leave ${name} as it is; nothing was written`)
  }
  return {
    summary: `edit ${name}`,
    done: `Edited ${name}: ${whatWasDone(file, finding.edits)}${rungNote(finding.rung)}`,
    showDiff: finding.rung !== 'exact',
    changes: [await changedText(file, after, context)],
  }
}

function refuseEmpty(input: Input, name: string): void {
  if (input.old_string === '') {
    throw new CodiError(
      'invalid',
      `old_string is empty; give the text to replace in ${name}, or use write_file or insert_line`,
    )
  }
  if (input.old_string === input.new_string) {
    throw new CodiError('invalid', 'old_string and new_string are the same; nothing to change')
  }
}

function whatWasDone(file: TextFile, edits: readonly TextEdit[]): string {
  const table = lineTable(file.text)
  const lines = edits.map((edit) => table.lineAt(edit.start))
  if (lines.length === 1) return `1 replacement at line ${lines[0]}`
  const shown = lines.slice(0, maxPlaces).join(', ')
  const more = lines.length > maxPlaces ? ' …' : ''
  return `${plural(lines.length, 'replacement')} at lines ${shown}${more}`
}

function rungNote(rung: Rung): string {
  if (rung === 'exact') return ''
  return `. old_string differed from the file in ${rung}; the one place that fits was edited`
}

function missing(
  file: TextFile,
  wish: { oldString: string; newString: string },
  name: string,
): CodiError {
  if (file.text === '') {
    return new CodiError('not_found', `${name} is empty; use write_file to give it content`)
  }
  const region = nearestRegion(file.text, wish.oldString)
  const parts = [
    `old_string does not stand in ${name}; nothing was written.`,
    alreadyThere(file, wish),
    hasLineNumbers(wish.oldString)
      ? 'It seems to begin with line numbers: leave them out.'
      : undefined,
    region
      ? describeRegion(file.text, region)
      : 'Nothing in the file is like it; read the file again.',
  ]
  return new CodiError('not_found', parts.filter((part) => part !== undefined).join(' '))
}

function alreadyThere(file: TextFile, wish: { newString: string }): string | undefined {
  // A few characters stand in any file.
  const isTelling = wish.newString.trim().length >= minTellingChars
  const at = isTelling ? file.text.indexOf(wish.newString) : -1
  if (at < 0) return undefined
  return `new_string stands already at line ${lineTable(file.text).lineAt(at)}: was the edit made before?`
}

function hasLineNumbers(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 0 && lines.every((line) => /^\s*\d+\s*[:|\t→]/.test(line))
}

function ambiguous(
  file: TextFile,
  finding: Extract<Finding, { type: 'ambiguous' }>,
  name: string,
): CodiError {
  const { lines } = lineTable(file.text)
  const places = finding.lines.slice(0, maxPlaces).map((line) => {
    const first = Math.max(1, line - contextLines)
    return numbered(lines, { first, last: line + contextLines, maxLineChars })
  })
  const more = finding.lines.length > maxPlaces ? '\n…' : ''
  const fit = finding.rung === 'exact' ? '' : ` (but for ${finding.rung})`
  const remedy =
    finding.rung === 'exact'
      ? 'add lines around it until it is unique, or set replace_all'
      : 'copy the exact text of the place that you mean, with lines around it'
  return new CodiError(
    'ambiguous',
    `old_string stands in ${finding.lines.length} places of ${name}${fit}, at lines ${finding.lines.slice(0, 20).join(', ')}; ${remedy}.\n${places.join('\n--\n')}${more}`,
  )
}
