/**
 * A page of the repository that fits a budget: the definitions that matter most, in the files that matter most. A
 * file's rank is shared among its definitions by their uses; the best are taken until the page is full.
 */
import type { CodeMap, MapFile } from '../../../src/contract/code-graph.ts'
import { charsPerToken, mapFileLine, mapSymbolLine } from '../../../src/contract/code-map-text.ts'
import type { MapQuery } from '../../../src/contract/index-service.ts'
import { cleanPath, isBelow } from '../filter.ts'
import type { IndexStore } from '../store.ts'
import { plainRow } from './definitions.ts'
import { pageRank, reversed } from './page-rank.ts'
import type { GraphReader } from './reader.ts'
import { type ReferenceGraph, referenceGraph } from './reference-graph.ts'
import type { GraphSymbol } from './rows.ts'
import { typeKinds } from './scope.ts'

const maxBudgetTokens = 100_000
const maxSymbolsOfFile = 8
/** Files looked into are as many as could fill the page with one short line each. */
const minFileTokens = 8
const testShare = 0.05
/** What the reader already speaks of weighs more than all the rest together. */
const focusShare = 20
const entryName = /(?:^|\/)(?:main|index|app|cli|lib|mod|__init__|__main__|server)\.\w+$/i
const entryShare = 3
/** What puts much together counts too, next to what much is made of. */
const usingShare = 0.5
const maxFocus = 50

export async function codeMap(
  store: IndexStore,
  reader: GraphReader,
  query: MapQuery,
  signal?: AbortSignal,
): Promise<CodeMap> {
  const graph = await referenceGraph(store, signal)
  const ranked = rankFiles(graph, reader, query.focus ?? [])
    .filter(({ file }) => isBelow(file.path, query.path))
    .sort((a, b) => b.rank - a.rank || (a.file.path < b.file.path ? -1 : 1))
  const budget = clampBudget(query.budgetTokens)
  const looked = ranked.slice(0, Math.ceil(budget / minFileTokens))
  const page = fill(looked, { reader, graph, room: budget * charsPerToken })
  return {
    files: page.files,
    tokens: Math.ceil(page.chars / charsPerToken),
    omitted: ranked.length - page.files.length,
  }
}

interface RankedFile {
  at: number
  file: ReferenceGraph['files'][number]
  rank: number
}

function rankFiles(
  graph: ReferenceGraph,
  reader: GraphReader,
  focus: readonly string[],
): RankedFile[] {
  const start = new Float64Array(graph.nodes)
  const near = focusedFiles(graph, reader, focus)
  for (const [at, file] of graph.files.entries()) {
    const entry = entryName.test(file.path) && file.path.split('/').length <= 3 ? entryShare : 1
    start[at] = (file.test ? testShare : 1) * entry
  }
  const total = start.reduce((sum, value) => sum + value, 0)
  for (const at of near) start[at] = (start[at] ?? 0) + (total * focusShare) / near.size
  const used = spreadOut(pageRank(graph, start))
  const using = spreadOut(pageRank(reversed(graph), start))
  return graph.files.map((file, at) => ({
    at,
    file,
    rank:
      ((used[at] ?? 0) + usingShare * (using[at] ?? 0)) *
      (file.test && !near.has(at) ? testShare : 1),
  }))
}

/** From 0 to 1, and closer together: the page is to show more than the few files that all others use. */
function spreadOut(ranks: Float64Array): Float64Array {
  const top = ranks.reduce((max, rank) => Math.max(max, rank), 0)
  return ranks.map((rank) => (top > 0 ? Math.sqrt(rank / top) : 0))
}

/** Files that are named, lie below what is named, or define a name. */
function focusedFiles(
  graph: ReferenceGraph,
  reader: GraphReader,
  focus: readonly string[],
): Set<number> {
  const near = new Set<number>()
  if (focus.length === 0) return near
  const numbers = new Map(graph.files.map((file, at) => [file.id, at]))
  for (const word of focus.slice(0, maxFocus)) {
    const path = cleanPath(word)
    for (const [at, file] of graph.files.entries())
      if (path !== '' && (isBelow(file.path, path) || file.path.endsWith(`/${path}`))) near.add(at)
    for (const symbol of reader.symbolsNamed(word.split(/\.|::|#/).at(-1) ?? '')) {
      const at = numbers.get(symbol.fileId)
      if (at !== undefined && !symbol.test) near.add(at)
    }
  }
  return near
}

interface Candidate {
  file: RankedFile
  symbol: GraphSymbol | undefined
  line: string
  score: number
}

function fill(
  ranked: readonly RankedFile[],
  { reader, graph, room }: { reader: GraphReader; graph: ReferenceGraph; room: number },
): { files: MapFile[]; chars: number } {
  const candidates: Candidate[] = ranked.flatMap((file): Candidate[] => {
    const symbols = bestSymbols(file, reader, graph)
    if (symbols.length === 0) return [{ file, symbol: undefined, line: '', score: file.rank / 4 }]
    return symbols.map(({ symbol, share }) => ({
      file,
      symbol,
      line: mapSymbolLine(plainRow(symbol)),
      score: file.rank * share,
    }))
  })
  candidates.sort((a, b) => b.score - a.score)
  const taken = new Map<RankedFile, GraphSymbol[]>()
  let chars = 0
  for (const { file, symbol, line } of candidates) {
    const known = taken.get(file)
    const head = known ? 0 : mapFileLine(file.file.path).length + 1
    const cost = head + (symbol ? line.length + 1 : 0)
    if (chars + cost > room) continue
    chars += cost
    if (known && symbol) known.push(symbol)
    else taken.set(file, symbol ? [symbol] : [])
  }
  const top = ranked[0]?.rank ?? 0
  const files = [...taken]
    .sort(([a], [b]) => b.rank - a.rank || (a.file.path < b.file.path ? -1 : 1))
    .map(([file, symbols]) => ({
      path: file.file.path,
      rank: top > 0 ? Math.round((file.rank / top) * 1000) / 1000 : 0,
      symbols: symbols.sort((a, b) => a.line - b.line).map(plainRow),
    }))
  return { files, chars }
}

/** What others use, then what others could use; each with its share of the file. */
function bestSymbols(
  { at, file }: RankedFile,
  reader: GraphReader,
  graph: ReferenceGraph,
): { symbol: GraphSymbol; share: number }[] {
  const seen = new Set<string>()
  const rows = reader
    .symbolsIn(file.id)
    .filter((symbol) => symbol.kind !== 'module' && symbol.kind !== 'property')
    .map((symbol) => ({ symbol, weight: weightOf(symbol, graph.uses.get(`${at} ${symbol.name}`)) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.symbol.line - b.symbol.line)
    .filter(({ symbol }) => {
      const key = `${symbol.container} ${symbol.name}`
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, maxSymbolsOfFile)
  const total = rows.reduce((sum, row) => sum + row.weight, 0)
  return rows.map(({ symbol, weight }) => ({ symbol, share: weight / total }))
}

function weightOf(symbol: GraphSymbol, uses = 0): number {
  if (!symbol.exported && symbol.container !== '') return 0
  // `__all__` and its like say nothing of what a file is for.
  if (/^__\w+__$/.test(symbol.name)) return 0
  const base = symbol.exported ? 1 : 0.1
  const kind = typeKinds.has(symbol.kind) || symbol.kind === 'function' ? 1 : 0.4
  return (base + 2 * Math.sqrt(uses)) * kind * (symbol.test ? testShare : 1)
}

function clampBudget(tokens: number): number {
  return Number.isFinite(tokens) ? Math.min(Math.max(0, Math.floor(tokens)), maxBudgetTokens) : 0
}
