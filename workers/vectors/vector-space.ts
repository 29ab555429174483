/**
 * The vectors of one embedder as something to ask: the nearest chunks, and the cosines of given ones. The database is
 * the truth; what is in memory follows it in slices, so that neither an update nor a question waits for a graph.
 */
import type { Collection } from './collection.ts'
import { cosine } from './embed.ts'
import { createFlatVectors } from './flat-vectors.ts'
import { createGraph, type Graph, readGraph } from './graph.ts'
import { graphFiles } from './graph-file.ts'
import type { HierarchicalNswConstructor } from './hnsw-addon.ts'
import type { SearchStore } from './store.ts'
import {
  changesSince,
  chunksWithVector,
  countVectors,
  eachVector,
  everyVector,
} from './vector-table.ts'

export interface VectorSpace {
  /** How `nearest` looks at present. */
  readonly kind: 'exact' | 'hnsw'
  readonly dimensions: number
  /** Ids of the nearest chunks, best first; only of `within`, when given. */
  nearest(vector: Float32Array, count: number, within?: ReadonlySet<number>): number[]
  /** Cosine of each chunk with the unit vector, NaN where a chunk has no vector; in the order of `chunkIds`. */
  cosines(vector: Float32Array, chunkIds: readonly number[]): Float32Array
  /** Follows the database for about so long; answers how many vectors are still to come. */
  follow(budgetMs: number): number
  /** Writes the graph to its file when enough has changed. */
  save(): void
}

export interface SpaceOptions {
  store: SearchStore
  directory: string
  embedder: number
  dimensions: number
  /** Undefined: every search is exact. */
  hnsw: HierarchicalNswConstructor | undefined
  /** More vectors than this get a graph. */
  exactUpTo?: number
}

/** Below this an exact search takes less than a millisecond, and there is nothing to build. */
const usualExactUpTo = 10_000
const smallSet = 4_000
const followPerSearchMs = 20
const idsPerStep = 200
/** A graph with more removed vectors than this share of its places is built anew. */
const worn = 0.25
/** Below this share of changes the file stays as it is; the rest is inserted again on opening. */
const saveShare = 0.05

export function openVectorSpace(options: SpaceOptions): VectorSpace {
  const { store, embedder, dimensions, hnsw, exactUpTo = usualExactUpTo } = options
  const files = graphFiles({
    directory: options.directory,
    space: `${embedder}-${dimensions}`,
    epoch: store.meta('epoch') ?? '',
  })
  let serving: Collection | undefined
  /** What takes the place of `serving` once it holds everything. */
  let building: Graph | undefined
  let seq = 0
  /** Chunks whose vectors are still to be put into what is built, or else into what serves. */
  let pending: number[] = []
  let changes = 0
  let saved = false

  function begin(): Collection {
    if (serving) return serving
    serving = createFlatVectors(dimensions)
    return serving
  }

  function follow(budgetMs: number): number {
    const end = performance.now() + budgetMs
    const current = begin()
    const found = changesSince(store, embedder, seq)
    const first = seq === 0
    if (found.chunkIds === undefined || first) compareAll(current, first)
    else applyChanges(current, found.chunkIds)
    seq = found.seq
    considerRebuild()
    const target = building ?? serving ?? current
    while (pending.length > 0 && (target.kind === 'exact' || performance.now() < end)) {
      const some = pending.splice(Math.max(0, pending.length - idsPerStep))
      eachVector(store, { embedder, chunkIds: some }, (id, vector) => {
        if (vector.length === dimensions) target.put(id, vector)
      })
      changes += some.length
    }
    if (pending.length === 0 && building) {
      replaceServing(building)
      building = undefined
    }
    return pending.length
  }

  /** Everything that is there against everything that should be. */
  function compareAll(current: Collection, first: boolean): void {
    if (first && hnsw && countVectors(store, embedder) > exactUpTo) {
      const graph = readKept(hnsw)
      if (graph) serving = graph
    }
    const wanted = new Set(chunksWithVector(store, embedder))
    const present = building ?? serving ?? current
    for (const collection of [building, serving])
      for (const id of collection?.ids() ?? []) if (!wanted.has(id)) drop(collection, id)
    pending = [...wanted].filter((id) => !present.has(id))
  }

  function readKept(Hnsw: HierarchicalNswConstructor): Graph | undefined {
    const file = files.find()
    if (file === undefined) return undefined
    try {
      const { graph, claim, settle } = readGraph(Hnsw, dimensions, file)
      everyVector(store, embedder, (id, vector) => void claim(id, vector))
      settle()
      saved = true
      return graph
    } catch {
      return undefined
    }
  }

  function applyChanges(current: Collection, chunkIds: readonly number[]): void {
    if (chunkIds.length === 0) return
    const there = new Set<number>()
    eachVector(store, { embedder, chunkIds }, (id) => void there.add(id))
    const queued = new Set(pending)
    for (const id of chunkIds) {
      if (there.has(id)) {
        if (!queued.has(id)) pending.push(id)
        continue
      }
      drop(current, id)
      drop(building, id)
      if (queued.delete(id)) pending = pending.filter((other) => other !== id)
    }
  }

  function drop(collection: Collection | undefined, id: number): void {
    if (!collection?.has(id)) return
    collection.remove(id)
    changes++
  }

  function considerRebuild(): void {
    if (!hnsw || building || !serving) return
    const total = serving.size + pending.length
    const outgrown = serving.kind === 'exact' && total > exactUpTo
    const wornOut = serving.kind === 'hnsw' && serving.deleted > worn * (total + serving.deleted)
    if (!outgrown && !wornOut) return
    building = createGraph(hnsw, dimensions)
    pending = chunksWithVector(store, embedder)
    saved = false
    // Nothing of it is left: holding it until the new one is complete would only cost memory.
    if (serving.size === 0) replaceServing(createFlatVectors(dimensions))
  }

  function replaceServing(next: Collection): void {
    const before = serving
    serving = next
    before?.free?.()
  }

  return {
    get kind() {
      if (serving) return (building ?? serving).kind
      return hnsw && countVectors(store, embedder) > exactUpTo ? 'hnsw' : 'exact'
    },
    dimensions,
    follow,
    nearest(vector, count, within) {
      follow(followPerSearchMs)
      if (count <= 0 || within?.size === 0) return []
      if (within && within.size <= smallSet) {
        const ids = [...within]
        const scores = cosinesOf(options, vector, ids)
        return ids
          .map((id, at) => ({ id, score: scores[at] as number }))
          .filter((row) => !Number.isNaN(row.score))
          .sort((a, b) => b.score - a.score || a.id - b.id)
          .slice(0, count)
          .map((row) => row.id)
      }
      const best = serving && serving.size >= (building?.size ?? 0) ? serving : building
      return (best ?? begin()).nearest(vector, count, within).map((row) => row.id)
    },
    cosines: (vector, chunkIds) => cosinesOf(options, vector, chunkIds),
    save() {
      const graph = building && building.size >= (serving?.size ?? 0) ? building : serving
      if (!graph?.write || (changes === 0 && saved)) return
      if (saved && changes < graph.size * saveShare) return
      saved = files.keep((file) => graph.write?.(file))
      changes = 0
    },
  }
}

function cosinesOf(
  { store, embedder, dimensions }: SpaceOptions,
  vector: Float32Array,
  chunkIds: readonly number[],
): Float32Array {
  const cosines = new Float32Array(chunkIds.length).fill(Number.NaN)
  const places = new Map(chunkIds.map((id, at) => [id, at]))
  eachVector(store, { embedder, chunkIds }, (id, bytes) => {
    const at = places.get(id)
    if (at !== undefined && bytes.length === dimensions) cosines[at] = cosine(vector, bytes)
  })
  return cosines
}

/** Cosines of candidates as mean 0 and standard deviation 1, so that models of any spread weigh the same; NaN is 0. */
export function standardized(cosines: Float32Array): Float32Array {
  const known = [...cosines].filter((value) => !Number.isNaN(value))
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  const variance =
    known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length)
  const deviation = Math.sqrt(variance)
  if (deviation === 0) return new Float32Array(cosines.length)
  return cosines.map((value) => (Number.isNaN(value) ? 0 : (value - mean) / deviation))
}
