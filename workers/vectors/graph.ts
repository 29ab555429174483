/**
 * Nearest vectors through an HNSW graph of the native addon. A removed vector keeps its place until the graph is
 * built anew: places that are used again were found to wear the graph out, so that some points are never reached.
 */
import type { Collection } from './collection.ts'
import { unitVector } from './embed.ts'
import type { HierarchicalNsw, HierarchicalNswConstructor } from './hnsw-addon.ts'

/** Measured by test/bench/hnsw.ts. */
const usual = { m: 16, efConstruction: 150, efSearch: 400 }
const seed = 100
const minCapacity = 1_024

export interface Graph extends Collection {
  readonly kind: 'hnsw'
  write(file: string): void
}

export interface GraphShape {
  /** Links a point. */
  m: number
  /** How widely the neighbours of a new point are looked for. */
  efConstruction: number
  /** How widely the nearest to a question are. */
  efSearch: number
}

export function createGraph(
  Hnsw: HierarchicalNswConstructor,
  dimensions: number,
  shape: GraphShape = usual,
): Graph {
  const index = new Hnsw('ip', dimensions)
  index.initIndex(minCapacity, shape.m, shape.efConstruction, seed, false)
  return asGraph(index, { live: new Set(), gone: new Set(), efSearch: shape.efSearch })
}

/** Throws where the file is not such a graph. `live`: the chunks that may be answered; all others count as removed. */
export function readGraph(
  Hnsw: HierarchicalNswConstructor,
  dimensions: number,
  { file, wanted }: { file: string; wanted: ReadonlySet<number> },
): Graph {
  const index = new Hnsw('ip', dimensions)
  index.readIndexSync(file, false)
  const live = new Set<number>()
  const gone = new Set<number>()
  for (const id of index.getIdsList()) (wanted.has(id) ? live : gone).add(id)
  for (const id of gone) markDeleted(index, id)
  return asGraph(index, { live, gone, efSearch: usual.efSearch })
}

function asGraph(
  index: HierarchicalNsw,
  { live, gone, efSearch }: { live: Set<number>; gone: Set<number>; efSearch: number },
): Graph {
  return {
    kind: 'hnsw',
    get size() {
      return live.size
    },
    get deleted() {
      return gone.size
    },
    has: (id) => live.has(id),
    ids: () => [...live],
    put(id, vector) {
      if (gone.delete(id)) index.unmarkDelete(id)
      else if (!live.has(id) && index.getCurrentCount() >= index.getMaxElements())
        index.resizeIndex(Math.ceil(index.getMaxElements() * 1.5))
      index.addPoint(Array.from(unitVector(vector)), id, false)
      live.add(id)
    },
    remove(id) {
      if (!live.delete(id)) return
      gone.add(id)
      markDeleted(index, id)
    },
    nearest(vector, count, within) {
      if (live.size === 0 || count <= 0) return []
      index.setEf(Math.max(efSearch, count))
      const found = index.searchKnn(
        Array.from(vector),
        Math.min(count, live.size),
        within ? (id) => within.has(id) : undefined,
      )
      return found.neighbors.map((id, at) => ({ id, score: 1 - (found.distances[at] ?? 1) }))
    },
    write(file) {
      index.writeIndexSync(file)
    },
  }
}

/** A vector that was marked before the file was written is refused. */
function markDeleted(index: HierarchicalNsw, id: number): void {
  try {
    index.markDelete(id)
  } catch {
    return
  }
}
