/** The rows by which sessions are listed: kept up with each entry, and made again from all of them. */
import type { Database } from 'bun:sqlite'
import { plural } from '../base/text.ts'
import type { EntryBody } from '../contract/session.ts'
import { isRecord, parseBody } from './entry-kind.ts'
import { type Counts, type Tally, tallyOf } from './tally.ts'

export interface StoredEntry {
  row: number
  id: number
  at: number
  bytes: number
  body: EntryBody | undefined
}

/** Takes one entry into the row of its session, which is made with the first. */
export function takeIn(database: Database, session: string, entry: StoredEntry): void {
  const tally: Tally = entry.body ? tallyOf(entry.body) : { counts: {}, set: {} }
  const found = database
    .query<{ counted_after: number | null; first_prompt: string }, [string]>(
      'SELECT forked_entry AS counted_after, first_prompt FROM sessions WHERE id = ?',
    )
    .get(session)
  if (!found) {
    database
      .query('INSERT INTO sessions (id, created_at, updated_at, last_row) VALUES (?,?,?,?)')
      .run(session, entry.at, entry.at, entry.row)
  }
  // What a fork brought along was paid for by the session it comes from.
  const isOwn = entry.id > (found?.counted_after ?? 0)
  const sets = ['bytes = bytes + ?']
  const values: (string | number | null)[] = [entry.bytes]
  // A name or a label does not make an old session a new one.
  if (entry.body && !isAboutSession(entry.body)) {
    sets.push('last_row = max(last_row, ?)', 'updated_at = max(updated_at, ?)')
    values.push(entry.row, entry.at)
  }
  for (const [name, count] of Object.entries(tally.counts)) {
    if (!isOwn && paid.has(name)) continue
    sets.push(`${name} = ${name} + ?`)
    values.push(count)
  }
  if (tally.costUsd !== undefined && isOwn) {
    sets.push('cost = coalesce(cost, 0) + ?')
    values.push(tally.costUsd)
  }
  for (const [name, value] of Object.entries(tally.set)) {
    sets.push(`${name} = ?`)
    values.push(value)
  }
  if (tally.prompt !== undefined && !found?.first_prompt) {
    sets.push('first_prompt = ?')
    values.push(tally.prompt)
  }
  database.query(`UPDATE sessions SET ${sets.join(', ')} WHERE id = ?`).run(...values, session)
}

function isAboutSession(body: EntryBody): boolean {
  return isRecord(body) && body.type !== 'request' && body.type !== 'head'
}

const paid: ReadonlySet<string> = new Set<keyof Counts>([
  'input_tokens',
  'output_tokens',
  'unpriced',
])

export interface Rebuilt {
  sessions: number
  entries: number
  /** Those that nobody knew of yet. */
  unreadable: number
  /** Sessions whose first entry is gone; they get one with what the list still knows. */
  headless: string[]
}

/** From nothing but the entries. Runs within the transaction of its caller, or one of its own. */
export function rebuild(database: Database): Rebuilt {
  const result: Rebuilt = { sessions: 0, entries: 0, unreadable: 0, headless: [] }
  const work = database.transaction(() => {
    const known = database.query<Known, []>('SELECT id, cwd, provider, model FROM sessions').all()
    const before = new Map(known.map((row) => [row.id, row]))
    database.run('DELETE FROM sessions')
    const ids = database
      .query<{ id: string }, []>('SELECT DISTINCT session_id AS id FROM entries')
      .all()
    for (const { id } of ids) rebuildOne(database, id, { result, known: before.get(id) })
  })
  work()
  return result
}

interface Known {
  id: string
  cwd: string
  provider: string
  model: string
}

/** What a person is told of it; undefined where all was well. */
export function rebuildSessions(database: Database): string | undefined {
  const { unreadable, headless } = rebuild(database)
  const lines = [
    ...(unreadable > 0 ? [`${plural(unreadable, 'entry', 'entries')} could not be read`] : []),
    ...(headless.length > 0 ? [`${plural(headless.length, 'session')} lost the beginning`] : []),
  ]
  return lines.length > 0 ? lines.join(', ') : undefined
}

function rebuildOne(
  database: Database,
  id: string,
  { result, known }: { result: Rebuilt; known: Known | undefined },
): void {
  result.sessions++
  const isHeadless = !database
    .query("SELECT 1 FROM entries WHERE session_id = ? AND kind = 'session'")
    .get(id)
  if (isHeadless) {
    result.headless.push(id)
    makeHead(database, id, known)
  }
  const rows = database.query<
    { row: number; id: number; at: number; kind: string; bytes: number; body: string },
    [string]
  >(
    // The bodies of results weigh most and count for nothing here.
    `SELECT row, id, at, kind, length(CAST(body AS BLOB)) AS bytes,
       CASE WHEN kind = 'result' THEN '{"type":"result","result":{"content":[]}}' ELSE body END AS body
     FROM entries WHERE session_id = ? ORDER BY id`,
  )
  const unreadable: number[] = []
  for (const row of rows.iterate(id)) {
    const body = parseBody(row.body)
    result.entries++
    if (!body && row.kind !== 'unreadable') unreadable.push(row.row)
    takeIn(database, id, { ...row, body })
  }
  result.unreadable += unreadable.length
  for (const row of unreadable)
    database.query("UPDATE entries SET kind = 'unreadable' WHERE row = ?").run(row)
}

/** Where the list, too, has forgotten it, nothing is known but that it was. */
function makeHead(database: Database, id: string, known: Known | undefined): void {
  const { cwd = '', provider = '', model = '' } = known ?? {}
  const body: EntryBody = { type: 'session', cwd, provider, model }
  database
    .query(
      `INSERT OR IGNORE INTO entries (session_id, id, parent, at, kind, body)
       SELECT ?1, 0, NULL, min(at), 'session', ?2 FROM entries WHERE session_id = ?1`,
    )
    .run(id, JSON.stringify(body))
}
