/** A graph of code as the model and a person read it: a tree from each root, nearest first, tests last. */
import { CodiError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { formatCount } from '../../base/text.ts'
import type { CodeGraph, GraphEdge, GraphNode } from '../../contract/code-graph.ts'
import type { SymbolGraphQuery } from '../../contract/index-service.ts'
import type { ToolResult } from '../../contract/tool.ts'
import { lineRange } from './search-services.ts'

/** What a tool and a command both say; the command prints `lines`, or `data`. */
export interface Answer<D> {
  lines: string[]
  data: D
  found: boolean
}

/** What is asked of a graph: who points to a root, what a root points to, or both. */
export type Side = SymbolGraphQuery['direction']

export const graphLimit = 200

/** Both where no word is given. Throws a CodiError of kind `invalid`. */
export function sideOf(word: string | undefined, sides: Readonly<Record<string, Side>>): Side {
  if (word === undefined) return 'both'
  const side = Object.hasOwn(sides, word) ? sides[word] : undefined
  if (side !== undefined) return side
  throw new CodiError(
    'invalid',
    `Unknown direction "${word}"; use ${Object.keys(sides).join(', ')}`,
  )
}

/** Of a tool; `nothing` says why where nothing was found. */
export async function graphResult<D extends JsonObject>(
  { lines, data, found }: Answer<D>,
  nothing: () => Promise<string>,
): Promise<ToolResult> {
  if (!found) return { content: await nothing(), data }
  return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
}

export interface TreeWords {
  /** Above what points to a root, and above what a root points to: `called by`, `calls`. */
  in: string
  out: string
  direction: Side
  /** Said where a side has nothing. */
  none: { in: string; out: string }
}

const maxLines = 150

export function graphTree(graph: CodeGraph, words: TreeWords): string[] {
  const lines: string[] = []
  for (const root of graph.roots) {
    const node = graph.nodes[root]
    if (!node) continue
    lines.push(`${placeOf(node)} ${titleOf(node)}`.trimEnd())
    for (const side of ['in', 'out'] as const) {
      if (words.direction !== 'both' && words.direction !== side) continue
      const below = branch(graph, { root, side })
      lines.push(below.length === 0 ? `  ${words.none[side]}` : `  ${words[side]}:`, ...below)
    }
  }
  return capped(lines, graph)
}

/** Every node once, below the one through which it is nearest to the root. */
function branch(graph: CodeGraph, from: { root: number; side: 'in' | 'out' }): string[] {
  const below = nearestBelow(graph, from)
  const lines: string[] = []
  const visit = (at: number, indent: string) => {
    for (const { edge, other } of below.get(at) ?? []) {
      const node = graph.nodes[other]
      if (!node) continue
      const marks = [
        isPlainEdge(edge) ? '' : ` ${edge.kind}`,
        edge.line > 0 && edge.line !== node.line ? ` at ${edge.line}` : '',
        edge.sure || node.kind === 'external' ? '' : ' ?',
      ]
      lines.push(`${indent}${placeOf(node)} ${titleOf(node)}`.trimEnd() + marks.join(''))
      visit(other, `${indent}  `)
    }
  }
  visit(from.root, '    ')
  return lines
}

/** Breadth first, no further than the nodes were asked for. */
function nearestBelow(
  graph: CodeGraph,
  { root, side }: { root: number; side: 'in' | 'out' },
): Map<number, Step[]> {
  const edges = edgesBy(graph, side)
  const furthest = Math.max(...graph.nodes.map((node) => node.distance))
  const below = new Map<number, Step[]>()
  const seen = new Set([root])
  let ring = [root]
  for (let depth = 0; depth < furthest && ring.length > 0; depth++) {
    const next: number[] = []
    for (const at of ring)
      for (const step of edges.get(at) ?? []) {
        if (seen.has(step.other)) continue
        seen.add(step.other)
        below.set(at, [...(below.get(at) ?? []), step])
        next.push(step.other)
      }
    ring = next
  }
  return below
}

interface Step {
  edge: GraphEdge
  other: number
}

function isPlainEdge(edge: GraphEdge): boolean {
  return edge.kind === 'call' || edge.kind === 'import'
}

function edgesBy(graph: CodeGraph, side: 'in' | 'out'): Map<number, Step[]> {
  const edges = new Map<number, Step[]>()
  for (const edge of graph.edges) {
    const [at, other] = side === 'in' ? [edge.to, edge.from] : [edge.from, edge.to]
    const known = edges.get(at)
    if (known) known.push({ edge, other })
    else edges.set(at, [{ edge, other }])
  }
  for (const list of edges.values())
    list.sort((a, b) => order(graph.nodes[a.other], a.edge) - order(graph.nodes[b.other], b.edge))
  return edges
}

/** Code before tests and outsiders, certain before likely; else as the index gave it. */
function order(node: GraphNode | undefined, edge: GraphEdge): number {
  return (node?.test ? 4 : 0) + (node?.kind === 'external' ? 2 : 0) + (edge.sure ? 0 : 1)
}

function placeOf(node: GraphNode): string {
  if (node.kind === 'external') return node.path === '' ? node.name : node.path
  return node.line > 0 ? `${node.path}:${lineRange(node.line, node.endLine)}` : node.path
}

function titleOf(node: GraphNode): string {
  if (node.kind === 'external') return '(outside)'
  return node.kind === 'file' ? '' : node.name
}

function capped(lines: string[], graph: CodeGraph): string[] {
  const notes: string[] = []
  if (graph.edges.some((edge) => !edge.sure && graph.nodes[edge.to]?.kind !== 'external'))
    notes.push('[?: likely, by name or through a base type]')
  if (lines.length > maxLines)
    notes.push(
      `[${formatCount(lines.length - maxLines)} more lines; narrow with path, or lower depth]`,
    )
  else if (graph.truncated) notes.push('[more lies beyond; raise depth or limit]')
  return [...lines.slice(0, maxLines), ...notes]
}

/** A graph as programs read it. */
export function graphData(graph: CodeGraph): JsonObject {
  return {
    nodes: graph.nodes.map(({ path, name, kind, line, endLine, test, distance }) => ({
      file: path,
      name,
      kind,
      line,
      end: endLine,
      test,
      distance,
    })),
    edges: graph.edges.map((edge) => ({ ...edge })),
    roots: graph.roots,
    truncated: graph.truncated,
  }
}
