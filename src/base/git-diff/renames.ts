/**
 * Which deleted file lives on under which new name: the same content first, then the most alike by the lines that both
 * have, from half of the larger one on. Bounded: beyond the limits only equal contents are paired.
 */

export interface RenameSide {
  sha: string
  /** Undefined where the content is not known, or is no text. */
  text: string | undefined
}

export interface Rename {
  /** Places in the lists that were given. */
  from: number
  to: number
  /** 50 to 100. */
  percent: number
}

const leastPercent = 50
const maxPairs = 40_000
const maxChars = 8 * 1024 * 1024
/** The blob of an empty file: every one is like every other. */
const emptySha = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

export function findRenames(
  deleted: readonly RenameSide[],
  created: readonly RenameSide[],
): Rename[] {
  const exact = equalContents(deleted, created)
  const usedFrom = new Set(exact.map((row) => row.from))
  const usedTo = new Set(exact.map((row) => row.to))
  const left = places(deleted, usedFrom)
  const right = places(created, usedTo)
  if (left.length * right.length > maxPairs || chars(left) + chars(right) > maxChars) return exact
  const counts = new Map(right.map(({ at, text }) => [at, lineCounts(text)]))
  const candidates: Rename[] = []
  for (const { at: from, text } of left) {
    const mine = lineCounts(text)
    for (const { at: to, text: other } of right) {
      const percent = likeness(mine, counts.get(to) ?? mine, Math.max(text.length, other.length))
      if (percent >= leastPercent) candidates.push({ from, to, percent })
    }
  }
  candidates.sort((one, two) => two.percent - one.percent)
  const found = [...exact]
  for (const candidate of candidates) {
    if (usedFrom.has(candidate.from) || usedTo.has(candidate.to)) continue
    usedFrom.add(candidate.from)
    usedTo.add(candidate.to)
    found.push(candidate)
  }
  return found
}

function equalContents(deleted: readonly RenameSide[], created: readonly RenameSide[]): Rename[] {
  const bySha = new Map<string, number[]>()
  for (const [from, { sha }] of deleted.entries()) {
    if (sha !== emptySha) bySha.set(sha, [...(bySha.get(sha) ?? []), from])
  }
  const found: Rename[] = []
  for (const [to, { sha }] of created.entries()) {
    const from = bySha.get(sha)?.shift()
    if (from !== undefined) found.push({ from, to, percent: 100 })
  }
  return found
}

interface Place {
  at: number
  text: string
}

function places(sides: readonly RenameSide[], used: ReadonlySet<number>): Place[] {
  return sides.flatMap(({ text }, at) => (used.has(at) || !text ? [] : [{ at, text }]))
}

function chars(rows: readonly Place[]): number {
  return rows.reduce((sum, { text }) => sum + text.length, 0)
}

function lineCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

/** How much of the larger text stands in both, by characters. */
function likeness(
  one: ReadonlyMap<string, number>,
  two: ReadonlyMap<string, number>,
  larger: number,
): number {
  let shared = 0
  for (const [line, count] of one) shared += Math.min(count, two.get(line) ?? 0) * (line.length + 1)
  return Math.min(99, Math.floor((shared * 100) / Math.max(1, larger)))
}
