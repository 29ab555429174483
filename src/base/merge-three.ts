/**
 * Three-way merge of texts by lines: what two sides changed apart from each other comes together; what both changed at
 * the same place, or side by side, is a conflict. Lines keep their ends; bytes are never interpreted.
 */
import { diffLineLists } from './diff.ts'

export interface ThreeSides {
  base: Uint8Array
  mine: Uint8Array
  theirs: Uint8Array
}

const maxBytes = 8 * 1024 * 1024

/** Undefined where it does not merge cleanly, or is no text. */
export async function mergeThree(sides: ThreeSides): Promise<Uint8Array | undefined> {
  const { base, mine, theirs } = sides
  if (base.length + mine.length + theirs.length > maxBytes) return undefined
  const wide = [base, mine, theirs].every(isUtf16)
  if (!wide && [base, mine, theirs].some((bytes) => bytes.includes(0))) return undefined
  const encoding = wide ? 'utf16le' : 'latin1'
  const [baseLines, mineLines, theirLines] = [base, mine, theirs].map((bytes) =>
    linesOf(Buffer.from(bytes).toString(encoding)),
  )
  if (!baseLines || !mineLines || !theirLines) return undefined
  const lines = await mergeLines(baseLines, mineLines, theirLines)
  return lines && new Uint8Array(Buffer.from(lines.join(''), encoding))
}

interface Edit {
  /** Lines of the base that it replaces. */
  start: number
  end: number
  lines: string[]
}

async function mergeLines(
  base: string[],
  mine: string[],
  theirs: string[],
): Promise<string[] | undefined> {
  const edits = [await editsOf(base, mine), await editsOf(base, theirs)]
  const [left = [], right = []] = edits
  const merged: string[] = []
  let at = 0
  for (let [l, r] = [0, 0]; l < left.length || r < right.length; ) {
    const one = left[l]
    const two = right[r]
    if (one && two && touches(one, two)) {
      if (!isSame(one, two)) return undefined
      r++
      continue
    }
    const next = !two || (one && one.start < two.start) ? one : two
    if (!next) break
    if (next === one) l++
    else r++
    // What both sides did is there already.
    if (next.start < at) continue
    merged.push(...base.slice(at, next.start), ...next.lines)
    at = next.end
  }
  return [...merged, ...base.slice(at)]
}

async function editsOf(base: string[], side: string[]): Promise<Edit[]> {
  const runs = await diffLineLists(base, side)
  return runs
    .filter((run) => !run.equal)
    .map((run) => ({
      start: run.oldStart,
      end: run.oldStart + run.oldCount,
      lines: side.slice(run.newStart, run.newStart + run.newCount),
    }))
}

/** Side by side counts: which of the two comes first is nobody's to guess. */
function touches(one: Edit, two: Edit): boolean {
  return one.start <= two.end && two.start <= one.end
}

function isSame(one: Edit, two: Edit): boolean {
  return (
    one.start === two.start &&
    one.end === two.end &&
    one.lines.length === two.lines.length &&
    one.lines.every((line, at) => line === two.lines[at])
  )
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function isUtf16(bytes: Uint8Array): boolean {
  return bytes.length % 2 === 0 && bytes[0] === 0xff && bytes[1] === 0xfe
}
