/**
 * Added code that stands elsewhere already, names changed or not. The most telling lines of a block are looked for by
 * their shape; where one is found the lines round it are compared. Bounded work; of rows that only look alike nothing
 * is said.
 */
import type { Finding } from '../../../contract/review.ts'
import type { FileDiff } from '../diff.ts'
import { filePatternOf, isCode, isTest, languageOf } from '../languages.ts'
import { fileText, type UseRow, useRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { type FoldedLine, foldLines, shapePattern } from './folded.ts'

/** Meaningful lines, tokens and different shapes from which on a copy is worth a word. */
const minLines = 6
const minTokens = 50
const minShapes = 5
/** Of the names the share that has one partner throughout, and the share that is the very same. */
const minConsistent = 0.9
const minSame = 0.4
const maxProbes = 24
const maxReads = 16
const probeEvery = 10
const probeTokens = 9
/** A line whose shape stands in more places says nothing. */
const maxMatches = 6
const around = 60

interface Block {
  file: string
  lines: FoldedLine[]
}

interface Probe {
  block: Block
  line: FoldedLine
  pattern: string
}

interface Copy {
  file: string
  from: number
  to: number
  other: { file: string; from: number; to: number }
  count: number
}

export function* clones(files: readonly FileDiff[], toolkit: Toolkit): Script<Finding[]> {
  const probes = files.flatMap(blocksOf).flatMap(probesOf).slice(0, maxProbes)
  const found: Outcome[] = yield probes.flatMap(({ block, pattern }) =>
    toolkit.grep(pattern, { limit: maxMatches + 2, ...patternFor(block.file) }),
  )
  const candidates = probes.flatMap((probe) => candidatesOf(probe, found)).slice(0, maxReads)
  const reads: Outcome[] = yield candidates.flatMap(({ use }) =>
    toolkit.read(use.file, rangeAround(use.line)),
  )
  const copies = candidates.flatMap(({ probe, use }) => compare(probe, use, reads) ?? [])
  return longest(copies).map(findingOf)
}

function patternFor(file: string): { filePattern?: string } {
  const filePattern = filePatternOf(file)
  return filePattern === undefined ? {} : { filePattern }
}

/** Runs of added lines. */
function blocksOf(file: FileDiff): Block[] {
  if (file.status === 'deleted' || !isCode(file.path) || isTest(file.path)) return []
  const blocks: Block[] = []
  for (const hunk of file.hunks) {
    let run: { line: number; text: string }[] = []
    for (const line of [...hunk.lines, undefined]) {
      if (line?.type === '-') continue
      if (line?.type === '+') {
        run.push({ line: line.newLine, text: line.text })
        continue
      }
      const lines = foldLines(run, languageOf(file.path))
      if (lines.length >= minLines) blocks.push({ file: file.path, lines })
      run = []
    }
  }
  return blocks
}

/** The line with most to tell of every few. */
function probesOf(block: Block): Probe[] {
  const probes: Probe[] = []
  for (let at = 0; at < block.lines.length; at += probeEvery) {
    const [line] = block.lines
      .slice(at, at + probeEvery)
      .filter((entry) => entry.acts && entry.tokens >= probeTokens)
      .toSorted((a, b) => b.tokens - a.tokens)
    if (line) probes.push({ block, line, pattern: shapePattern(line) })
  }
  return probes
}

function candidatesOf(probe: Probe, outcomes: readonly Outcome[]): { probe: Probe; use: UseRow }[] {
  const own = outcomes.filter((outcome) => outcome.input.pattern === probe.pattern)
  const uses = useRows(own.slice(0, 1)).filter((use) => !isTest(use.file))
  if (uses.length > maxMatches) return []
  return uses
    .filter((use) => use.file !== probe.block.file || use.line !== probe.line.line)
    .map((use) => ({ probe, use }))
}

function rangeAround(line: number): { offset: number; limit: number } {
  return { offset: Math.max(1, line - around), limit: 2 * around }
}

/** The longest run of equal shapes round the probe, if it is a copy. */
function compare(probe: Probe, use: UseRow, reads: readonly Outcome[]): Copy | undefined {
  const { offset } = rangeAround(use.line)
  const text = fileText(
    reads.filter((outcome) => outcome.input.offset === offset),
    use.file,
  )
  if (!text) return undefined
  const numbered = text.lines.map((line, index) => ({ line: text.start + index, text: line }))
  const there = foldLines(numbered, languageOf(use.file))
  const here = probe.block.lines
  let a = here.indexOf(probe.line)
  let b = there.findIndex((line) => line.line === use.line)
  if (b < 0 || here[a]?.shape !== there[b]?.shape) return undefined
  while (a > 0 && b > 0 && here[a - 1]?.shape === there[b - 1]?.shape) {
    a--
    b--
  }
  let count = 0
  while (here[a + count] && here[a + count]?.shape === there[b + count]?.shape) count++
  const mine = here.slice(a, a + count)
  const theirs = there.slice(b, b + count)
  const copy = {
    file: probe.block.file,
    ...spanOf(mine),
    other: { file: use.file, ...spanOf(theirs) },
    count,
  }
  return isCopy(mine, theirs) && !overlaps(copy) ? copy : undefined
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
function longest(copies: readonly Copy[]): Copy[] {
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

function findingOf({ file, from, to, other }: Copy): Finding {
  return {
    severity: 'info',
    file,
    line: from,
    title: `${to - from + 1} lines repeat code that exists`,
    detail: `Lines ${from} to ${to} do what \`${other.file}:${other.from}\` to ${other.to} does: let one of them do it for both.`,
  }
}
