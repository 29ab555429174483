/**
 * Configured embedders in the search database: which there are, what each lacks, which one searches may use. A new one
 * is used once it has everything; until then the one before it stays.
 */
import { isJsonObject, parseJson } from '../../src/base/json.ts'
import type { EmbeddingOptions } from '../../src/contract/vector-service.ts'
import { embedderKey } from './embedders/create.ts'
import type { SearchStore } from './store.ts'
import { builtinId } from './vector-schema.ts'
import { countVectors, removeVectors, vectorIds } from './vector-table.ts'

export interface EmbedderRow {
  id: number
  key: string
  name: string
  dimensions: number
  complete: boolean
  options: EmbeddingOptions
}

/** Of these, the one in use and the one before it keep their vectors: who goes back need not pay again. */
const keptEmbedders = 2
/** Vectors of texts that are gone, as a share of those in use; a branch switch and back costs nothing. */
const keptSpare = 0.5
const minSpare = 1_000

interface Stored {
  id: number
  key: string
  name: string
  options: string
  dimensions: number
  complete: number
}

export function findEmbedder(
  store: SearchStore,
  options: EmbeddingOptions,
): EmbedderRow | undefined {
  const row = store
    .query<Stored, [string]>('SELECT * FROM embedders WHERE key = ?')
    .get(embedderKey(options))
  return row ? { ...read(row), options } : undefined
}

export function ensureEmbedder(store: SearchStore, options: EmbeddingOptions): EmbedderRow {
  const found = findEmbedder(store, options)
  if (found) return found
  store.transaction(() => {
    store
      .query<never, [string, string, string]>(
        `INSERT OR IGNORE INTO embedders (key, name, options, dimensions, complete)
         VALUES (?, ?, ?, 0, 0)`,
      )
      .run(embedderKey(options), options.name, JSON.stringify(withoutSecrets(options)))
  })
  const made = findEmbedder(store, options)
  if (!made) throw new Error(`No row for the embedder ${options.name}`)
  return made
}

/**
 * The newest complete embedder: the configured one, or the one before it, which is asked with the key of the
 * configured one where both are of one host, else without.
 */
export function usableEmbedder(
  store: SearchStore,
  options: EmbeddingOptions,
): EmbedderRow | undefined {
  const own = findEmbedder(store, options)
  if (own?.complete) return own
  const before = store
    .query<Stored, [number, string]>(
      'SELECT * FROM embedders WHERE complete = 1 AND id <> ? AND key <> ? ORDER BY id DESC LIMIT 1',
    )
    .get(builtinId, embedderKey(options))
  if (!before) return undefined
  const row = read(before)
  if (row.options.baseUrl !== options.baseUrl) return row
  const { apiKey, keyName, keyHeader } = options
  return {
    ...row,
    options: {
      ...row.options,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(keyName === undefined ? {} : { keyName }),
      ...(keyHeader === undefined ? {} : { keyHeader }),
    },
  }
}

/** Chunks without a vector of this embedder, oldest first. */
export function chunksWithout(
  store: SearchStore,
  embedder: number,
  { after, limit }: { after: number; limit: number },
): number[] {
  return store
    .query<{ id: number }, [number, number, number]>(
      `SELECT c.id FROM chunks c WHERE c.id > ? AND NOT EXISTS
         (SELECT 1 FROM vectors v WHERE v.id = ? + c.id)
       ORDER BY c.id LIMIT ?`,
    )
    .all(after, vectorIds(embedder)[0], limit)
    .map((row) => row.id)
}

export function countWithout(store: SearchStore, embedder: number | undefined): number {
  return (
    store
      .query<{ count: number }, [number]>(
        `SELECT count(*) AS count FROM chunks c WHERE NOT EXISTS
           (SELECT 1 FROM vectors v WHERE v.id = ? + c.id)`,
      )
      .get(vectorIds(embedder ?? -1)[0])?.count ?? 0
  )
}

/** The length of its vectors, once known. Vectors of another length go: the model behind the name has changed. */
export function setDimensions(store: SearchStore, row: EmbedderRow, dimensions: number): void {
  store.transaction(() => {
    const changed = row.dimensions !== 0 && row.dimensions !== dimensions
    if (changed) removeVectors(store, row.id)
    store
      .query<never, [number, number, number]>(
        'UPDATE embedders SET dimensions = ?, complete = complete AND ? WHERE id = ?',
      )
      .run(dimensions, changed ? 0 : 1, row.id)
  })
}

/** It has everything: searches use it from now on, and what is no longer needed goes. */
export function markComplete(store: SearchStore, row: EmbedderRow): void {
  store.transaction(() => {
    store.query<never, [number]>('UPDATE embedders SET complete = 1 WHERE id = ?').run(row.id)
    const others = store
      .query<{ id: number }, [number, number]>(
        'SELECT id FROM embedders WHERE id NOT IN (?, ?) ORDER BY complete DESC, id DESC',
      )
      .all(builtinId, row.id)
    for (const { id } of others.slice(keptEmbedders - 1)) removeEmbedder(store, id)
    pruneSpare(store, row.id)
  })
}

function removeEmbedder(store: SearchStore, embedder: number): void {
  removeVectors(store, embedder)
  store.query<never, [number]>('DELETE FROM embedders WHERE id = ?').run(embedder)
}

function pruneSpare(store: SearchStore, embedder: number): void {
  const kept = Math.max(minSpare, Math.ceil(countVectors(store, embedder) * keptSpare))
  store
    .query<never, [number, number, number]>(
      `DELETE FROM spare_vectors WHERE embedder = ? AND id NOT IN
         (SELECT id FROM spare_vectors WHERE embedder = ? ORDER BY id DESC LIMIT ?)`,
    )
    .run(embedder, embedder, kept)
}

function read(row: Stored): EmbedderRow {
  return { ...row, complete: row.complete === 1, options: readOptions(row) }
}

function readOptions(row: Stored): EmbeddingOptions {
  const stored = parseJson(row.options)
  const text = (name: string) => {
    const value = isJsonObject(stored) ? stored[name] : undefined
    return typeof value === 'string' ? value : undefined
  }
  const dimensions = isJsonObject(stored) ? stored.dimensions : undefined
  const caFile = text('caFile')
  const proxy = text('proxy')
  return {
    provider: text('provider') === 'openai' ? 'openai' : 'ollama',
    name: row.name,
    model: text('model') ?? '',
    baseUrl: text('baseUrl') ?? '',
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(caFile === undefined ? {} : { caFile }),
    ...(proxy === undefined ? {} : { proxy }),
  }
}

/** A key stays where its owner put it; a proxy may hold a password and is found anew. */
function withoutSecrets(options: EmbeddingOptions): Partial<EmbeddingOptions> {
  const { provider, model, baseUrl, dimensions, caFile } = options
  return {
    provider,
    model,
    baseUrl,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(caFile === undefined ? {} : { caFile }),
  }
}
