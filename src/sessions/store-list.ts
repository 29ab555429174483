/** Sessions as they are listed: one row each of the derived table, whatever their length. */
import type { Database } from 'bun:sqlite'
import { CodiError } from '../base/errors.ts'
import type { SessionFilter, SessionHolder, SessionSummary } from '../contract/session.ts'
import { all, get, type Row, type Values } from './store-database-access.ts'

export type Holders = ReadonlyMap<string, SessionHolder>

/** Newest first: by what was added last, which no clock can turn round. */
export function listSessions(
  database: Database,
  filter: SessionFilter,
  holders: Holders,
): SessionSummary[] {
  const { sql, values } = filterSql(filter)
  const limit = filter.limit === undefined ? '' : ' LIMIT ?'
  const rows = all(
    database,
    `SELECT * FROM sessions s WHERE ${sql} ORDER BY s.last_row DESC${limit}`,
    ...[...values, ...(filter.limit === undefined ? [] : [filter.limit])],
  )
  return rows.map((row) => toSummary(row, holders.get(String(row.id))))
}

/** A condition on the table `s`. */
export function filterSql({ cwd, archived = 'without', since }: SessionFilter): {
  sql: string
  values: Values
} {
  const which = { without: ['s.archived = 0'], only: ['s.archived = 1'], with: [] }[archived]
  const parts = [
    "NOT EXISTS (SELECT 1 FROM notes WHERE key = 'import ' || s.id)",
    ...which,
    ...(cwd === undefined ? [] : ['s.cwd = ?']),
    ...(since === undefined ? [] : ['s.updated_at >= ?']),
  ]
  const values = [...(cwd === undefined ? [] : [cwd]), ...(since === undefined ? [] : [since])]
  return { sql: parts.join(' AND '), values }
}

/** The whole id, for an id or the unique start of one. */
export function findId(database: Database, idOrStart: string): string {
  // Every id begins with nothing: an empty variable in a script must not choose one.
  if (idOrStart.trim() === '') throw new CodiError('not_found', 'The id of the session is empty')
  const rows = all(
    database,
    "SELECT id FROM sessions WHERE id = ?1 OR id LIKE ?2 ESCAPE '\\' ORDER BY id = ?1 DESC LIMIT 3",
    idOrStart,
    `${idOrStart.replace(/[\\%_]/g, '\\$&')}%`,
  )
  const [first] = rows
  if (!first) {
    throw new CodiError('not_found', `There is no session "${idOrStart}"; codi sessions lists them`)
  }
  if (rows.length > 1 && first.id !== idOrStart) {
    const ids = rows.map((row) => row.id).join(', ')
    throw new CodiError(
      'ambiguous',
      `"${idOrStart}" fits several sessions (${ids} …); give more of the id`,
    )
  }
  return String(first.id)
}

export function summaryOf(
  database: Database,
  id: string,
  holder: SessionHolder | undefined,
): SessionSummary {
  const row = get(database, 'SELECT * FROM sessions WHERE id = ?', id)
  if (!row) {
    throw new CodiError('not_found', `There is no session "${id}"; codi sessions lists them`)
  }
  return toSummary(row, holder)
}

export function toSummary(row: Row, holder: SessionHolder | undefined): SessionSummary {
  const text = (name: string) => String(row[name] ?? '')
  const number = (name: string) => Number(row[name] ?? 0)
  const forked = row.forked_from
  const imported = row.imported_program
  return {
    id: text('id'),
    label: text('label') || text('first_prompt'),
    ...(row.name ? { name: text('name') } : {}),
    cwd: text('cwd'),
    provider: text('provider'),
    model: text('model'),
    createdAt: number('created_at'),
    updatedAt: number('updated_at'),
    messages: number('messages'),
    prompts: number('prompts'),
    calls: number('calls'),
    inputTokens: number('input_tokens'),
    outputTokens: number('output_tokens'),
    costUsd: row.cost === null ? null : number('cost'),
    unpriced: number('unpriced'),
    firstPrompt: text('first_prompt'),
    archived: number('archived') === 1,
    bytes: number('bytes'),
    ...(typeof forked === 'string'
      ? {
          forkedFrom: {
            session: forked,
            entry: row.forked_entry === null ? null : number('forked_entry'),
          },
        }
      : {}),
    ...(typeof imported === 'string'
      ? { importedFrom: { program: imported, id: text('imported_id') } }
      : {}),
    ...(holder ? { heldBy: holder } : {}),
  }
}
