/** Ways through a graph of calls or imports. */
import type { Graph, GraphLink, GraphRow } from './graph-results.ts'

/** The fewest links from one node to another; undefined where none lead there. */
export function shortestPath(graph: Graph, from: GraphRow, to: GraphRow): GraphLink[] | undefined {
  const reached = new Map<GraphRow, GraphLink | undefined>([[from, undefined]])
  const byFrom = Map.groupBy(graph.links, (link) => link.from)
  for (const node of reached.keys()) {
    if (node === to) break
    for (const link of byFrom.get(node) ?? []) if (!reached.has(link.to)) reached.set(link.to, link)
  }
  if (!reached.has(to)) return undefined
  const path: GraphLink[] = []
  for (let link = reached.get(to); link; link = reached.get(link.from)) path.unshift(link)
  return path
}
