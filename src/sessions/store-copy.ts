/** Entries from one place to another as they are: into a fork, and out of a file that was set aside. */
import type { Database } from 'bun:sqlite'
import type { RecordBody } from '../contract/session.ts'
import { kindOf, parseBody, recordKinds } from './entry-kind.ts'
import type { SessionFork } from './fork.ts'
import type { Range } from './path-ranges.ts'
import { run } from './store-database-access.ts'
import { takeIn } from './store-derived.ts'

interface RawEntry {
  id: number
  parent: number | null
  at: number
  kind: string
  body: string
}

const columns = 'id, parent, at, kind, body'
const pageRows = 500

/** What this session has in `from` and not in `to`. */
export function copyNewer(session: string, { from, to }: { from: Database; to: Database }): void {
  const known = to
    .query<{ id: number | null }, [string]>(
      'SELECT max(id) AS id FROM entries WHERE session_id = ?',
    )
    .get(session)
  const rows = from
    .query<RawEntry, [string, number]>(
      `SELECT ${columns} FROM entries WHERE session_id = ? AND id > ? ORDER BY id`,
    )
    .all(session, known?.id ?? -1)
  to.transaction(() => {
    for (const row of rows) insert(to, session, row)
  }).immediate()
}

/** The first entry of a session, where a damaged file did not give it back. */
export function restoreBeginning(
  database: Database,
  session: string,
  first: Extract<RecordBody, { type: 'session' }>,
): void {
  const found = database
    .query<{ cwd: string }, [string]>('SELECT cwd FROM sessions WHERE id = ?')
    .get(session)
  if (found && found.cwd !== '') return
  database
    .transaction(() => {
      database.query('DELETE FROM entries WHERE session_id = ? AND id = 0').run(session)
      const body = JSON.stringify(first)
      insert(database, session, { id: 0, parent: null, at: Date.now(), kind: 'session', body })
    })
    .immediate()
}

/** The entries of a path, under the same ids, so that what refers to them still does. */
export function copyPath(
  database: Database,
  { from, to, ranges }: SessionFork & { ranges: readonly Range[] },
): void {
  const read = database.query<RawEntry, [string, number, number]>(
    `SELECT ${columns} FROM entries WHERE session_id = ? AND id BETWEEN ? AND ?
       AND kind NOT IN (${recordKinds.map((kind) => `'${kind}'`).join(',')})
     ORDER BY id LIMIT ${pageRows}`,
  )
  for (const range of ranges) {
    for (let at = range.from; at <= range.to; ) {
      const rows = read.all(from, at, range.to)
      for (const row of rows) insert(database, to, row)
      const last = rows.at(-1)
      if (!last || rows.length < pageRows) break
      at = last.id + 1
    }
  }
}

/** Adds what is told of a session that nobody here writes to. */
export function tell(database: Database, session: string, body: RecordBody): void {
  const newest = database
    .query<{ id: number | null }, [string]>(
      'SELECT max(id) AS id FROM entries WHERE session_id = ?',
    )
    .get(session)?.id
  insert(database, session, {
    id: (newest ?? -1) + 1,
    parent: null,
    at: Date.now(),
    kind: kindOf(body),
    body: JSON.stringify(body),
  })
}

export function insert(database: Database, session: string, row: RawEntry): void {
  const { lastInsertRowid } = run(
    database,
    'INSERT INTO entries (session_id, id, parent, at, kind, body) VALUES (?,?,?,?,?,?)',
    ...[session, row.id, row.parent, row.at, row.kind, row.body],
  )
  takeIn(database, session, {
    row: Number(lastInsertRowid),
    id: row.id,
    at: row.at,
    bytes: Buffer.byteLength(row.body),
    body: parseBody(row.body),
  })
}
