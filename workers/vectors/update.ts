/**
 * Brings the search index up to date with the symbol index: files whose hash differs are cut and counted again, in
 * slices of one transaction each, so that a kill costs one slice and searches are answered between them.
 */
import { Database } from 'bun:sqlite'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cancelled } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import type { SymbolKind } from '../../src/contract/symbol.ts'
import { type Chunk, type ChunkSymbol, chunkCode, chunkDocument } from './chunk.ts'
import { type Embedder, quantize } from './embed.ts'
import { chunkWords } from './fields.ts'
import type { Neighbours } from './neighbours.ts'
import { createPosting } from './posting.ts'
import { saturation } from './saturation.ts'
import type { SearchStore } from './store.ts'
import type { Stemmer } from './words.ts'

export interface VectorUpdateContext {
  root: string
  indexDatabase: string
  store: SearchStore
  neighbours: Neighbours
  stemmer: Stemmer
  embedder: Embedder
  emit(event: WorkerEvent): void
}

interface IndexedFile {
  id: number
  path: string
  hash: string
  language: string
  test: number
}

const sliceMs = 30
const vectorsPerSlice = 200
const progressEveryMs = 100

export async function runVectorUpdate(
  context: VectorUpdateContext,
  signal: AbortSignal,
): Promise<{ embedded: number; removed: number }> {
  const index = openIndex(context.indexDatabase)
  try {
    const counts = await followFiles(context, index, signal)
    await followVectors(context, signal)
    return counts
  } finally {
    index.close()
  }
}

function openIndex(path: string): Database {
  if (!existsSync(path))
    throw new CodiError('not_found', `There is no code index ${path} yet; update the index first`)
  const database = new Database(path, { readonly: true })
  database.run('PRAGMA busy_timeout = 10000')
  return database
}

async function followFiles(
  context: VectorUpdateContext,
  index: Database,
  signal: AbortSignal,
): Promise<{ embedded: number; removed: number }> {
  const { store } = context
  const state = indexState(index)
  const counts = { embedded: 0, removed: 0 }
  if (store.meta('index_state') === state) return counts
  const files = index
    .query<IndexedFile, []>('SELECT id, path, hash, language, test FROM files')
    .all()
  const known = new Map(
    store
      .query<{ id: number; path: string; hash: string; language: string }, []>(
        'SELECT id, path, hash, language FROM docs',
      )
      .all()
      .map((row) => [row.path, row]),
  )
  const present = new Set(files.map((file) => file.path))
  const gone = [...known.values()].filter((doc) => !present.has(doc.path))
  const changed = files.filter((file) => {
    const doc = known.get(file.path)
    return !doc || doc.hash !== file.hash || doc.language !== file.language
  })
  const posting = createPosting(store)
  if (gone.length > 0)
    store.transaction(() => {
      for (const doc of gone) counts.removed += posting.removeDoc(doc.id)
      posting.flush()
    })
  let lastProgress = 0
  for (let next = 0; next < changed.length; ) {
    if (signal.aborted) throw cancelled()
    const end = performance.now() + sliceMs
    const ready: { file: IndexedFile; chunks: ReturnType<typeof countChunks> }[] = []
    while (next < changed.length && performance.now() < end) {
      const file = changed[next++] as IndexedFile
      ready.push({ file, chunks: countChunks(context, index, file) })
    }
    store.transaction(() => {
      for (const { file, chunks } of ready) {
        counts.removed += posting.removePath(file.path)
        counts.embedded += posting.addDoc(file, chunks)
      }
      posting.flush()
    })
    const now = performance.now()
    if (now - lastProgress > progressEveryMs || next === changed.length) {
      lastProgress = now
      context.emit({ type: 'progress', what: 'vectors', done: next, total: changed.length })
    }
    await new Promise(setImmediate)
  }
  store.setMeta('index_state', state)
  return counts
}

/** Changes whenever the index does. */
function indexState(index: Database): string {
  const rows = index
    .query<{ value: string }, []>(
      "SELECT value FROM meta WHERE key IN ('epoch', 'generation') ORDER BY key",
    )
    .all()
  return rows.map((row) => row.value).join(' ')
}

async function followVectors(context: VectorUpdateContext, signal: AbortSignal): Promise<void> {
  while (context.neighbours.follow(vectorsPerSlice) > 0) {
    if (signal.aborted) throw cancelled()
    await new Promise(setImmediate)
  }
  context.neighbours.save()
}

/** A file's chunks with their words and vectors; none when it is gone or unreadable by now. */
function countChunks(context: VectorUpdateContext, index: Database, file: IndexedFile) {
  return readChunks(context.root, index, file).map((chunk) => {
    const words = chunkWords(context.stemmer, chunk, file)
    const weighted = [...words.terms].map(([term, { weight }]): [string, number] => [
      term,
      weight / (weight + saturation),
    ])
    return { chunk, words, vector: quantize(context.embedder.embed(weighted)) }
  })
}

function readChunks(root: string, index: Database, file: IndexedFile): Chunk[] {
  let text: string
  try {
    text = readFileSync(join(root, file.path), 'utf8')
  } catch {
    return []
  }
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  const test = file.test === 1
  if (file.language === '') return chunkDocument(file.path, lines, test)
  const imports = index
    .query<{ line: number }, [number]>('SELECT line FROM imports WHERE file_id = ?')
    .all(file.id)
  return chunkCode(lines, symbolsOf(index, file.id), new Set(imports.map((row) => row.line)), test)
}

function symbolsOf(index: Database, fileId: number): ChunkSymbol[] {
  return index
    .query<
      {
        name: string
        kind: string
        line: number
        end_line: number
        container: string
        signature: string
        doc: string
        test: number
      },
      [number]
    >(
      `SELECT name, kind, line, end_line, container, signature, doc, test
       FROM symbols WHERE file_id = ?`,
    )
    .all(fileId)
    .map(({ end_line, kind, test, ...row }) => ({
      ...row,
      kind: kind as SymbolKind,
      endLine: end_line,
      test: test === 1,
    }))
}
