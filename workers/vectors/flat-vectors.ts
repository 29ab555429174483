/**
 * Nearest vectors by looking at every one: int8 rows one after the other in one array. Exact, nothing to build; up to
 * ten thousand vectors it is faster than a person or a graph would notice, and it is the way where the addon is missing.
 */
import type { Collection, Neighbour } from './collection.ts'

const minCapacity = 1_024

export function createFlatVectors(dimensions: number): Collection {
  /** Row by chunk id; rows are without gaps, the last one moves into the place of a removed one. */
  const rows = new Map<number, number>()
  let ids = new Float64Array(0)
  let values = new Int8Array(0)
  let norms = new Float32Array(0)

  function grow(): void {
    const capacity = Math.max(minCapacity, rows.size * 2)
    const wider = { ids, values, norms }
    ids = new Float64Array(capacity)
    values = new Int8Array(capacity * dimensions)
    norms = new Float32Array(capacity)
    ids.set(wider.ids)
    values.set(wider.values)
    norms.set(wider.norms)
  }

  function dot(vector: Float32Array, row: number): number {
    let sum = 0
    const start = row * dimensions
    for (let index = 0; index < dimensions; index++)
      sum += (vector[index] as number) * (values[start + index] as number)
    return sum / (norms[row] as number)
  }

  return {
    kind: 'exact',
    get size() {
      return rows.size
    },
    deleted: 0,
    has: (id) => rows.has(id),
    ids: () => [...rows.keys()],
    put(id, vector) {
      let row = rows.get(id)
      if (row === undefined) {
        row = rows.size
        if (row >= ids.length) grow()
        rows.set(id, row)
      }
      ids[row] = id
      values.set(vector, row * dimensions)
      norms[row] = norm(vector)
    },
    remove(id) {
      const row = rows.get(id)
      if (row === undefined) return
      const last = rows.size - 1
      rows.delete(id)
      if (row !== last) {
        const moved = ids[last] as number
        rows.set(moved, row)
        ids[row] = moved
        norms[row] = norms[last] as number
        values.copyWithin(row * dimensions, last * dimensions, (last + 1) * dimensions)
      }
      if (ids.length > minCapacity && rows.size * 4 < ids.length) shrink()
    },
    nearest(vector, count, within) {
      const scored: Neighbour[] = []
      const rowsOf = within ? [...within].flatMap((id) => rows.get(id) ?? []) : undefined
      const total = rowsOf?.length ?? rows.size
      let worst = Number.NEGATIVE_INFINITY
      for (let at = 0; at < total; at++) {
        const row = rowsOf?.[at] ?? at
        const score = dot(vector, row)
        if (scored.length >= count * 2) {
          if (score <= worst) continue
          keepBest(scored, count)
          worst = scored.at(-1)?.score ?? worst
        }
        scored.push({ id: ids[row] as number, score })
      }
      return keepBest(scored, count)
    },
  }

  function shrink(): void {
    const capacity = Math.max(minCapacity, rows.size * 2)
    ids = ids.slice(0, capacity)
    values = values.slice(0, capacity * dimensions)
    norms = norms.slice(0, capacity)
  }
}

function keepBest(scored: Neighbour[], count: number): Neighbour[] {
  scored.sort((a, b) => b.score - a.score || a.id - b.id)
  if (scored.length > count) scored.length = count
  return scored
}

function norm(vector: Int8Array): number {
  let square = 0
  for (const value of vector) square += value * value
  return Math.sqrt(square) || 1
}
