/**
 * The part of a file that is most like a text which is not in it, so that a failed edit can say where the model
 * probably meant. Linear in the file: equal lines vote for a place; without any, the best line by letter pairs.
 */
import { brokenTail } from '../../base/cut-border.ts'
import { lineTable, numbered } from './file-lines.ts'

export interface Region {
  /** 1-based, inclusive. */
  first: number
  last: number
  /** The first line that differs, as the file and as the wish have it. */
  difference: { line: number; file: string; wanted: string } | undefined
}

const minSimilarity = 0.4
const maxShownLines = 24
const maxLineChars = 200
/** An equal line that stands in more places than this tells nothing. */
const maxVotesOfLine = 200

export function nearestRegion(text: string, wanted: string): Region | undefined {
  const lines = lineTable(text).lines.map((line) => line.trim())
  const wishes = trimBlank(wanted.split('\n').map((line) => line.trim()))
  if (wishes.length === 0 || lines.length === 0) return undefined
  const start = byVotes(lines, wishes) ?? byBestLine(lines, wishes)
  if (start === undefined) return undefined
  const first = Math.max(0, Math.min(start, lines.length - 1))
  const last = Math.min(lines.length, Math.max(first + 1, start + wishes.length)) - 1
  return { first: first + 1, last: last + 1, difference: firstDifference(lines, wishes, start) }
}

/** The region as lines with numbers, and in words where it differs. */
export function describeRegion(text: string, region: Region): string {
  const last = Math.min(region.last, region.first + maxShownLines - 1)
  const shown = numbered(lineTable(text).lines, { first: region.first, last, maxLineChars })
  const more = region.last > last ? `\n… ${region.last - last} more lines` : ''
  const { difference } = region
  const where = difference
    ? `It differs first at line ${difference.line}: the file has \`${clip(difference.file)}\`, you gave \`${clip(difference.wanted)}\`.`
    : 'It differs in white space only: give the lines with the indentation of the file, the new ones too.'
  const range =
    region.first === region.last ? `line ${region.first}` : `lines ${region.first}-${region.last}`
  return `The most similar part is ${range}:\n${shown}${more}\n${where}`
}

/** Each equal line votes for where the block would start; rare lines count more. */
function byVotes(lines: readonly string[], wishes: readonly string[]): number | undefined {
  const places = new Map<string, number[]>()
  for (const wish of wishes) if (wish.length > 2) places.set(wish, [])
  lines.forEach((line, index) => {
    const known = places.get(line)
    if (known && known.length <= maxVotesOfLine) known.push(index)
  })
  const votes = new Map<number, number>()
  wishes.forEach((wish, offset) => {
    const found = places.get(wish) ?? []
    if (found.length > maxVotesOfLine) return
    for (const index of found) {
      const start = index - offset
      votes.set(start, (votes.get(start) ?? 0) + 1 / found.length + wish.length / 1000)
    }
  })
  let best: number | undefined
  for (const [start, score] of votes) {
    if (best === undefined || score > (votes.get(best) ?? 0)) best = start
  }
  return best
}

function byBestLine(lines: readonly string[], wishes: readonly string[]): number | undefined {
  const longest = wishes.reduce((a, b) => (b.length > a.length ? b : a))
  const offset = wishes.indexOf(longest)
  const likeness = pairLikeness(longest)
  let best = -1
  let bestScore = minSimilarity
  lines.forEach((line, index) => {
    const score = likeness(line)
    if (score > bestScore) {
      best = index
      bestScore = score
    }
  })
  return best < 0 ? undefined : best - offset
}

/** Dice's coefficient over letter pairs, 0 to 1. */
function pairLikeness(wanted: string): (line: string) => number {
  const pairs = new Map<string, number>()
  for (let index = 0; index + 1 < wanted.length; index++) {
    const pair = wanted.slice(index, index + 2)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  return (line) => {
    const total = wanted.length + line.length - 2
    // A length that far off cannot reach the threshold; most lines end here.
    if (total <= 0 || Math.min(wanted.length, line.length) * 2 < total * minSimilarity) return 0
    const left = new Map(pairs)
    let common = 0
    for (let index = 0; index + 1 < line.length; index++) {
      const pair = line.slice(index, index + 2)
      const count = left.get(pair) ?? 0
      if (count === 0) continue
      left.set(pair, count - 1)
      common++
    }
    return (2 * common) / total
  }
}

function firstDifference(
  lines: readonly string[],
  wishes: readonly string[],
  start: number,
): Region['difference'] {
  for (let offset = 0; offset < wishes.length; offset++) {
    const file = lines[start + offset]
    const wanted = wishes[offset] ?? ''
    if (file !== undefined && file !== wanted) return { line: start + offset + 1, file, wanted }
  }
  return undefined
}

function trimBlank(lines: string[]): string[] {
  const first = lines.findIndex((line) => line !== '')
  if (first < 0) return []
  return lines.slice(first, lines.findLastIndex((line) => line !== '') + 1)
}

function clip(line: string): string {
  if (line.length <= maxLineChars) return line
  const shown = line.slice(0, maxLineChars)
  return `${shown.slice(0, shown.length - brokenTail(shown))}…`
}
