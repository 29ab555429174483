/** What else the index answers: references and status. Reads only. */
import { oneLine } from '../../src/base/text.ts'
import type {
  IndexStatus,
  ReferenceKind,
  ReferenceQuery,
  ReferenceRow,
  SkippedFile,
} from '../../src/contract/index-service.ts'
import { clampLimit, isBelow, pathFilter } from './filter.ts'
import { splitQualified } from './find.ts'
import { createResolver } from './graph/meaning.ts'
import type { GraphReader } from './graph/reader.ts'
import { qualifiedName } from './graph/scope.ts'
import { maxStarts, startsNamed } from './graph/starts.ts'
import { type UseOf, usesOf } from './graph/uses.ts'
import type { IndexStore } from './store.ts'

const maxReferenceText = 200
/** A question that takes longer answers with what it has. */
const maxMs = 2_500
interface StoredReference {
  path: string
  line: number
  column: number
  kind: string
  name: string | null
  container: string | null
  test: number
}

/**
 * Code before tests, calls before mere uses, one row a line and kind. A qualified name, or one that is said to be
 * defined somewhere, gives only the uses that mean it; those where only the name agrees come last.
 */
export function findReferences(
  store: IndexStore,
  reader: GraphReader,
  query: ReferenceQuery,
): ReferenceRow[] {
  const limit = clampLimit(query.limit)
  const { container, name } = splitQualified(query.name)
  if (limit === 0 || name === '') return []
  if (container === '' && query.definedIn === undefined)
    return usesOfName(store, reader, query, limit)
  const kinds = query.kinds ?? []
  const resolver = createResolver(reader)
  const until = performance.now() + maxMs
  const isOver = () => performance.now() > until
  const found = new Map<string, UseOf>()
  const targets = startsNamed(reader, { name: query.name, path: query.definedIn }).slice(
    0,
    maxStarts,
  )
  for (const target of targets)
    for (const use of usesOf(resolver, target, { isOver })) {
      const { reference, file } = use
      if (!isBelow(file.path, query.path)) continue
      if (kinds.length > 0 && !kinds.includes(reference.kind)) continue
      const key = `${file.path} ${reference.line} ${reference.kind}`
      const known = found.get(key)
      if (!known || reachOrder[use.reach] < reachOrder[known.reach]) found.set(key, use)
    }
  return [...found.values()]
    .sort(bySureness)
    .slice(0, limit)
    .map(({ reference, file, reach }) => {
      const own = reference.symbolId === undefined ? undefined : reader.symbol(reference.symbolId)
      return {
        path: file.path,
        line: reference.line,
        column: reference.column,
        kind: reference.kind,
        enclosing: own ? qualifiedName(own) : '',
        text: oneLine(reader.lines(file.path)[reference.line - 1] ?? '', maxReferenceText),
        test: own?.test ?? file.test,
        sure: reach === 'sure',
      }
    })
}

const kindOrder: readonly ReferenceKind[] = ['inherit', 'call', 'type', 'use', 'import']

const reachOrder: Record<UseOf['reach'], number> = { sure: 0, dispatch: 1, name: 2 }

function bySureness(a: UseOf, b: UseOf): number {
  return (
    Number(a.file.test) - Number(b.file.test) ||
    reachOrder[a.reach] - reachOrder[b.reach] ||
    kindOrder.indexOf(a.reference.kind) - kindOrder.indexOf(b.reference.kind) ||
    (a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : 0) ||
    a.reference.line - b.reference.line
  )
}

function usesOfName(
  store: IndexStore,
  reader: GraphReader,
  query: ReferenceQuery,
  limit: number,
): ReferenceRow[] {
  const { name } = splitQualified(query.name)
  const path = pathFilter(query.path)
  const kinds = query.kinds ?? []
  const kindSql = kinds.length > 0 ? ` AND r.kind IN (${kinds.map(() => '?').join(', ')})` : ''
  const rows = store
    .query<StoredReference, (string | number)[]>(
      `SELECT f.path, r.line, min(r.column) AS column, r.kind, s.name, s.container,
              max(f.test, coalesce(s.test, 0)) AS test
       FROM refs r JOIN files f ON f.id = r.file_id LEFT JOIN symbols s ON s.id = r.symbol_id
       WHERE r.name = ? ${path.sql}${kindSql}
       GROUP BY r.file_id, r.line, r.kind
       ORDER BY 7,
         CASE r.kind WHEN 'inherit' THEN 0 WHEN 'call' THEN 1 WHEN 'type' THEN 2
                     WHEN 'use' THEN 3 ELSE 4 END,
         f.path, r.line LIMIT ?`,
    )
    .all(name, ...path.values, ...kinds, limit)
  return rows.map((row) => ({
    path: row.path,
    line: row.line,
    column: row.column,
    kind: row.kind as ReferenceKind,
    enclosing: row.name === null ? '' : row.container ? `${row.container}.${row.name}` : row.name,
    text: oneLine(reader.lines(row.path)[row.line - 1] ?? '', maxReferenceText),
    test: row.test === 1,
  }))
}

function skippedFiles(store: IndexStore): SkippedFile[] {
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

function countSymbols(store: IndexStore): number {
  return (
    store.query<{ count: number }, []>('SELECT count(*) AS count FROM symbols').get()?.count ?? 0
  )
}
