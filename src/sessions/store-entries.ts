/**
 * Entries of one session as they are read: those in the file, then those that could not be written yet. Everything is
 * read by ranges of ids, a page at a time, so that memory does not grow with the session.
 */
import type { Entry, EntryBody } from '../contract/session.ts'
import { isRecord, kindOf, kindsOf, parseBody, recordKinds } from './entry-kind.ts'
import type { HeadMove, Range } from './path-ranges.ts'
import type { StoreDatabase } from './store-database.ts'
import { all, get, type Row, type Values } from './store-database-access.ts'

export interface EntryReader {
  byId(id: number): Entry | undefined
  /** In order; only these kinds, or everything, or (unless told) all but records. */
  within(ranges: readonly Range[], kinds?: readonly string[] | 'all'): Iterable<Entry>
  /** Newest first, at most `limit`. */
  newest(ranges: readonly Range[], kinds: readonly string[], limit: number): Entry[]
  moves(): HeadMove[]
  /** The newest entry that is no record. */
  lastOnPath(): number | null
  lastId(): number
}

export interface EntryReaderOptions {
  database: StoreDatabase
  session: string
  /** Not written yet, in order; their ids follow those in the file. */
  pending(): readonly Entry[]
  /** What is pending is all there is: nothing is asked of the file. */
  stored(): boolean
}

const pageRows = 500
const columns = 'id, parent, at, body'
const notRecords = `kind NOT IN (${recordKinds.map((kind) => `'${kind}'`).join(',')})`

export function openEntryReader(options: EntryReaderOptions): EntryReader {
  const { database, session, pending, stored } = options
  const rows = (sql: string, ...values: Values): Row[] =>
    stored() ? database.use((open) => all(open, sql, session, ...values)) : []
  const row = (sql: string, ...values: Values): Row | undefined =>
    stored() ? database.use((open) => get(open, sql, session, ...values)) : undefined

  function* within(ranges: readonly Range[], kinds?: readonly string[] | 'all'): Iterable<Entry> {
    const named = kinds === 'all' ? undefined : kinds
    const which = named ? `kind IN (${marks(named)})` : kinds === 'all' ? 'true' : notRecords
    const by = named ? 'INDEXED BY entries_kind' : ''
    const isWanted = (entry: Entry) =>
      named ? named.includes(kindOf(entry)) : kinds === 'all' || !isRecord(entry)
    for (const { from, to } of ranges) {
      let at = from
      for (;;) {
        const page = rows(
          `SELECT ${columns} FROM entries ${by} WHERE session_id = ? AND id BETWEEN ? AND ? AND ${which} ORDER BY id LIMIT ${pageRows}`,
          ...[at, to, ...(named ?? [])],
        )
        yield* page.flatMap(toEntry)
        const last = page.at(-1)
        if (!last || page.length < pageRows) break
        at = Number(last.id) + 1
      }
      yield* pending().filter((entry) => from <= entry.id && entry.id <= to && isWanted(entry))
    }
  }

  function newest(ranges: readonly Range[], kinds: readonly string[], limit: number): Entry[] {
    const found: Entry[] = []
    for (const { from, to } of ranges.toReversed()) {
      const waiting = pending().filter(
        (entry) => from <= entry.id && entry.id <= to && kinds.includes(kindOf(entry)),
      )
      found.push(...waiting.toReversed())
      // A kind at a time goes by the index.
      const read = kinds.flatMap((kind) =>
        rows(
          `SELECT ${columns} FROM entries WHERE session_id = ? AND kind = ? AND id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?`,
          ...[kind, from, to, limit],
        ),
      )
      found.push(...read.flatMap(toEntry).sort((a, b) => b.id - a.id))
      if (found.length >= limit) break
    }
    return found.slice(0, limit)
  }

  return {
    within,
    newest,
    byId(id) {
      const waiting = pending().find((entry) => entry.id === id)
      if (waiting) return waiting
      const found = row(`SELECT ${columns} FROM entries WHERE session_id = ? AND id = ?`, id)
      return found && toEntry(found)[0]
    },
    moves() {
      const written = rows(
        `SELECT ${columns} FROM entries WHERE session_id = ? AND kind = 'head' ORDER BY id`,
      ).flatMap(toEntry)
      return [...written, ...pending()].flatMap((entry) =>
        entry.type === 'head' ? [{ id: entry.id, target: entry.entry }] : [],
      )
    },
    lastOnPath() {
      const waiting = pending().findLast((entry) => !isRecord(entry))
      if (waiting) return waiting.id
      const found = row(
        `SELECT id FROM entries WHERE session_id = ? AND ${notRecords} ORDER BY id DESC LIMIT 1`,
      )
      return found ? Number(found.id) : null
    },
    lastId() {
      const found = row('SELECT max(id) AS id FROM entries WHERE session_id = ?')
      return pending().at(-1)?.id ?? Number(found?.id ?? 0)
    },
  }
}

/** An entry that cannot be read is left out: it costs itself, not the conversation. */
function toEntry(row: Row): Entry[] {
  const body = parseBody(String(row.body))
  if (!body) return []
  const parent = row.parent === null ? null : Number(row.parent)
  return [{ ...body, id: Number(row.id), parent, at: Number(row.at) }]
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(',')
}

export function newestOfType<T extends EntryBody['type']>(
  reader: EntryReader,
  ranges: readonly Range[],
  type: T,
): Extract<Entry, { type: T }> | undefined {
  const [found] = reader.newest(ranges, kindsOf(type), 1)
  return found?.type === type ? (found as Extract<Entry, { type: T }>) : undefined
}
