/** Imports that go round. */
import type { CodeGraph } from '../../contract/code-graph.ts'

/** Imports that go round, each ring once: `a.ts -> b.ts -> a.ts`. */
export function importCycles(graph: CodeGraph): string[][] {
  const next = new Map<number, number[]>()
  for (const { from, to } of graph.edges) {
    const known = next.get(from)
    if (known) known.push(to)
    else next.set(from, [to])
  }
  const cycles: string[][] = []
  const done = new Set<number>()
  for (const group of components(graph.nodes.length, (at) => next.get(at) ?? [])) {
    if (group.length < 2 || group.every((at) => done.has(at))) continue
    for (const at of group) done.add(at)
    cycles.push(ringIn(group, next).map((at) => graph.nodes[at]?.path ?? ''))
  }
  return cycles
}

/** The shortest way from the first node of a component back to itself. */
function ringIn(group: readonly number[], next: ReadonlyMap<number, readonly number[]>): number[] {
  const inside = new Set(group)
  const start = Math.min(...group)
  const cameFrom = new Map<number, number>()
  const queue = [start]
  for (const at of queue) {
    for (const other of next.get(at) ?? []) {
      if (other === start) {
        const ring = [start]
        for (let back = at; back !== start; back = cameFrom.get(back) ?? start) ring.push(back)
        return [start, ...ring.slice(1).reverse(), start]
      }
      if (!inside.has(other) || cameFrom.has(other)) continue
      cameFrom.set(other, at)
      queue.push(other)
    }
  }
  return [start]
}

/** Strongly connected components (Tarjan), without recursion. */
function components(count: number, next: (at: number) => readonly number[]): number[][] {
  const index = new Map<number, number>()
  const low = new Map<number, number>()
  const stack: number[] = []
  const onStack = new Set<number>()
  const found: number[][] = []
  for (let root = 0; root < count; root++) {
    if (index.has(root)) continue
    const work: { at: number; children: readonly number[]; position: number }[] = []
    const enter = (at: number) => {
      index.set(at, index.size)
      low.set(at, index.get(at) ?? 0)
      stack.push(at)
      onStack.add(at)
      work.push({ at, children: next(at), position: 0 })
    }
    const lower = (at: number, value: number) => low.set(at, Math.min(low.get(at) ?? 0, value))
    enter(root)
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const child = frame.children[frame.position++]
      if (child === undefined) {
        work.pop()
        const above = work.at(-1)
        if (above) lower(above.at, low.get(frame.at) ?? 0)
        if (low.get(frame.at) !== index.get(frame.at)) continue
        const group: number[] = []
        for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
          onStack.delete(at)
          group.push(at)
          if (at === frame.at) break
        }
        found.push(group)
      } else if (!index.has(child)) enter(child)
      else if (onStack.has(child)) lower(frame.at, index.get(child) ?? 0)
    }
  }
  return found
}
