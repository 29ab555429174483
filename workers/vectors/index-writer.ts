/**
 * Writes counted files as one segment, in one transaction with their rows, new terms and vectors. Files that were in
 * another segment are dead there. A chunk that says the same as before keeps its id, and so its vectors.
 */
import type { Chunk } from './chunk.ts'
import type { Dictionary } from './dictionary.ts'
import { type BuiltinEmbedder, quantize } from './embed.ts'
import type { ChunkWords } from './fields.ts'
import type { Lease } from './lease.ts'
import { nameHash, textHash } from './names.ts'
import { saturation } from './saturation.ts'
import { encodeColumns, encodeTerms, postingKey } from './segment.ts'
import { buildSegment, type SegmentFile } from './segment-writer.ts'
import type { SearchStore } from './store.ts'
import type { VectorTable } from './vector-table.ts'

export interface CountedFile {
  path: string
  hash: string
  language: string
  calls: Uint32Array
  chunks: { chunk: Chunk; words: ChunkWords }[]
}

export interface IndexWriter {
  /** One transaction; answers how many chunks are new, and how many went. */
  write(files: readonly CountedFile[]): { embedded: number; removed: number }
  remove(docIds: readonly number[]): { removed: number }
}

interface WriterParts {
  store: SearchStore
  dictionary: Dictionary
  embedder: BuiltinEmbedder
  vectors: VectorTable
  lease: Lease
}

export function createIndexWriter({
  store,
  dictionary,
  embedder,
  vectors,
  lease,
}: WriterParts): IndexWriter {
  const findDoc = store.query<{ id: number; segment: number }, [string]>(
    'SELECT id, segment FROM docs WHERE path = ?',
  )
  const findDocById = store.query<{ id: number; segment: number }, [number]>(
    'SELECT id, segment FROM docs WHERE id = ?',
  )
  const upsertDoc = store.query<{ id: number }, [string, string, string, number, Uint8Array]>(
    `INSERT INTO docs (path, hash, language, segment, calls) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET hash = excluded.hash, language = excluded.language,
       segment = excluded.segment, calls = excluded.calls
     RETURNING id`,
  )
  const oldChunks = store.query<{ id: number; hash: number }, [number]>(
    'SELECT id, hash FROM chunks WHERE doc_id = ?',
  )
  const deleteChunks = store.query<never, [number]>('DELETE FROM chunks WHERE doc_id = ?')
  const insertChunk = store.query<
    never,
    [number, number, number, number, string, string, number, string, number, number]
  >(
    `INSERT INTO chunks (id, doc_id, line, end_line, kind, name, name_hash, container, hash, callers)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const lastChunk = store.query<{ seq: number }, []>(
    "SELECT seq FROM sqlite_sequence WHERE name = 'chunks'",
  )
  const killDoc = store.query<never, [number, number, number]>(
    `INSERT OR IGNORE INTO dead (segment, doc_id, chunks)
     VALUES (?, ?, (SELECT count(*) FROM chunks WHERE doc_id = ?))`,
  )

  /** While its chunks are still there to be counted. */
  function kill(doc: { id: number; segment: number } | null): void {
    if (doc && doc.segment > 0) killDoc.run(doc.segment, doc.id, doc.id)
  }

  /** Ids by hash, each to be taken once. */
  function reusable(docId: number): Map<number, number[]> {
    const ids = new Map<number, number[]>()
    for (const { id, hash } of oldChunks.all(docId)) {
      const same = ids.get(hash)
      if (same) same.push(id)
      else ids.set(hash, [id])
    }
    return ids
  }

  function writeFile(
    file: CountedFile,
    segment: number,
    next: { id: number },
  ): { file: SegmentFile; embedded: number; gone: number[] } {
    const old = findDoc.get(file.path)
    kill(old)
    const docId = upsertDoc.get(
      file.path,
      file.hash,
      file.language,
      segment,
      bytesOf(file.calls),
    )?.id
    if (docId === undefined) throw new Error(`no row for ${file.path}`)
    const left = old ? reusable(docId) : new Map<number, number[]>()
    if (old) deleteChunks.run(docId)
    let embedded = 0
    const chunks = file.chunks.map(({ chunk, words }) => {
      const hash = chunkHash(file.path, chunk)
      const kept = left.get(hash)?.shift()
      const id = kept ?? next.id++
      insertChunk.run(
        id,
        docId,
        chunk.line,
        chunk.endLine,
        chunk.kind,
        chunk.name,
        nameHash(chunk.name),
        chunk.container,
        hash,
        callersHash(chunk.callers),
      )
      if (kept === undefined) {
        embedded++
        vectors.put(id, quantize(embedder.code(stemsOf(dictionary, words))))
      }
      return { id, chunk, words }
    })
    const { path, language } = file
    return { file: { docId, path, language, chunks }, embedded, gone: [...left.values()].flat() }
  }

  return {
    write(files) {
      const counts = { embedded: 0, removed: 0 }
      store.transaction(() => {
        lease.renew()
        const segment = nextSegment(store)
        const next = { id: (lastChunk.get()?.seq ?? 0) + 1 }
        const written = files.map((file) => writeFile(file, segment, next))
        const gone = written.flatMap((one) => one.gone)
        vectors.remove(gone)
        counts.removed = gone.length
        counts.embedded = written.reduce((total, one) => total + one.embedded, 0)
        dictionary.flush()
        writeSegment(
          store,
          segment,
          written.map((one) => one.file),
        )
        bumpVersion(store)
      })
      return counts
    },
    remove(docIds) {
      let removed = 0
      store.transaction(() => {
        lease.renew()
        for (const docId of docIds) {
          const ids = oldChunks.all(docId).map((row) => row.id)
          kill(findDocById.get(docId))
          deleteChunks.run(docId)
          store.query<never, [number]>('DELETE FROM docs WHERE id = ?').run(docId)
          vectors.remove(ids)
          removed += ids.length
        }
        bumpVersion(store)
      })
      return { removed }
    },
  }
}

/** A number that no segment had, nor one whose writing was cut off. Inside a transaction. */
export function nextSegment(store: SearchStore): number {
  const next = Number(store.meta('last_segment') ?? '0') + 1
  store.setMeta('last_segment', String(next))
  return next
}

export function bumpVersion(store: SearchStore): void {
  store.setMeta('version', String(Number(store.meta('version') ?? '0') + 1))
}

/** What the callers' names of a chunk are compared by. */
export function callersHash(callers: readonly string[]): number {
  return callers.length === 0 ? 0 : textHash(...callers)
}

function writeSegment(store: SearchStore, segment: number, files: SegmentFile[]): void {
  const { columns, terms, postings } = buildSegment(files)
  if (columns.chunkIds.length === 0) return
  const insert = store.query<never, [number, Uint8Array]>(
    'INSERT INTO postings (key, data) VALUES (?, ?)',
  )
  for (const { term, data } of postings) insert.run(postingKey(segment, term), data)
  store
    .query<never, [number, number, Uint8Array, Uint8Array]>(
      'INSERT INTO segments (id, chunks, columns, terms) VALUES (?, ?, ?, ?)',
    )
    .run(segment, columns.chunkIds.length, encodeColumns(columns), encodeTerms(terms))
}

/** All that goes into a vector, but not where in the file it stands, nor who calls it. */
function chunkHash(path: string, chunk: Chunk): number {
  return textHash(
    path,
    chunk.kind,
    chunk.name,
    chunk.container,
    chunk.signature,
    chunk.doc,
    chunk.text,
  )
}

function stemsOf(dictionary: Dictionary, words: ChunkWords): [string, number][] {
  return Array.from(words.ids, (id, at) => {
    const weight = words.weights[at] as number
    return [dictionary.termOf(id), weight / (weight + saturation)]
  })
}

const bytesOf = (array: Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
