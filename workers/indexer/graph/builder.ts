/** Gathers nodes and edges of a CodeGraph breadth first, under a limit on nodes and on time. */
import type { CodeGraph, GraphEdge, GraphNode } from '../../../src/contract/code-graph.ts'
import type { GraphFile, GraphSymbol } from './rows.ts'
import { qualifiedName } from './scope.ts'

/** A question that takes longer answers with what it has. */
const maxMs = 2_500
const maxDepth = 20
const maxNodes = 2_000

export interface GraphBuilder {
  /** The number of a node; undefined when there is no room for another. */
  node(key: string, make: () => Omit<GraphNode, 'distance'>, distance: number): number | undefined
  edge(edge: GraphEdge): void
  distance(node: number): number
  /** Something was left out. */
  cut(): void
  isOver(): boolean
  /** Nodes at most. */
  readonly room: number
  graph(roots: readonly number[]): CodeGraph
}

export function createGraphBuilder(limit: number): GraphBuilder {
  const until = performance.now() + maxMs
  const nodes: GraphNode[] = []
  const numbers = new Map<string, number>()
  const edges = new Map<string, GraphEdge>()
  let truncated = false
  const room = Math.max(1, Math.min(Math.floor(limit) || 1, maxNodes))
  return {
    node(key, make, distance) {
      const known = numbers.get(key)
      if (known !== undefined) return known
      if (nodes.length >= room) {
        truncated = true
        return undefined
      }
      numbers.set(key, nodes.length)
      nodes.push({ ...make(), distance })
      return nodes.length - 1
    },
    edge(edge) {
      const key = `${edge.from} ${edge.to} ${edge.kind}`
      const known = edges.get(key)
      if (!known) edges.set(key, edge)
      else {
        known.sure ||= edge.sure
        known.line = Math.min(known.line, edge.line)
      }
    },
    distance: (node) => nodes[node]?.distance ?? 0,
    cut: () => {
      truncated = true
    },
    isOver() {
      const over = performance.now() > until
      truncated ||= over
      return over
    },
    room,
    graph: (roots) => ({ nodes, edges: [...edges.values()], roots: [...roots], truncated }),
  }
}

export function clampDepth(depth: number): number {
  return Number.isFinite(depth) ? Math.min(Math.max(1, Math.floor(depth)), maxDepth) : maxDepth
}

export function symbolNode(symbol: GraphSymbol): Omit<GraphNode, 'distance'> {
  return {
    path: symbol.path,
    name: qualifiedName(symbol),
    kind: symbol.kind,
    line: symbol.line,
    endLine: symbol.endLine,
    test: symbol.test,
  }
}

export function fileNode(file: GraphFile): Omit<GraphNode, 'distance'> {
  return { path: file.path, name: '', kind: 'file', line: 0, endLine: 0, test: file.test }
}

export function externalNode(path: string, name: string): Omit<GraphNode, 'distance'> {
  return { path, name, kind: 'external', line: 0, endLine: 0, test: false }
}
