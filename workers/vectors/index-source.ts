/** The symbol index as the update reads it: files, and each file cut into chunks. Read-only. */
import { Database } from 'bun:sqlite'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../src/base/errors.ts'
import type { SymbolKind } from '../../src/contract/symbol.ts'
import { type Callers, createCallers } from './callers.ts'
import { type Chunk, type ChunkSymbol, chunkCode, chunkDocument } from './chunk.ts'
import { nameHash } from './names.ts'

export interface IndexedFile {
  id: number
  path: string
  hash: string
  language: string
  test: number
}

/** Changes whenever the index does; `generation` counts the writes of an epoch. */
export interface IndexState {
  epoch: string
  generation: number
}

export interface IndexSource {
  state(): IndexState
  /** Those that were written after a generation of the same epoch; without one, all. */
  files(since?: number): IndexedFile[]
  fileCount(): number
  /** Empty when the file is gone or unreadable by now. */
  chunks(file: IndexedFile): Chunk[]
  /** Sorted hashes of the names that a file calls. */
  calls(file: IndexedFile): Uint32Array
  /** Names of the functions that a file defines. */
  functions(file: IndexedFile): string[]
  readonly callers: Callers
  close(): void
}

export function openIndexSource(path: string, root: string): IndexSource {
  if (!existsSync(path))
    throw new CodiError('not_found', `There is no code index ${path} yet; update the index first`)
  const index = new Database(path, { readonly: true })
  index.run('PRAGMA busy_timeout = 10000')
  const callers = createCallers(index)
  return {
    callers,
    state() {
      const rows = index
        .query<{ key: string; value: string }, []>(
          "SELECT key, value FROM meta WHERE key IN ('epoch', 'generation')",
        )
        .all()
      const values = new Map(rows.map((row) => [row.key, row.value]))
      return {
        epoch: values.get('epoch') ?? '',
        generation: Number(values.get('generation') ?? '0'),
      }
    },
    files: (since = -1) =>
      index
        .query<IndexedFile, [number]>(
          'SELECT id, path, hash, language, test FROM files WHERE generation > ?',
        )
        .all(since),
    fileCount: () =>
      index.query<{ count: number }, []>('SELECT count(*) AS count FROM files').get()?.count ?? 0,
    chunks: (file) => readChunks(index, { root, callers }, file),
    calls(file) {
      const rows = index
        .query<{ name: string }, [number]>(
          "SELECT DISTINCT name FROM refs WHERE file_id = ? AND kind = 'call'",
        )
        .all(file.id)
      return Uint32Array.from(new Set(rows.map((row) => nameHash(row.name)))).sort()
    },
    functions: (file) =>
      index
        .query<{ name: string }, [number]>(
          "SELECT name FROM symbols WHERE file_id = ? AND kind IN ('function', 'method')",
        )
        .all(file.id)
        .map((row) => row.name),
    close: () => index.close(),
  }
}

function readChunks(
  index: Database,
  { root, callers }: { root: string; callers: Callers },
  file: IndexedFile,
): Chunk[] {
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
  const symbols = symbolsOf(index, file.id)
  const importLines = new Set(imports.map((row) => row.line))
  return chunkCode(lines, { symbols, importLines, test }).map((chunk) =>
    chunk.kind === 'function' || chunk.kind === 'method'
      ? { ...chunk, callers: callers.of(chunk.name) }
      : chunk,
  )
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
