/** One hunk of a unified diff: its rows, by the counts of its header where they are right, else up to what follows. */
import { type PatchHunk, type PatchRow, patchError } from './patch-types.ts'

const hunkHeader = /^@@(?: -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))?)?(?:[^@]*)@@ ?(.*)$/

export function isFileStart(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  if (line.startsWith('diff --git ')) return true
  return line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')
}

export function parseHunk(
  lines: readonly string[],
  start: number,
): { hunk: PatchHunk; next: number } {
  const header = hunkHeader.exec(lines[start] ?? '')
  const hunk: PatchHunk = {
    at: start + 1,
    anchors: [],
    rows: [],
    endOfFile: false,
    mayAppend: false,
  }
  const heading = header?.[5]?.trimEnd() ?? ''
  if (heading !== '') hunk.anchors.push(heading)
  if (header?.[1] !== undefined) hunk.oldStart = Number(header[1])

  const counts = header?.[1] === undefined ? undefined : countsOf(header)
  const end = (counts && countedEnd(lines, start + 1, counts)) ?? looseEnd(lines, start + 1)
  readRows(hunk, lines.slice(start + 1, end), start + 2)
  if (!hunk.rows.some((row) => row.sign !== ' ') && hunk.finalNewline === undefined) {
    throw patchError(start + 1, 'the hunk adds and removes nothing')
  }
  return { hunk, next: end }
}

function countsOf(header: RegExpExecArray): { old: number; new: number } {
  return { old: Number(header[2] ?? 1), new: Number(header[4] ?? 1) }
}

/** The end by the header's counts; undefined where what follows shows that they are wrong. */
function countedEnd(
  lines: readonly string[],
  from: number,
  counts: { old: number; new: number },
): number | undefined {
  let { old, new: added } = counts
  let at = from
  while (at < lines.length && (old > 0 || added > 0)) {
    const sign = (lines[at] ?? '')[0] ?? ' '
    if (sign === '\\') {
      at++
      continue
    }
    if (sign !== ' ' && sign !== '-' && sign !== '+') return undefined
    if (sign !== '+') old--
    if (sign !== '-') added--
    if (old < 0 || added < 0) return undefined
    at++
  }
  if (old > 0 || added > 0) return undefined
  if ((lines[at] ?? '').startsWith('\\')) at++
  return isAfterHunk(lines, at) ? at : undefined
}

/** Nothing that could be another row of the hunk: leaving one out in silence would make a wrong file. */
function isAfterHunk(lines: readonly string[], at: number): boolean {
  let next = at
  while (lines[next] === '') next++
  if (lines[next] === '-- ' || isHunkEnd(lines, next)) return true
  return next > at && !/^[ +-]/.test(lines[next] ?? '')
}

function looseEnd(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && !isHunkEnd(lines, at)) at++
  while (at > from && lines[at - 1] === '') at--
  return at
}

function isHunkEnd(lines: readonly string[], at: number): boolean {
  const line = lines[at]
  if (line === undefined || line.startsWith('@@') || isFileStart(lines, at)) return true
  return line.startsWith('```') || /^(Index: |Only in |diff -|[A-Z]*EOF$|PATCH$)/.test(line)
}

/** A line without newline is marked by a line after it: the marks say how each side ends. */
function readRows(hunk: PatchHunk, lines: readonly string[], firstAt: number): void {
  let oldOpen = false
  let newOpen = false
  lines.forEach((line, index) => {
    const sign = line[0] ?? ' '
    if (sign === '\\') {
      const last = hunk.rows.at(-1)?.sign
      if (last !== '+') oldOpen = true
      if (last !== '-') newOpen = true
      return
    }
    if (sign !== ' ' && sign !== '-' && sign !== '+') {
      throw patchError(
        firstAt + index,
        `a line of a hunk must begin with a space, \`+\` or \`-\`, found ${JSON.stringify(line.slice(0, 80))}`,
      )
    }
    const row: PatchRow = { sign, text: line.slice(1) }
    hunk.rows.push(row)
  })
  if (oldOpen || newOpen) {
    hunk.endOfFile = true
    hunk.finalNewline = !newOpen
  }
}
