/**
 * Finds the text that an edit names: exactly, else by a ladder of differences that models make without meaning them.
 * Each step counts only where exactly one place fits; anything else is refused by the caller.
 */
import { diffLineLists } from '../../base/diff.ts'
import {
  type Adapter,
  carryOver,
  fold,
  looseKey,
  type Rung,
  rungs,
  type WholeLineRung,
} from './edit-rungs.ts'
import type { TextEdit } from './file-edits.ts'
import { type LineTable, lineTable } from './file-lines.ts'

export interface EditWish {
  /** Both with `\n` line ends. */
  oldString: string
  newString: string
  replaceAll: boolean
}

export type Finding =
  | { type: 'found'; rung: Rung; edits: TextEdit[] }
  /** 1-based lines where it stands. */
  | { type: 'ambiguous'; rung: Rung; lines: number[] }
  | { type: 'missing' }

export async function findEdit(text: string, wish: EditWish): Promise<Finding> {
  const exact = positions(text, wish.oldString)
  if (exact.length > 0) return exactFinding(text, wish, exact)
  const block = blockOf(wish)
  const candidates = block ? looseCandidates(lineTable(text), block) : []
  for (const rung of rungs) {
    const edits = rung.whole
      ? block &&
        rung.whole.fits(block.oldLines) &&
        (await wholeLineEdits(candidates, block, rung.whole))
      : foldedEdits(text, wish)
    if (!edits || edits.length === 0) continue
    const [only] = edits
    if (only && edits.length === 1) return { type: 'found', rung: rung.name, edits: [only] }
    const table = lineTable(text)
    const lines = edits.map((edit) => table.lineAt(edit.start))
    return { type: 'ambiguous', rung: rung.name, lines }
  }
  return { type: 'missing' }
}

function exactFinding(text: string, wish: EditWish, starts: readonly number[]): Finding {
  const { oldString, newString } = wish
  if (starts.length > 1 && !wish.replaceAll) {
    const table = lineTable(text)
    return { type: 'ambiguous', rung: 'exact', lines: starts.map((start) => table.lineAt(start)) }
  }
  const edits: TextEdit[] = []
  let free = 0
  for (const start of starts) {
    if (start < free) continue
    free = start + oldString.length
    edits.push({ start, end: free, text: newString })
  }
  return { type: 'found', rung: 'exact', edits }
}

/** Overlapping ones too: `aa` stands twice in `aaa`, so that neither is meant more than the other. */
function positions(text: string, wanted: string): number[] {
  const starts: number[] = []
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) starts.push(at)
  return starts
}

/** Unicode variants differ in one character for one, so that offsets of the folded text are offsets of the text. */
function foldedEdits(text: string, wish: EditWish): TextEdit[] {
  const folded = fold(wish.oldString)
  if (folded.trim() === '') return []
  return positions(fold(text), folded).map((start) => {
    const end = start + wish.oldString.length
    const replaced = { old: wish.oldString, file: text.slice(start, end) }
    return { start, end, text: carryOver(wish.newString, replaced) }
  })
}

// ------------------------------------------------------------------------------------------------- whole-line matching

interface Block {
  oldLines: string[]
  newLines: string[]
  /** Both ended with a newline: the last line's own goes with the block. */
  withNewline: boolean
  /** new_string is empty: the lines go away. */
  deletes: boolean
}

interface Candidate {
  table: LineTable
  first: number
  fileLines: string[]
}

/** Undefined where old_string does not stand for whole lines. */
function blockOf(wish: EditWish): Block | undefined {
  let { oldString, newString } = wish
  if (oldString.trim() === '') return undefined
  if (oldString.startsWith('\n')) {
    if (!newString.startsWith('\n')) return undefined
    oldString = oldString.slice(1)
    newString = newString.slice(1)
  }
  const deletes = newString === ''
  const withNewline = oldString.endsWith('\n') && (deletes || newString.endsWith('\n'))
  if (oldString.endsWith('\n') && !withNewline) return undefined
  const oldLines = (withNewline ? oldString.slice(0, -1) : oldString).split('\n')
  const newLines = deletes ? [] : (withNewline ? newString.slice(0, -1) : newString).split('\n')
  return { oldLines, newLines, withNewline, deletes }
}

function looseCandidates(table: LineTable, block: Block): Candidate[] {
  const wanted = block.oldLines.map(looseKey)
  const keys = table.lines.map(looseKey)
  const candidates: Candidate[] = []
  for (let first = 0; first + wanted.length <= keys.length; first++) {
    if (!wanted.every((key, index) => key === keys[first + index])) continue
    candidates.push({ table, first, fileLines: table.lines.slice(first, first + wanted.length) })
  }
  return candidates
}

async function wholeLineEdits(
  candidates: readonly Candidate[],
  block: Block,
  rung: WholeLineRung,
): Promise<TextEdit[]> {
  const edits: TextEdit[] = []
  for (const candidate of candidates) {
    const { fileLines } = candidate
    if (!block.oldLines.every((old, index) => rung.sameLine(fileLines[index] ?? '', old))) continue
    const adapt = rung.adapter(block.oldLines, fileLines)
    const lines = adapt && (await rewrite(block, fileLines, adapt))
    if (lines) edits.push(editOf(candidate, block, lines))
  }
  return edits
}

/** The lines of new_string; those that it has in common with old_string stay as the file has them. */
async function rewrite(
  block: Block,
  fileLines: readonly string[],
  adapt: Adapter,
): Promise<string[] | undefined> {
  const lines: (string | undefined)[] = []
  for (const run of await diffLineLists(block.oldLines, block.newLines)) {
    if (run.equal) {
      lines.push(...fileLines.slice(run.oldStart, run.oldStart + run.oldCount))
      continue
    }
    for (let index = 0; index < run.newCount; index++) {
      const line = block.newLines[run.newStart + index] ?? ''
      const at = run.oldStart + index
      const paired = run.oldCount === run.newCount
      lines.push(
        paired
          ? adapt(line, { old: block.oldLines[at] ?? '', file: fileLines[at] ?? '' })
          : adapt(line),
      )
    }
  }
  return lines.every((line) => line !== undefined) ? lines : undefined
}

function editOf(candidate: Candidate, block: Block, lines: string[]): TextEdit {
  const { table, first } = candidate
  const last = first + block.oldLines.length - 1
  const start = table.startOf(first)
  const lineEnd = table.endOf(last)
  if (!block.withNewline) return { start, end: lineEnd, text: lines.join('\n') }
  // The file's last line may have no newline to take along; then none is added either.
  const end = table.startOf(last + 1)
  const text = lines.join('\n') + (end > lineEnd && !block.deletes ? '\n' : '')
  return { start, end, text }
}
