/**
 * Nearest vectors through an HNSW graph of the native addon. Code repeats itself, and a graph whose points coincide
 * falls apart (recall .91 instead of .99), so equal vectors are one point. A removed point keeps its place until the
 * graph is built anew: places that are used again wear it out, until some points are never reached.
 */
import type { Collection, Neighbour } from './collection.ts'
import { unitVector } from './embed.ts'
import type { HierarchicalNsw, HierarchicalNswConstructor } from './hnsw-addon.ts'

export interface GraphShape {
  /** Links a point. */
  m: number
  /** How widely the neighbours of a new point are looked for. */
  efConstruction: number
  /** How widely the nearest to a question are. */
  efSearch: number
}

/** Measured by test/bench/hnsw.ts. */
const usual: GraphShape = { m: 16, efConstruction: 100, efSearch: 300 }
const seed = 100
const minCapacity = 1_024

export interface Graph extends Collection {
  readonly kind: 'hnsw'
}

export interface ReadGraph {
  graph: Graph
  /** Takes a chunk's vector as the point that it was in the file; false where the file has none of that id. */
  claim(id: number, vector: Int8Array): boolean
  /** Points that nobody claimed count as removed from now on. */
  settle(): void
}

export function createGraph(
  Hnsw: HierarchicalNswConstructor,
  dimensions: number,
  shape: GraphShape = usual,
): Graph {
  const index = new Hnsw('ip', dimensions)
  index.initIndex(minCapacity, shape.m, shape.efConstruction, seed, false)
  return asGraph(index, emptyPoints(), shape)
}

/** Throws where the file is no such graph. */
export function readGraph(
  Hnsw: HierarchicalNswConstructor,
  dimensions: number,
  file: string,
): ReadGraph {
  const index = new Hnsw('ip', dimensions)
  index.readIndexSync(file, false)
  const points = emptyPoints()
  const unclaimed = new Set(index.getIdsList())
  return {
    graph: asGraph(index, points, usual),
    claim(id, vector) {
      if (!unclaimed.delete(id)) return false
      const key = keyOf(vector)
      points.keys.set(id, key)
      points.byKey.set(key, id)
      return true
    },
    settle() {
      for (const point of unclaimed) {
        markDeleted(index, point)
        points.gone.add(point)
      }
      unclaimed.clear()
    },
  }
}

interface Points {
  /** Key of the vector of each chunk that may be answered. */
  keys: Map<number, number>
  /** The point of a key; it is named after the chunk that came first. */
  byKey: Map<number, number>
  /** Chunks of a point, where they are not just the one that it is named after. */
  twins: Map<number, Set<number>>
  /** Removed points that hold their places. */
  gone: Set<number>
}

function emptyPoints(): Points {
  return { keys: new Map(), byKey: new Map(), twins: new Map(), gone: new Set() }
}

function asGraph(index: HierarchicalNsw, points: Points, { efSearch }: GraphShape): Graph {
  const { keys, byKey, twins, gone } = points

  function remove(id: number): void {
    const key = keys.get(id)
    const point = key === undefined ? undefined : byKey.get(key)
    if (key === undefined || point === undefined) return
    keys.delete(id)
    const others = twins.get(point)
    others?.delete(id)
    if (others && others.size > 0) return
    twins.delete(point)
    byKey.delete(key)
    gone.add(point)
    markDeleted(index, point)
  }

  function add(id: number, vector: Int8Array): void {
    if (gone.delete(id)) index.unmarkDelete(id)
    else if (index.getCurrentCount() >= index.getMaxElements())
      index.resizeIndex(Math.ceil(index.getMaxElements() * 1.5))
    index.addPoint(Array.from(unitVector(vector)), id, false)
  }

  return {
    kind: 'hnsw',
    get size() {
      return keys.size
    },
    get deleted() {
      return gone.size
    },
    has: (id) => keys.has(id),
    ids: () => [...keys.keys()],
    put(id, vector) {
      const key = keyOf(vector)
      if (keys.get(id) === key) return
      remove(id)
      const point = byKey.get(key)
      if (point === undefined) {
        // Its twins go on under its name: the name is taken.
        if (twins.has(id)) return
        add(id, vector)
        byKey.set(key, id)
      } else twins.set(point, (twins.get(point) ?? new Set([point])).add(id))
      keys.set(id, key)
    },
    remove,
    nearest(vector, count, within) {
      if (keys.size === 0 || count <= 0) return []
      const allowed = (point: number) =>
        !within || within.has(point) || [...(twins.get(point) ?? [])].some((id) => within.has(id))
      index.setEf(Math.max(efSearch, count))
      const found = index.searchKnn(
        Array.from(vector),
        Math.min(count, byKey.size),
        within ? allowed : undefined,
      )
      const rows: Neighbour[] = []
      for (const [at, point] of found.neighbors.entries()) {
        const score = 1 - (found.distances[at] ?? 1)
        for (const id of twins.get(point) ?? [point])
          if (!within || within.has(id)) rows.push({ id, score })
        if (rows.length >= count) break
      }
      return rows.slice(0, count)
    },
    write(file) {
      index.writeIndexSync(file)
    },
    free() {
      // The collector sees a small object and would leave its tens of megabytes for long.
      index.initIndex(1, 2, 1, seed, false)
    },
  }
}

/** 52 bits of two hashes: among a million vectors the chance of a mistake is one in ten thousand. */
function keyOf(vector: Int8Array): number {
  return Number(Bun.hash.xxHash32(vector)) * 2 ** 20 + (Number(Bun.hash.crc32(vector)) & 0xfffff)
}

/** A point that was marked before the file was written is refused. */
function markDeleted(index: HierarchicalNsw, point: number): void {
  try {
    index.markDelete(point)
  } catch {
    return
  }
}
