/** What the graph tools answer, as typed rows: calls, imports, inheritance, impact. Half-made rows are left out. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { holdsTests } from './languages.ts'
import { list, number, rows, text } from './rows.ts'
import type { Outcome } from './script.ts'

export interface GraphRow {
  file: string
  /** '' for a file. */
  name: string
  kind: string
  line: number
  end: number
  test: boolean
  distance: number
}

export interface GraphLink {
  from: GraphRow
  to: GraphRow
  /** Where `from` says so. */
  line: number
  kind: string
  sure: boolean
}

export interface Graph {
  nodes: GraphRow[]
  links: GraphLink[]
  roots: GraphRow[]
  truncated: boolean
}

/**
 * Of the first call of `tool` that was about `about`; undefined where it failed or was not offered. Where several
 * definitions have the name, `meant` is the one whose links count.
 */
export function graphOf(
  outcomes: readonly Outcome[],
  tool: string,
  about: string,
  meant?: { file: string; line: number },
): Graph | undefined {
  const outcome = outcomes.find(
    (entry) =>
      entry.name === tool && entry.ok && (entry.input.name === about || entry.input.path === about),
  )
  if (!outcome || !isJsonObject(outcome.data)) return undefined
  const { data } = outcome
  const nodes = list(data.nodes).map(nodeOf)
  const links = list(data.edges)
    .filter(isJsonObject)
    .flatMap((edge) => linkOf(edge, nodes) ?? [])
  const roots = list(data.roots).flatMap((index) =>
    typeof index === 'number' ? (nodes[index] ?? []) : [],
  )
  const own = roots.filter((root) => root.file === meant?.file && root.line === meant.line)
  return { nodes, links, roots: own.length > 0 ? own : roots, truncated: data.truncated === true }
}

/** A row that is no object keeps its place: edges name nodes by number. */
function nodeOf(row: JsonValue): GraphRow {
  const object = isJsonObject(row) ? row : {}
  const line = number(object, 'line')
  return {
    file: text(object, 'file', 'path'),
    name: text(object, 'name'),
    kind: text(object, 'kind'),
    line,
    end: number(object, 'end', 'endLine') || line,
    test: object.test === true,
    distance: number(object, 'distance'),
  }
}

function linkOf(edge: JsonObject, nodes: readonly GraphRow[]): GraphLink | undefined {
  const from = nodes[number(edge, 'from')]
  const to = nodes[number(edge, 'to')]
  if (!from || !to) return undefined
  return {
    from,
    to,
    line: number(edge, 'line'),
    kind: text(edge, 'kind'),
    sure: edge.sure !== false,
  }
}

/** The links that lead straight to a starting point in `file`; the sure ones first, then code before tests. */
export function linksTo(graph: Graph, file?: string): GraphLink[] {
  return graph.links
    .filter(
      (link) => graph.roots.includes(link.to) && (file === undefined || link.to.file === file),
    )
    .toSorted(surest((link) => link.from))
}

export function linksFrom(graph: Graph): GraphLink[] {
  return graph.links
    .filter((link) => graph.roots.includes(link.from))
    .toSorted((a, b) => Number(b.sure) - Number(a.sure) || a.line - b.line)
}

function surest(end: (link: GraphLink) => GraphRow): (a: GraphLink, b: GraphLink) => number {
  return (a, b) =>
    Number(b.sure) - Number(a.sure) ||
    Number(end(a).test) - Number(end(b).test) ||
    (end(a).file < end(b).file ? -1 : Number(end(a).file > end(b).file)) ||
    a.line - b.line
}

export interface ImpactRow extends Omit<GraphRow, 'end'> {
  why: string
  sure: boolean
}

export interface ImpactAnswer {
  changed: { file: string; name: string; line: number }[]
  affected: ImpactRow[]
  files: { file: string; distance: number; test: boolean }[]
  tests: string[]
  truncated: boolean
}

/** Of the first `show_impact` about `name` (and `path`, where it is given). */
export function impactOf(
  outcomes: readonly Outcome[],
  about: { name?: string; path?: string },
): ImpactAnswer | undefined {
  const outcome = outcomes.find(
    (entry) =>
      entry.name === 'show_impact' &&
      entry.ok &&
      (about.name === undefined || entry.input.name === about.name) &&
      (about.path === undefined || entry.input.path === about.path),
  )
  if (!outcome || !isJsonObject(outcome.data)) return undefined
  const { data } = outcome
  const files = rows(data.files ?? null).map((row) => ({
    file: text(row, 'file', 'path'),
    distance: number(row, 'distance'),
    test: row.test === true,
  }))
  const named = list(data.tests).filter((entry) => typeof entry === 'string')
  const affected = rows(data.affected ?? null).map((row) => ({
    ...nodeOf(row),
    why: text(row, 'why'),
    sure: row.sure !== false,
  }))
  return {
    changed: rows(data.changed ?? null).map((row) => ({
      file: text(row, 'file', 'path'),
      name: text(row, 'name'),
      line: number(row, 'line'),
    })),
    affected,
    files,
    tests: testsAmong(named, files, affected),
    truncated: data.truncated === true,
  }
}

/** Files that hold tests, not what only serves them, nearest first; none that only a name leads to. */
function testsAmong(
  named: readonly string[],
  files: ImpactAnswer['files'],
  affected: readonly ImpactRow[],
): string[] {
  const distances = new Map(files.map((row) => [row.file, row.distance]))
  const distance = (file: string): number => distances.get(file) ?? Number.POSITIVE_INFINITY
  const reached = Map.groupBy(affected, (row) => row.file)
  return named
    .filter((file) => holdsTests(file) && (reached.get(file)?.some((row) => row.sure) ?? true))
    .toSorted((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))
}
