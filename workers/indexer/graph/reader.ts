/**
 * What the questions about the graph read from the tables, remembered for the length of one question. Every read goes
 * by an index and has a limit; what a question has read it does not read again.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathFilter } from '../filter.ts'
import type { IndexStore } from '../store.ts'
import {
  type GraphBase,
  type GraphFile,
  type GraphImport,
  type GraphReference,
  type GraphSymbol,
  type StoredBase,
  type StoredFileRow,
  type StoredGraphSymbol,
  type StoredImport,
  type StoredReference,
  selectBases,
  selectImports,
  selectReferences,
  selectSymbols,
  toBase,
  toImport,
  toReference,
  toSymbol,
} from './rows.ts'

export interface GraphReader {
  file(id: number): GraphFile | undefined
  fileAt(path: string): GraphFile | undefined
  /** Files directly in a directory, by path. */
  filesIn(directory: string): GraphFile[]
  symbol(id: number): GraphSymbol | undefined
  /** Of exactly this name, only below a path where one is given; by path and line. */
  symbolsNamed(name: string, below?: string): GraphSymbol[]
  /** Of exactly this name in one file, by line: also where the name is so common that `symbolsNamed` cuts it. */
  symbolsNamedIn(fileId: number, name: string): GraphSymbol[]
  /** In order of lines. */
  symbolsIn(fileId: number): GraphSymbol[]
  importsOf(fileId: number): GraphImport[]
  /** Imports whose target is exactly this text. */
  importsFor(target: string): GraphImport[]
  /** Code before tests; undefined where there are too many for one question. */
  referencesTo(name: string): GraphReference[] | undefined
  referencesFrom(fileId: number, name: string): GraphReference[]
  /** Everything that stands between the lines of a definition, or of the file. */
  referencesWithin(fileId: number, lines?: { from: number; to: number }): GraphReference[]
  basesOf(symbolId: number): GraphBase[]
  basesNamed(name: string): GraphBase[]
  /** What follows from the tables and costs much to find, found once for one question. */
  once<T>(key: string, find: () => T): T
  /** Lines of a file as they are on disk now; empty when it is gone. */
  lines(path: string): readonly string[]
}

/** Rows that one name may have before the rest is left out. */
const maxSymbolsOfName = 2_000
const maxReferencesOfName = 5_000
const maxReferencesOfFile = 10_000
const maxSymbolsOfFile = 5_000
const maxFilesOfDirectory = 1_000
const maxImporters = 5_000
/** Source files read for one question, to see how a variable came to be. */
const maxSources = 400

export function createGraphReader(store: IndexStore, root: string): GraphReader {
  const files = new Map<number, GraphFile | undefined>()
  const filesByPath = new Map<string, GraphFile | undefined>()
  const directories = new Map<string, GraphFile[]>()
  const symbols = new Map<number, GraphSymbol | undefined>()
  const named = new Map<string, GraphSymbol[]>()
  const inFile = new Map<number, GraphSymbol[]>()
  const namedInFile = new Map<string, GraphSymbol[]>()
  const imports = new Map<number, GraphImport[]>()
  const references = new Map<string, GraphReference[] | undefined>()
  const found = new Map<string, unknown>()
  const sources = new Map<string, readonly string[]>()

  const keptFile = (row: StoredFileRow | null): GraphFile | undefined => {
    const file = row ? { ...row, test: row.test === 1 } : undefined
    if (file) {
      files.set(file.id, file)
      filesByPath.set(file.path, file)
    }
    return file
  }
  const keptSymbol = (row: StoredGraphSymbol): GraphSymbol => {
    const known = symbols.get(row.id)
    if (known) return known
    const symbol = toSymbol(row)
    symbols.set(symbol.id, symbol)
    return symbol
  }

  return {
    file: (id) =>
      remember(files, id, () =>
        keptFile(
          store
            .query<StoredFileRow, [number]>(
              'SELECT id, path, language, test FROM files WHERE id = ?',
            )
            .get(id),
        ),
      ),
    fileAt: (path) =>
      remember(filesByPath, path, () =>
        keptFile(
          store
            .query<StoredFileRow, [string]>(
              'SELECT id, path, language, test FROM files WHERE path = ?',
            )
            .get(path),
        ),
      ),
    filesIn: (directory) =>
      remember(directories, directory, () => {
        const clean = directory.replace(/\/$/, '')
        const rows =
          clean === ''
            ? store
                .query<StoredFileRow, [number]>(
                  "SELECT id, path, language, test FROM files WHERE instr(path, '/') = 0 ORDER BY path LIMIT ?",
                )
                .all(maxFilesOfDirectory)
            : store
                .query<StoredFileRow, [string, string, number, number]>(
                  `SELECT id, path, language, test FROM files
                   WHERE path >= ? AND path < ? AND instr(substr(path, ?), '/') = 0
                   ORDER BY path LIMIT ?`,
                )
                .all(`${clean}/`, `${clean}0`, clean.length + 2, maxFilesOfDirectory)
        return rows.flatMap((row) => keptFile(row) ?? [])
      }),
    symbol: (id) =>
      remember(symbols, id, () => {
        const row = store
          .query<StoredGraphSymbol, [number]>(`${selectSymbols} WHERE s.id = ?`)
          .get(id)
        return row ? keptSymbol(row) : undefined
      }),
    symbolsNamed: (name, below) => {
      const path = pathFilter(below)
      const key = path.sql === '' ? name : `${name} ${below}`
      return remember(named, key, () =>
        store
          .query<StoredGraphSymbol, (string | number)[]>(
            `${selectSymbols} WHERE s.name = ? COLLATE NOCASE AND s.name = ? ${path.sql}
             ORDER BY f.path, s.line LIMIT ?`,
          )
          .all(name, name, ...path.values, maxSymbolsOfName)
          .map(keptSymbol),
      )
    },
    symbolsNamedIn: (fileId, name) =>
      remember(namedInFile, `${fileId} ${name}`, () => {
        const all = named.get(name)
        if (all && all.length < maxSymbolsOfName) return all.filter((row) => row.fileId === fileId)
        return store
          .query<StoredGraphSymbol, [number, string]>(
            `${selectSymbols} WHERE s.file_id = ? AND s.name = ? ORDER BY s.line`,
          )
          .all(fileId, name)
          .map(keptSymbol)
      }),
    symbolsIn: (fileId) =>
      remember(inFile, fileId, () =>
        store
          .query<StoredGraphSymbol, [number, number]>(
            `${selectSymbols} WHERE s.file_id = ? ORDER BY s.line, s.id LIMIT ?`,
          )
          .all(fileId, maxSymbolsOfFile)
          .map(keptSymbol),
      ),
    importsOf: (fileId) =>
      remember(imports, fileId, () =>
        store
          .query<StoredImport, [number]>(`${selectImports} WHERE i.file_id = ? ORDER BY i.line`)
          .all(fileId)
          .map(toImport),
      ),
    importsFor: (target) =>
      store
        .query<StoredImport, [string, number]>(
          `${selectImports} WHERE i.target_path = ? ORDER BY f.test, f.path, i.line LIMIT ?`,
        )
        .all(target, maxImporters)
        .map(toImport),
    referencesTo: (name) =>
      remember(references, name, () => {
        const { count } = store
          .query<{ count: number }, [string, number]>(
            'SELECT count(*) AS count FROM (SELECT 1 FROM refs WHERE name = ? LIMIT ?)',
          )
          .get(name, maxReferencesOfName + 1) ?? { count: 0 }
        if (count > maxReferencesOfName) return undefined
        return store
          .query<StoredReference, [string]>(
            `${selectReferences} JOIN files f ON f.id = r.file_id
             WHERE r.name = ? ORDER BY f.test, f.path, r.line`,
          )
          .all(name)
          .map(toReference)
      }),
    referencesFrom: (fileId, name) =>
      store
        .query<StoredReference, [number, string]>(
          `${selectReferences} WHERE r.file_id = ? AND +r.name = ? ORDER BY r.line`,
        )
        .all(fileId, name)
        .map(toReference),
    referencesWithin: (fileId, lines) =>
      store
        .query<StoredReference, [number, number, number, number]>(
          `${selectReferences} WHERE r.file_id = ? AND r.line BETWEEN ? AND ?
           ORDER BY r.line LIMIT ?`,
        )
        .all(fileId, lines?.from ?? 0, lines?.to ?? Number.MAX_SAFE_INTEGER, maxReferencesOfFile)
        .map(toReference),
    basesOf: (symbolId) =>
      store
        .query<StoredBase, [number]>(`${selectBases} WHERE symbol_id = ? ORDER BY line`)
        .all(symbolId)
        .map(toBase),
    basesNamed: (name) =>
      store
        .query<StoredBase, [string, number]>(`${selectBases} WHERE name = ? LIMIT ?`)
        .all(name, maxSymbolsOfName)
        .map(toBase),
    once: <T>(key: string, find: () => T) => remember(found, key, find) as T,
    lines: (path) =>
      remember(sources, path, () => {
        if (sources.size >= maxSources) return []
        try {
          return readFileSync(join(root, path), 'utf8').split('\n')
        } catch {
          return []
        }
      }),
  }
}

function remember<K, V>(cache: Map<K, V>, key: K, make: () => V): V {
  const known = cache.get(key)
  if (known !== undefined || cache.has(key)) return known as V
  const value = make()
  cache.set(key, value)
  return value
}
