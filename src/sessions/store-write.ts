/** Entries into the file, under the ids that were given out for them. */
import type { Database } from 'bun:sqlite'
import type { Entry } from '../contract/session.ts'
import { isRecord, kindOf } from './entry-kind.ts'
import { get, run } from './store-database-access.ts'
import { takeIn } from './store-derived.ts'

/**
 * Within a transaction. The last of `entries`, where it is the only one, may get another id: it is put in its place in
 * the array. Answers whether something of the conversation was among them.
 */
export function writeEntries(database: Database, session: string, entries: Entry[]): boolean {
  const [first] = entries
  if (!first) return false
  const newest = get(
    database,
    'SELECT max(id) AS id FROM entries WHERE session_id = ?',
    session,
  )?.id
  const taken = newest === null || newest === undefined ? -1 : Number(newest)
  if (taken >= first.id) makeRoom(database, session, { entries, first, taken })
  for (const entry of entries) writeEntry(database, session, entry)
  return entries.some((entry) => !isRecord(entry))
}

function writeEntry(database: Database, session: string, entry: Entry): void {
  const { id, parent, at, ...body } = entry
  const text = JSON.stringify(body)
  const { lastInsertRowid } = run(
    database,
    'INSERT INTO entries (session_id, id, parent, at, kind, body) VALUES (?,?,?,?,?,?)',
    ...[session, id, parent, at, kindOf(entry), text],
  )
  const row = Number(lastInsertRowid)
  takeIn(database, session, { row, id, at, bytes: Buffer.byteLength(text), body: entry })
}

/**
 * Somebody else told something of this session meanwhile (its name, a label) and took the next id. One entry that nobody
 * knows yet comes after that; of several that were given out already none may change, and the other moves.
 */
function makeRoom(
  database: Database,
  session: string,
  { entries, first, taken }: { entries: Entry[]; first: Entry; taken: number },
): void {
  if (entries.length === 1) {
    entries[0] = { ...first, id: taken + 1 }
    return
  }
  const rows = database
    .query<{ row: number }, [string, number]>(
      'SELECT row FROM entries WHERE session_id = ? AND id >= ? ORDER BY id DESC',
    )
    .all(session, first.id)
  for (const { row } of rows)
    run(database, 'UPDATE entries SET id = id + ? WHERE row = ?', entries.length, row)
}
