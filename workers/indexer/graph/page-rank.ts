/** PageRank over a weighted graph, personalised by where a reader starts from. */

export interface WeightedGraph {
  nodes: number
  /** Parallel lists: an edge, and what it weighs. */
  from: readonly number[]
  to: readonly number[]
  weight: readonly number[]
}

/** Lower than for web pages: rings of files that need only each other would hold the reader for too long. */
const damping = 0.7
const rounds = 30

/** Sums to 1. `start` is where a reader begins, in any scale. */
export function pageRank(graph: WeightedGraph, start: Float64Array): Float64Array {
  const { nodes, from, to, weight } = graph
  if (nodes === 0) return new Float64Array()
  const total = start.reduce((sum, value) => sum + value, 0)
  const begin = start.map((value) => (total > 0 ? value / total : 1 / nodes))
  const leaving = new Float64Array(nodes)
  for (let edge = 0; edge < from.length; edge++) add(leaving, from[edge] ?? 0, weight[edge] ?? 0)
  let rank = Float64Array.from(begin)
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(nodes)
    let lost = 0
    for (let node = 0; node < nodes; node++) if (leaving[node] === 0) lost += rank[node] ?? 0
    for (let edge = 0; edge < from.length; edge++) {
      const source = from[edge] ?? 0
      const share = (weight[edge] ?? 0) / (leaving[source] || 1)
      add(next, to[edge] ?? 0, damping * (rank[source] ?? 0) * share)
    }
    for (let node = 0; node < nodes; node++)
      add(next, node, (1 - damping + damping * lost) * (begin[node] ?? 0))
    rank = next
  }
  return rank
}

/** The same edges the other way round. */
export function reversed(graph: WeightedGraph): WeightedGraph {
  return { nodes: graph.nodes, from: graph.to, to: graph.from, weight: graph.weight }
}

function add(values: Float64Array, at: number, value: number): void {
  values[at] = (values[at] ?? 0) + value
}
