/** Applies the hunks of one file to its text; a hunk that does not fit is an error that shows where it may belong. */
import { CodiError } from '../../base/errors.ts'
import { describeRegion, nearestRegion } from '../files/edit-nearest.ts'
import type { Adapter, Rung } from '../files/edit-rungs.ts'
import { applyEdits, type TextEdit } from '../files/file-edits.ts'
import { type LineTable, lineTable, numbered } from '../files/file-lines.ts'
import type { TextFile } from '../files/file-text.ts'
import { type Located, locateHunks, oldLines, type Place } from './patch-locate.ts'
import type { PatchFile, PatchHunk } from './patch-types.ts'

export interface Patched {
  text: string
  raw: string
  /** What hunks and file differed in, where it was not nothing. */
  tolerated: { hunk: number; rung: Rung }[]
}

const maxPlaces = 5
const maxLineChars = 200

/** Throws a CodiError that names every hunk that cannot be applied. */
export function patchText(file: TextFile, patch: PatchFile, name: string): Patched {
  const table = lineTable(file.text)
  const located = locateHunks(table.lines, patch.hunks)
  const failures: CodiError[] = []
  const tolerated: Patched['tolerated'] = []
  const edits: TextEdit[] = []
  const taken: { from: number; to: number }[] = []
  patch.hunks.forEach((hunk, index) => {
    const result = located[index] ?? { type: 'missing' }
    const label = `hunk ${index + 1} of ${name} (line ${hunk.at} of the patch)`
    if (result.type !== 'found') {
      failures.push(hunkError(result, { file, table, hunk, label }))
      return
    }
    const { place } = result
    const to = place.line + oldLines(hunk).length
    if (taken.some((range) => place.line < range.to && range.from < to)) {
      failures.push(
        new CodiError('ambiguous', `The ${label} changes lines that another one changes`),
      )
      return
    }
    taken.push({ from: place.line, to })
    const made = hunkEdits(file, table, { hunk, place })
    if (!made) {
      failures.push(hunkError({ type: 'missing' }, { file, table, hunk, label }))
      return
    }
    edits.push(...made)
    if (place.rung !== 'exact') tolerated.push({ hunk: index + 1, rung: place.rung })
  })
  const [first] = failures
  if (first) {
    throw new CodiError(first.kind, failures.map((failure) => failure.message).join('\n\n'))
  }
  const result = applyEdits(file, edits)
  return { ...withFinalNewline(file, result, patch.hunks), tolerated }
}

/** One edit for each run of removed and added lines; the context is the file's own and stays. */
function hunkEdits(
  file: TextFile,
  table: LineTable,
  { hunk, place }: { hunk: PatchHunk; place: Place },
): TextEdit[] | undefined {
  const wanted = oldLines(hunk)
  const fileLines = table.lines.slice(place.line, place.line + wanted.length)
  const adapt = place.whole ? place.whole.adapter(wanted, fileLines) : (line: string) => line
  if (!adapt) return undefined
  const edits: TextEdit[] = []
  let at = place.line
  for (const run of changedRuns(hunk)) {
    if (run.type === 'context') {
      at++
      continue
    }
    const added = adaptRun(run, fileLines.slice(at - place.line), adapt)
    if (!added) return undefined
    edits.push(replaceLines(file, table, { from: at, to: at + run.removed.length, added }))
    at += run.removed.length
  }
  return edits
}

type Run = { type: 'context' } | { type: 'change'; removed: string[]; added: string[] }

function changedRuns(hunk: PatchHunk): Run[] {
  const runs: Run[] = []
  for (const row of hunk.rows) {
    if (row.sign === ' ') {
      runs.push({ type: 'context' })
      continue
    }
    let run = runs.at(-1)
    if (run?.type !== 'change') {
      run = { type: 'change', removed: [], added: [] }
      runs.push(run)
    }
    if (row.sign === '-') run.removed.push(row.text)
    else run.added.push(row.text)
  }
  return runs
}

function adaptRun(
  run: { removed: string[]; added: string[] },
  fileLines: readonly string[],
  adapt: Adapter,
): string[] | undefined {
  const isPaired = run.removed.length === run.added.length
  const lines = run.added.map((line, index) =>
    isPaired
      ? adapt(line, { old: run.removed[index] ?? '', file: fileLines[index] ?? '' })
      : adapt(line),
  )
  return lines.every((line) => line !== undefined) ? lines : undefined
}

/** `from` and `to` are 0-based lines, `to` exclusive. At an end without newline it stays without. */
function replaceLines(
  file: TextFile,
  table: LineTable,
  change: { from: number; to: number; added: string[] },
): TextEdit {
  const { from, to, added } = change
  const hasOpenEnd = file.text !== '' && !file.text.endsWith('\n')
  if (to < table.lines.length || !hasOpenEnd) {
    const text = added.map((line) => `${line}\n`).join('')
    return { start: table.startOf(from), end: table.startOf(to), text }
  }
  const end = file.text.length
  if (added.length === 0) return { start: from > 0 ? table.endOf(from - 1) : 0, end, text: '' }
  const glue = from === table.lines.length ? '\n' : ''
  return { start: Math.min(table.startOf(from), end), end, text: glue + added.join('\n') }
}

function withFinalNewline(
  file: TextFile,
  result: { text: string; raw: string },
  hunks: readonly PatchHunk[],
): { text: string; raw: string } {
  const wanted = hunks.findLast((hunk) => hunk.finalNewline !== undefined)?.finalNewline
  if (wanted === undefined || result.text === '' || result.text.endsWith('\n') === wanted) {
    return result
  }
  if (wanted) return { text: `${result.text}\n`, raw: result.raw + file.lineEnd }
  return { text: result.text.slice(0, -1), raw: result.raw.replace(/(\r\n|\n|\r)$/, '') }
}

function hunkError(
  result: Exclude<Located, { type: 'found' }>,
  about: { file: TextFile; table: LineTable; hunk: PatchHunk; label: string },
): CodiError {
  const { file, table, hunk, label } = about
  if (result.type === 'unplaced') {
    return new CodiError(
      'ambiguous',
      `The ${label} only adds lines and nothing in the file says where; give it lines of context`,
    )
  }
  const wanted = oldLines(hunk)
  if (result.type === 'ambiguous') {
    const shown = result.lines.slice(0, maxPlaces)
    const places = shown.map((line) =>
      numbered(table.lines, {
        first: Math.max(1, line),
        last: line + wanted.length + 1,
        maxLineChars,
      }),
    )
    return new CodiError(
      'ambiguous',
      `The lines of ${label} stand in ${result.lines.length} places, at lines ${result.lines
        .slice(0, 20)
        .map((line) => line + 1)
        .join(
          ', ',
        )}, and nothing tells them apart; give more lines of context, or an \`@@\` line with the function or class around it.\n${places.join('\n--\n')}`,
    )
  }
  const region = nearestRegion(file.text, wanted.join('\n'))
  const nearest = region
    ? describeRegion(file.text, region)
    : 'Nothing in the file is like them; read it again.'
  return new CodiError(
    'not_found',
    `The old lines of ${label} do not stand in the file. ${nearest}`,
  )
}
