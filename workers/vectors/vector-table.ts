/**
 * Vectors in the search database: one row a chunk and embedder, as int8 (only a direction matters). A log of what
 * changed lets graphs follow at the cost of the change. Vectors of a configured embedder outlive their chunk for a
 * while as spare ones, so that the same text need not be sent, or paid for, again.
 */
import type { SearchStore } from './store.ts'
import { builtinId, idsPerEmbedder } from './vector-schema.ts'

/** The ids of an embedder's vectors, for BETWEEN. */
export function vectorIds(embedder: number): [first: number, last: number] {
  return [embedder * idsPerEmbedder, (embedder + 1) * idsPerEmbedder - 1]
}

/** Rows that the log keeps. */
const maxChanges = 10_000

export interface VectorTable {
  /** Built-in vector of a new chunk; inside the transaction that writes the chunk. */
  put(chunkId: number, vector: Int8Array): void
  /** Takes the vectors of these chunks out, of every embedder; inside the transaction that removes the chunks. */
  remove(chunkIds: readonly number[]): void
}

export function createVectorTable(store: SearchStore): VectorTable {
  return {
    put(chunkId, vector) {
      putVector(store, { embedder: builtinId, chunkId, hash: '', vector })
    },
    remove(chunkIds) {
      if (chunkIds.length === 0) return
      const ids = JSON.stringify(chunkIds)
      for (const { id } of store.query<{ id: number }, []>('SELECT id FROM embedders').all())
        removeOf(store, id, ids)
      trimChanges(store)
    },
  }
}

/** `ids`: of chunks, a JSON array. */
function removeOf(store: SearchStore, embedder: number, ids: string): void {
  const [first] = vectorIds(embedder)
  const these = 'id IN (SELECT ? + value FROM json_each(?))'
  if (embedder !== builtinId)
    store
      .query<never, [number, number, string]>(
        `INSERT OR REPLACE INTO spare_vectors (embedder, hash, vector)
         SELECT ?, hash, vector FROM vectors WHERE ${these}`,
      )
      .run(embedder, first, ids)
  store
    .query<never, [number, number, number, string]>(
      `INSERT INTO vector_changes (embedder, chunk_id)
       SELECT ?, id - ? FROM vectors WHERE ${these}`,
    )
    .run(embedder, first, first, ids)
  store.query<never, [number, string]>(`DELETE FROM vectors WHERE ${these}`).run(first, ids)
}

export interface VectorRow {
  embedder: number
  chunkId: number
  hash: string
  vector: Int8Array
}

/** Writes one vector and notes it in the log; the caller holds the transaction. */
export function putVector(store: SearchStore, row: VectorRow): void {
  const { buffer, byteOffset, byteLength } = row.vector
  store
    .query<never, [number, string, Uint8Array]>(
      'INSERT OR REPLACE INTO vectors (id, hash, vector) VALUES (?, ?, ?)',
    )
    .run(
      row.embedder * idsPerEmbedder + row.chunkId,
      row.hash,
      new Uint8Array(buffer, byteOffset, byteLength),
    )
  const seq = store
    .query<{ seq: number }, [number, number]>(
      'INSERT INTO vector_changes (embedder, chunk_id) VALUES (?, ?) RETURNING seq',
    )
    .get(row.embedder, row.chunkId)?.seq
  if (seq !== undefined && seq % (maxChanges / 10) === 0) trimChanges(store)
}

function trimChanges(store: SearchStore): void {
  store
    .query<never, [number]>(
      'DELETE FROM vector_changes WHERE seq <= (SELECT max(seq) FROM vector_changes) - ?',
    )
    .run(maxChanges)
}

/** All vectors of an embedder; the caller holds the transaction. */
export function removeVectors(store: SearchStore, embedder: number): void {
  store
    .query<never, [number, number]>('DELETE FROM vectors WHERE id BETWEEN ? AND ?')
    .run(...vectorIds(embedder))
  store.query<never, [number]>('DELETE FROM spare_vectors WHERE embedder = ?').run(embedder)
  // Too many to name: a gap in the numbers makes every reader compare everything.
  store.query<never, []>('DELETE FROM vector_changes').run()
  for (let count = 0; count < 2; count++)
    store
      .query<never, [number]>('INSERT INTO vector_changes (embedder, chunk_id) VALUES (?, 0)')
      .run(embedder)
  store
    .query<never, []>(
      'DELETE FROM vector_changes WHERE seq < (SELECT max(seq) FROM vector_changes)',
    )
    .run()
}

export interface ChangeSet {
  /** Where the log ends now. */
  seq: number
  /** Chunks whose vectors came, changed or went since; undefined: too many, compare everything. */
  chunkIds: number[] | undefined
}

/** What happened to an embedder's vectors after `seq`. */
export function changesSince(store: SearchStore, embedder: number, seq: number): ChangeSet {
  const ends = store
    .query<{ first: number | null; last: number | null }, []>(
      'SELECT (SELECT min(seq) FROM vector_changes) AS first, (SELECT max(seq) FROM vector_changes) AS last',
    )
    .get()
  const last = ends?.last ?? 0
  if (last === seq) return { seq, chunkIds: [] }
  if (seq === 0 || last < seq || (ends?.first ?? 0) > seq + 1)
    return { seq: last, chunkIds: undefined }
  const rows = store
    .query<{ chunk_id: number }, [number, number]>(
      'SELECT DISTINCT chunk_id FROM vector_changes WHERE seq > ? AND embedder = ?',
    )
    .all(seq, embedder)
  return { seq: last, chunkIds: rows.map((row) => row.chunk_id) }
}

/** Ids of the chunks that have a vector of this embedder, ascending. */
export function chunksWithVector(store: SearchStore, embedder: number): number[] {
  const [first, last] = vectorIds(embedder)
  return store
    .query<{ id: number }, [number, number]>(
      'SELECT id FROM vectors WHERE id BETWEEN ? AND ? ORDER BY id',
    )
    .all(first, last)
    .map((row) => row.id - first)
}

export function countVectors(store: SearchStore, embedder: number): number {
  return (
    store
      .query<{ count: number }, [number, number]>(
        'SELECT count(*) AS count FROM vectors WHERE id BETWEEN ? AND ?',
      )
      .get(...vectorIds(embedder))?.count ?? 0
  )
}

/** A vector that this text has or had. */
export function vectorOfText(
  store: SearchStore,
  embedder: number,
  hash: string,
): Int8Array | undefined {
  const row =
    store
      .query<{ vector: Uint8Array }, [string, number, number]>(
        "SELECT vector FROM vectors WHERE hash = ? AND hash <> '' AND id BETWEEN ? AND ? LIMIT 1",
      )
      .get(hash, ...vectorIds(embedder)) ??
    store
      .query<{ vector: Uint8Array }, [number, string]>(
        'SELECT vector FROM spare_vectors WHERE embedder = ? AND hash = ?',
      )
      .get(embedder, hash)
  return row ? int8Of(row.vector) : undefined
}

const idsPerQuery = 500

/** Calls back with each vector that is there, in no order. */
export function eachVector(
  store: SearchStore,
  { embedder, chunkIds }: { embedder: number; chunkIds: readonly number[] },
  found: (chunkId: number, vector: Int8Array) => void,
): void {
  const [first] = vectorIds(embedder)
  const select = store.query<unknown, [number, string]>(
    'SELECT id, vector FROM vectors WHERE id IN (SELECT ? + value FROM json_each(?))',
  )
  for (let from = 0; from < chunkIds.length; from += idsPerQuery) {
    const some = JSON.stringify(chunkIds.slice(from, from + idsPerQuery))
    // Rows as arrays: a question asks for hundreds.
    const rows = select.values(first, some) as [number, Uint8Array][]
    for (const row of rows) found(row[0] - first, int8Of(row[1]))
  }
}

/** The same for all of an embedder, one after the other. */
export function everyVector(
  store: SearchStore,
  embedder: number,
  found: (chunkId: number, vector: Int8Array) => void,
): void {
  const [first, last] = vectorIds(embedder)
  const rows = store
    .query<{ id: number; vector: Uint8Array }, [number, number]>(
      'SELECT id, vector FROM vectors WHERE id BETWEEN ? AND ?',
    )
    .iterate(first, last)
  for (const { id, vector } of rows) found(id - first, int8Of(vector))
}

function int8Of(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
