/** Whether two runs of folded lines are one piece of code: long enough, doing something, the same names throughout. */
import type { FoldedLine } from './folded.ts'

/** Meaningful lines, tokens and different shapes from which on a copy is worth a word. */
export const minLines = 6
const minTokens = 50
const minShapes = 5
/** Of the names the share that has one partner throughout, and the share that is the very same. */
const minConsistent = 0.9
const minSame = 0.4

export interface Block {
  file: string
  lines: FoldedLine[]
}

export interface Copy {
  file: string
  from: number
  to: number
  other: { file: string; from: number; to: number }
  count: number
}

/** The longest run of equal shapes round line `a` of `here` and `b` of `there`, if it is a copy. */
export function copyAt(here: Block, a: number, there: Block, b: number): Copy | undefined {
  const same = (offset: number): boolean => {
    const shape = here.lines[a + offset]?.shape
    return shape !== undefined && shape === there.lines[b + offset]?.shape
  }
  if (!same(0)) return undefined
  let before = 0
  while (same(-before - 1)) before++
  let after = 0
  while (same(after + 1)) after++
  const mine = here.lines.slice(a - before, a + after + 1)
  const theirs = there.lines.slice(b - before, b + after + 1)
  const copy = {
    file: here.file,
    ...spanOf(mine),
    other: { file: there.file, ...spanOf(theirs) },
    count: mine.length,
  }
  return isCopy(mine, theirs) && !overlaps(copy) ? copy : undefined
}

/** Copies of each other among the blocks themselves. */
export function copiesAmong(blocks: readonly Block[]): Copy[] {
  const windows = new Map<string, { block: Block; at: number }>()
  const copies: Copy[] = []
  for (const block of blocks) {
    for (let at = 0; at + minLines <= block.lines.length; at++) {
      const shapes = block.lines.slice(at, at + minLines).map((line) => line.shape)
      const key = shapes.join('\n')
      const known = windows.get(key)
      if (!known) {
        windows.set(key, { block, at })
        continue
      }
      const copy = copyAt(block, at, known.block, known.at)
      if (copy) copies.push(copy)
    }
  }
  return copies
}

function spanOf(lines: readonly FoldedLine[]): { from: number; to: number } {
  return { from: lines[0]?.line ?? 0, to: lines.at(-1)?.line ?? 0 }
}

function overlaps({ file, from, to, other }: Copy): boolean {
  return file === other.file && from <= other.to && other.from <= to
}

function isCopy(mine: readonly FoldedLine[], theirs: readonly FoldedLine[]): boolean {
  const tokens = mine.reduce((sum, line) => sum + line.tokens, 0)
  if (mine.length < minLines || tokens < minTokens) return false
  // Rows of a table have one shape, a declaration does nothing.
  if (new Set(mine.map((line) => line.shape)).size < minShapes) return false
  if (mine.filter((line) => line.acts).length < mine.length / 2) return false
  const pairs = mine.flatMap((line, index) =>
    line.names.map((name, at) => [name, theirs[index]?.names[at] ?? ''] as const),
  )
  const partners = Map.groupBy(pairs, ([name]) => name)
  let consistent = 0
  for (const own of partners.values()) {
    const counts = Map.groupBy(own, ([, other]) => other)
    consistent += Math.max(...[...counts.values()].map((group) => group.length))
  }
  const same = pairs.filter(([name, other]) => name === other).length
  return consistent >= pairs.length * minConsistent && same >= pairs.length * minSame
}

/** Of copies that lie in each other the longest; a pair that was added on both sides is told once. */
export function longest(copies: readonly Copy[]): Copy[] {
  const kept: Copy[] = []
  for (const copy of copies.toSorted((a, b) => b.count - a.count)) {
    const told = kept.some(
      (other) =>
        (other.file === copy.file && other.from <= copy.to && copy.from <= other.to) ||
        (other.other.file === copy.file &&
          other.other.from <= copy.to &&
          copy.from <= other.other.to),
    )
    if (!told) kept.push(copy)
  }
  return kept
}
