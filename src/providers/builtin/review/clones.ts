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
import { type Block, type Copy, copiesAmong, copyAt, longest, minLines } from './copies.ts'
import { type FoldedLine, foldLines, shapePattern } from './folded.ts'

const maxProbes = 32
const maxReads = 16
const probeEvery = 10
const probeTokens = 9
/** A line whose shape stands in more places says nothing. */
const maxMatches = 6
const around = 60

interface Probe {
  block: Block
  at: number
  line: FoldedLine
  pattern: string
}

export function* clones(files: readonly FileDiff[], toolkit: Toolkit): Script<Finding[]> {
  const blocks = files.flatMap(blocksOf)
  const probes = spread(blocks.flatMap(probesOf))
  const found: Outcome[] = yield probes.flatMap(({ block, pattern }) =>
    toolkit.grep(pattern, { limit: maxMatches + 2, ...patternFor(block.file) }),
  )
  const candidates = probes.flatMap((probe) => candidatesOf(probe, found)).slice(0, maxReads)
  const reads: Outcome[] = yield candidates.flatMap(({ use }) =>
    toolkit.read(use.file, rangeAround(use.line)),
  )
  const copies = candidates.flatMap(({ probe, use }) => compare(probe, use, reads) ?? [])
  return longest([...copiesAmong(blocks), ...copies]).map(findingOf)
}

/** Of too many some of every part of the diff. */
function spread(probes: readonly Probe[]): Probe[] {
  const step = Math.max(1, probes.length / maxProbes)
  return Array.from({ length: Math.min(probes.length, maxProbes) }, (_, index) =>
    probes.slice(Math.floor(index * step)).slice(0, 1),
  ).flat()
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
    if (line)
      probes.push({ block, at: block.lines.indexOf(line), line, pattern: shapePattern(line) })
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

function compare(probe: Probe, use: UseRow, reads: readonly Outcome[]): Copy | undefined {
  const { offset } = rangeAround(use.line)
  const text = fileText(
    reads.filter((outcome) => outcome.input.offset === offset),
    use.file,
  )
  if (!text) return undefined
  const numbered = text.lines.map((line, index) => ({ line: text.start + index, text: line }))
  const lines = foldLines(numbered, languageOf(use.file))
  const at = lines.findIndex((line) => line.line === use.line)
  return at < 0 ? undefined : copyAt(probe.block, probe.at, { file: use.file, lines }, at)
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
