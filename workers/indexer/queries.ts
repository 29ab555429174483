/** What else the index answers: references, dependencies, status. Reads only. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { oneLine } from '../../src/base/text.ts'
import type {
  Dependencies,
  IndexStatus,
  ReferenceKind,
  ReferenceQuery,
  ReferenceRow,
  SkippedFile,
} from '../../src/contract/index-service.ts'
import { isTestPath } from './exclude.ts'
import { clampLimit, pathFilter } from './filter.ts'
import { splitQualified } from './find.ts'
import type { IndexStore } from './store.ts'

const maxReferenceText = 200
interface StoredReference {
  path: string
  line: number
  column: number
  kind: string
  name: string | null
  container: string | null
  test: number
}

/** Code before tests, calls before mere uses, one row a line and kind. */
export function findReferences(
  store: IndexStore,
  root: string,
  query: ReferenceQuery,
): ReferenceRow[] {
  const limit = clampLimit(query.limit)
  const { name } = splitQualified(query.name)
  if (limit === 0 || name === '') return []
  const path = pathFilter(query.path)
  const kinds = query.kinds ?? []
  const kindSql = kinds.length > 0 ? ` AND r.kind IN (${kinds.map(() => '?').join(', ')})` : ''
  const rows = store
    .query<StoredReference, (string | number)[]>(
      `SELECT f.path, r.line, r.column, r.kind, s.name, s.container, f.test
       FROM refs r JOIN files f ON f.id = r.file_id LEFT JOIN symbols s ON s.id = r.symbol_id
       WHERE r.name = ? ${path.sql}${kindSql}
       ORDER BY f.test,
         CASE r.kind WHEN 'inherit' THEN 0 WHEN 'call' THEN 1 WHEN 'type' THEN 2
                     WHEN 'use' THEN 3 ELSE 4 END,
         f.path, r.line LIMIT ?`,
    )
    .all(name, ...path.values, ...kinds, limit)
  const linesOf = createLineReader(root)
  return rows.map((row) => ({
    path: row.path,
    line: row.line,
    column: row.column,
    kind: row.kind as ReferenceKind,
    enclosing: row.name === null ? '' : row.container ? `${row.container}.${row.name}` : row.name,
    text: oneLine(linesOf(row.path)[row.line - 1] ?? '', maxReferenceText),
  }))
}

function createLineReader(root: string): (path: string) => string[] {
  const cache = new Map<string, string[]>()
  return (path) => {
    let lines = cache.get(path)
    if (!lines) {
      try {
        lines = readFileSync(join(root, path), 'utf8').split('\n')
      } catch {
        // Gone since it was indexed: the place is still told, its text is not.
        lines = []
      }
      cache.set(path, lines)
    }
    return lines
  }
}

export function dependencies(
  store: IndexStore,
  path: string,
  packageFile: (directory: string) => string | undefined,
): Dependencies {
  const imports = store
    .query<{ specifier: string; line: number; target: string | null }, [string]>(
      `SELECT DISTINCT i.specifier, i.line, i.target_path AS target
       FROM imports i JOIN files f ON f.id = i.file_id WHERE f.path = ? ORDER BY i.line, i.rowid`,
    )
    .all(path)
  const directory = path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/` : '/'
  const importedBy = store
    .query<{ path: string; line: number }, [string, string, string]>(
      `SELECT f.path, min(i.line) AS line FROM imports i JOIN files f ON f.id = i.file_id
       WHERE (i.target_path = ? OR i.target_path = ?) AND f.path <> ? GROUP BY f.path`,
    )
    .all(path, directory, path)
  return {
    imports: imports.map(({ specifier, line, target }) => {
      const file = target?.endsWith('/') ? packageFile(target.slice(0, -1)) : target
      return { specifier, line, ...(file ? { path: file } : {}) }
    }),
    importedBy: importedBy.sort(
      (a, b) =>
        Number(isTestPath(a.path)) - Number(isTestPath(b.path)) || (a.path < b.path ? -1 : 1),
    ),
  }
}

export function skippedFiles(store: IndexStore): SkippedFile[] {
  return store.query<SkippedFile, []>('SELECT path, reason FROM skipped ORDER BY path').all()
}

export function readStatus(store: IndexStore, root: string): IndexStatus {
  const { files, bytes } = store
    .query<{ files: number; bytes: number }, []>(
      'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files',
    )
    .get() ?? { files: 0, bytes: 0 }
  const languages = store
    .query<{ language: string; files: number }, []>(
      `SELECT language, count(*) AS files FROM files WHERE language <> ''
       GROUP BY language ORDER BY files DESC`,
    )
    .all()
  const updatedAt = store.meta('updated_at')
  return {
    root,
    files,
    symbols: countSymbols(store),
    bytes,
    languages: Object.fromEntries(languages.map((row) => [row.language, row.files])),
    skipped: skippedFiles(store),
    databaseBytes: 0,
    watching: false,
    ...(updatedAt === undefined ? {} : { updatedAt: Number(updatedAt) }),
  }
}

export function countSymbols(store: IndexStore): number {
  return (
    store.query<{ count: number }, []>('SELECT count(*) AS count FROM symbols').get()?.count ?? 0
  )
}

export function countFiles(store: IndexStore): number {
  return store.query<{ count: number }, []>('SELECT count(*) AS count FROM files').get()?.count ?? 0
}
