/**
 * Nearest chunks of a vector, by HNSW or exactly, with one interface. The database is the truth: whatever the graph's
 * file holds is compared with the chunks on opening, so a kill between two writes costs some insertions, no more.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cosine, dequantize, dimensions } from './embed.ts'
import type { HierarchicalNsw, HierarchicalNswConstructor } from './hnsw-addon.ts'
import type { SearchStore } from './store.ts'

export interface Neighbours {
  readonly kind: 'hnsw' | 'exact'
  /** Follows the database: inserts and removes at most `limit` vectors, answers how many are still to do. */
  follow(limit: number): number
  /** Ids of the nearest chunks, nearest first. */
  nearest(vector: Float32Array, count: number): number[]
  /** Writes the graph to its file when enough has changed. */
  save(): void
}

const m = 12
const efConstruction = 40
const efSearch = 120
const seed = 100
const minCapacity = 1_024
/** Below this share of changes the file stays as it is; the rest is inserted again on opening. */
const saveShare = 0.05

export function openNeighbours(
  store: SearchStore,
  directory: string,
  Hnsw: HierarchicalNswConstructor | undefined,
): Neighbours {
  return Hnsw ? openGraph(store, directory, Hnsw) : openExact(store)
}

/** What is in the index but not the database, and the reverse; `version` changes with every write of the database. */
function createFollower(store: SearchStore, has: Set<number>) {
  let seen: string | undefined
  let missing: number[] = []
  let extra: number[] = []
  return {
    /** Refreshes the two lists when the database has changed. */
    refresh(): void {
      const version = store.meta('version')
      if (version === seen) return
      seen = version
      const wanted = new Set(
        store
          .query<{ id: number }, []>('SELECT id FROM chunks')
          .all()
          .map((row) => row.id),
      )
      missing = [...wanted].filter((id) => !has.has(id))
      extra = [...has].filter((id) => !wanted.has(id))
    },
    takeMissing: (limit: number) => missing.splice(Math.max(0, missing.length - limit), limit),
    takeExtra: () => extra.splice(0),
    left: () => missing.length,
  }
}

function openGraph(
  store: SearchStore,
  directory: string,
  Hnsw: HierarchicalNswConstructor,
): Neighbours {
  const file = join(directory, `hnsw-${store.meta('epoch') ?? ''}.bin`)
  let graph: HierarchicalNsw | undefined
  const has = new Set<number>()
  /** Labels marked as deleted whose places are free. */
  let free = 0
  let changes = 0
  const follower = createFollower(store, has)

  function open(): HierarchicalNsw {
    if (graph) return graph
    graph = readGraph(Hnsw, file)
    if (graph) for (const id of graph.getIdsList()) has.add(id)
    else {
      graph = new Hnsw('ip', dimensions)
      graph.initIndex(minCapacity, m, efConstruction, seed, true)
    }
    graph.setEf(efSearch)
    return graph
  }

  function insert(index: HierarchicalNsw, id: number, vector: Int8Array): void {
    if (free === 0 && index.getCurrentCount() >= index.getMaxElements())
      index.resizeIndex(Math.ceil(index.getMaxElements() * 1.5))
    index.addPoint(dequantize(vector), id, free > 0)
    if (free > 0) free--
    has.add(id)
    changes++
  }

  return {
    kind: 'hnsw',
    follow(limit) {
      const index = open()
      follower.refresh()
      for (const id of follower.takeExtra()) {
        has.delete(id)
        changes++
        try {
          index.markDelete(id)
          free++
        } catch {
          // Marked already when the file was written.
          free++
        }
      }
      for (const { id, vector } of vectorsOf(store, follower.takeMissing(limit)))
        insert(index, id, vector)
      return follower.left()
    },
    nearest(vector, count) {
      const index = open()
      if (has.size === 0) return []
      const found = index.searchKnn(Array.from(vector), Math.min(count, has.size))
      return found.neighbors.filter((id) => has.has(id))
    },
    save() {
      if (!graph || changes === 0) return
      if (existsSync(file) && changes < has.size * saveShare) return
      const temporary = `${file}.${process.pid}.tmp`
      graph.writeIndexSync(temporary)
      renameSync(temporary, file)
      changes = 0
      removeOlder(directory, file)
    },
  }
}

/** A file that cannot be read is as good as none. */
function readGraph(Hnsw: HierarchicalNswConstructor, file: string): HierarchicalNsw | undefined {
  if (!existsSync(file)) return undefined
  try {
    const graph = new Hnsw('ip', dimensions)
    graph.readIndexSync(file, true)
    return graph
  } catch {
    rmSync(file, { force: true })
    return undefined
  }
}

/** Graphs of databases that are gone. */
function removeOlder(directory: string, current: string): void {
  for (const name of readdirSync(directory))
    if (/^hnsw-.*\.bin$/.test(name) && join(directory, name) !== current)
      rmSync(join(directory, name), { force: true })
}

function openExact(store: SearchStore): Neighbours {
  const vectors = new Map<number, Int8Array>()
  const has = new Set<number>()
  const follower = createFollower(store, has)
  return {
    kind: 'exact',
    follow(limit) {
      follower.refresh()
      for (const id of follower.takeExtra()) {
        has.delete(id)
        vectors.delete(id)
      }
      for (const { id, vector } of vectorsOf(store, follower.takeMissing(limit))) {
        has.add(id)
        vectors.set(id, vector)
      }
      return follower.left()
    },
    nearest(vector, count) {
      const scored: { id: number; score: number }[] = []
      for (const [id, bytes] of vectors) scored.push({ id, score: cosine(vector, bytes) })
      return scored
        .sort((a, b) => b.score - a.score)
        .slice(0, count)
        .map((row) => row.id)
    },
    save() {},
  }
}

const idsPerQuery = 500

function vectorsOf(store: SearchStore, ids: number[]): { id: number; vector: Int8Array }[] {
  const rows: { id: number; vector: Int8Array }[] = []
  for (let from = 0; from < ids.length; from += idsPerQuery) {
    const some = ids.slice(from, from + idsPerQuery)
    const found = store
      .query<{ id: number; vector: Uint8Array }, [string]>(
        'SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))',
      )
      .all(JSON.stringify(some))
    for (const { id, vector } of found)
      rows.push({ id, vector: new Int8Array(vector.buffer, vector.byteOffset, vector.length) })
  }
  return rows
}
