/** Looks symbols up in the index, exactly or as a person remembers them, and ranks what was found. */
import type { SymbolQuery } from '../../src/contract/index-service.ts'
import type { SymbolRow } from '../../src/contract/symbol.ts'
import { clampLimit, type Filter, maxRows, pathFilter } from './filter.ts'
import { createNameScorer, splitQualified } from './find.ts'
import type { NameTable } from './name-table.ts'
import type { IndexStore } from './store.ts'
import { type StoredSymbol, symbolColumns, toRow } from './stored-symbol.ts'

/** Distinct names whose rows are fetched, best first. */
const maxNames = 400
/** Of one name among many that are alike. */
const maxRowsOfName = 1_000

export function findSymbols(store: IndexStore, query: SymbolQuery, table: NameTable): SymbolRow[] {
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
    : findFuzzy(store, query.name, { table, filter, limit })
}

/** The definitions of a file in order, where the index holds exactly these bytes of it. */
export function storedOutline(
  store: IndexStore,
  path: string,
  hash: string,
): SymbolRow[] | undefined {
  const known = store
    .query<{ id: number }, [string, string]>('SELECT id FROM files WHERE path = ? AND hash = ?')
    .get(path, hash)
  if (!known) return undefined
  return store
    .query<StoredSymbol, [number]>(
      `SELECT ${symbolColumns} FROM symbols s JOIN files f ON f.id = s.file_id
       WHERE f.id = ? ORDER BY s.line, s.id`,
    )
    .all(known.id)
    .map(toRow)
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
function namedRows(
  store: IndexStore,
  name: string,
  filter: Filter,
  limit = maxRows,
): StoredSymbol[] {
  return store
    .query<StoredSymbol, (string | number)[]>(
      `SELECT ${symbolColumns} FROM symbols s JOIN files f ON f.id = s.file_id
       WHERE s.name = ? COLLATE NOCASE ${filter.sql} LIMIT ?`,
    )
    .all(name, ...filter.values, limit)
}

function findFuzzy(
  store: IndexStore,
  query: string,
  { table, filter, limit }: { table: NameTable; filter: Filter; limit: number },
): SymbolRow[] {
  const { container, name } = splitQualified(query)
  const ranked = (wanted: string) => rankNames(table.candidates(store, wanted), wanted)
  const byName = ranked(name === '' ? query : name)
  // A name with a dot may be a name (`a.b` of a quoted key): tried when its parts found nothing.
  const best = byName.length > 0 || container === '' ? byName : ranked(query)
  const found: { row: StoredSymbol; score: number }[] = []
  for (const candidate of best) {
    if (found.length >= limit * 4 && found.length >= 200) break
    for (const row of namedRows(store, candidate.name, filter, maxRowsOfName))
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
