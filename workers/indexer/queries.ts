/** What the index answers: symbols, references, dependencies, status. Reads only. */
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
  SymbolKind,
  SymbolQuery,
  SymbolRow,
} from '../../src/contract/services.ts'
import { isTestPath } from './exclude.ts'
import { createNameScorer, splitQualified } from './find.ts'
import type { IndexStore } from './store.ts'

/** More rows than anyone reads; a limit above it is cut. */
export const maxRows = 10_000
const maxReferenceText = 200
/** Distinct names whose rows are fetched, best first. */
const maxNames = 400

interface StoredSymbol {
  path: string
  name: string
  kind: string
  line: number
  end_line: number
  container: string
  signature: string
  exported: number
  test: number
  doc: string
}

const symbolColumns =
  's.name, s.kind, s.line, s.end_line, s.container, s.signature, s.exported, s.test, s.doc, f.path'

export function findSymbols(store: IndexStore, query: SymbolQuery): SymbolRow[] {
  const limit = clampLimit(query.limit)
  if (limit === 0) return []
  const filter = symbolFilter(query)
  if (query.name.trim() === '') {
    const rows = store.query<StoredSymbol, (string | number)[]>(
      `SELECT ${symbolColumns} FROM symbols s JOIN files f ON f.id = s.file_id
       WHERE 1 ${filter.sql} ORDER BY f.path, s.line, s.id LIMIT ?`,
    )
    return rows.all(...filter.values, limit).map(toRow)
  }
  return query.match === 'exact'
    ? findExact(store, query.name, filter, limit)
    : findFuzzy(store, query.name, filter, limit)
}

interface Filter {
  sql: string
  values: (string | number)[]
}

function symbolFilter(query: SymbolQuery): Filter {
  const path = pathFilter(query.path)
  let sql = path.sql
  const values = [...path.values]
  if (query.kinds && query.kinds.length > 0) {
    sql += ` AND s.kind IN (${query.kinds.map(() => '?').join(', ')})`
    values.push(...query.kinds)
  }
  if (query.exportedOnly) sql += ' AND s.exported = 1'
  return { sql, values }
}

function pathFilter(path: string | undefined): Filter {
  const clean = (path ?? '').replace(/^\.\/?/, '').replace(/\/+$/, '')
  if (clean === '') return { sql: '', values: [] }
  return {
    sql: ' AND (f.path = ? OR substr(f.path, 1, ?) = ?)',
    values: [clean, clean.length + 1, `${clean}/`],
  }
}

function findExact(store: IndexStore, query: string, filter: Filter, limit: number): SymbolRow[] {
  const whole = namedRows(store, query.trim(), filter)
  const { container, name } = splitQualified(query)
  const rows = whole.length > 0 || container === '' ? whole : namedRows(store, name, filter)
  return rows
    .filter((row) => row.name === query.trim() || row.name === name)
    .filter((row) => whole.length > 0 || endsWithContainer(row.container, container))
    .map((row) => ({ row, score: rowBonus(row, container) }))
    .sort(byScore)
    .slice(0, limit)
    .map((scored) => toRow(scored.row))
}

/** Rows of one name, case-blind by the index's collation. */
function namedRows(store: IndexStore, name: string, filter: Filter): StoredSymbol[] {
  return store
    .query<StoredSymbol, (string | number)[]>(
      `SELECT ${symbolColumns} FROM symbols s JOIN files f ON f.id = s.file_id
       WHERE s.name = ? COLLATE NOCASE ${filter.sql} LIMIT ${maxRows}`,
    )
    .all(name, ...filter.values)
}

function findFuzzy(store: IndexStore, query: string, filter: Filter, limit: number): SymbolRow[] {
  const { container, name } = splitQualified(query)
  const names = store
    .query<{ name: string }, []>('SELECT DISTINCT name FROM symbols')
    .all()
    .map((row) => row.name)
  const ranked = rankNames(names, name === '' ? query : name)
  // A name with a dot may be a name (`a.b` of a quoted key): tried when its parts found nothing.
  const best = ranked.length > 0 || container === '' ? ranked : rankNames(names, query)
  const found: { row: StoredSymbol; score: number }[] = []
  for (const candidate of best) {
    if (found.length >= limit * 4 && found.length >= 200) break
    for (const row of namedRows(store, candidate.name, filter))
      if (row.name === candidate.name)
        found.push({ row, score: candidate.score + rowBonus(row, container) })
  }
  return found
    .sort(byScore)
    .slice(0, limit)
    .map((scored) => toRow(scored.row))
}

function rankNames(names: string[], query: string): { name: string; score: number }[] {
  const score = createNameScorer(query.trim())
  return names
    .map((name) => ({ name, score: score(name) }))
    .filter((row) => row.score > 0)
    .sort((a, b) => b.score - a.score || a.name.length - b.name.length)
    .slice(0, maxNames)
}

const kindBonus: Partial<Record<string, number>> = {
  class: 0.02,
  interface: 0.02,
  struct: 0.02,
  trait: 0.02,
  function: 0.02,
  method: 0.01,
  property: -0.03,
}

/** Exported and not of a test first; the asked container counts most. */
function rowBonus(row: StoredSymbol, container: string): number {
  let bonus = kindBonus[row.kind] ?? 0
  if (row.exported) bonus += 0.05
  if (row.test) bonus -= 0.2
  if (container !== '') {
    if (endsWithContainer(row.container, container)) bonus += 0.3
    else if (row.container.toLowerCase().includes(container.toLowerCase())) bonus += 0.1
    else bonus -= 0.1
  }
  return bonus
}

function endsWithContainer(own: string, asked: string): boolean {
  const [left, right] = [own.toLowerCase(), asked.toLowerCase()]
  return left === right || left.endsWith(`.${right}`)
}

function byScore(
  a: { row: StoredSymbol; score: number },
  b: { row: StoredSymbol; score: number },
): number {
  return (
    b.score - a.score ||
    a.row.path.split('/').length - b.row.path.split('/').length ||
    (a.row.path < b.row.path ? -1 : a.row.path > b.row.path ? 1 : a.row.line - b.row.line)
  )
}

function toRow(row: StoredSymbol): SymbolRow {
  return {
    path: row.path,
    name: row.name,
    kind: row.kind as SymbolKind,
    line: row.line,
    endLine: row.end_line,
    container: row.container,
    signature: row.signature,
    exported: row.exported === 1,
    doc: row.doc,
  }
}

interface StoredReference {
  path: string
  line: number
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
      `SELECT f.path, r.line, r.kind, s.name, s.container, f.test
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

function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(0, Math.floor(limit)), maxRows) : maxRows
}
