/**
 * Full text over all sessions: what was typed, answered, and what calls were asked to do; not what they answered. The
 * index goes by three characters, so that parts of names and scripts without spaces are found. Whoever searches brings it
 * up to date first: an append costs nothing, and an index that is lost is simply made again.
 */
import type { Database } from 'bun:sqlite'
import { CodiError, errorCode } from '../base/errors.ts'
import type { Message } from '../contract/message.ts'
import type { EntryBody, SearchHit, SearchOptions } from '../contract/session.ts'
import { parseBody } from './entry-kind.ts'
import { wordsTable } from './schema.ts'
import { fits, indexedChars, searchTerms, snippetOf } from './search-terms.ts'
import type { StoreDatabase } from './store-database.ts'
import { all, get, type Row, run } from './store-database-access.ts'
import { filterSql, type Holders, toSummary } from './store-list.ts'
import { isNote } from './typed-text.ts'

const atOnce = 500
const textChars = 50_000
const inputChars = 1000
const hitsShown = 3
const sessionsShown = 50

export function searchSessions(
  database: StoreDatabase,
  text: string,
  options: SearchOptions,
  holders: Holders,
): SearchHit[] {
  const terms = searchTerms(text)
  if (terms.length === 0)
    throw new CodiError('usage', 'There is nothing to search for; give a word or more')
  const hasIndex = bringUp(database)
  const look = () => database.use((open) => found(open, { terms, options, hasIndex, holders }))
  try {
    return look()
  } catch (thrown) {
    if (!isIndexDamage(thrown)) throw thrown
    database.change(emptyIndex)
    bringUp(database)
    return look()
  }
}

/** Whoever searches next fills it again. */
export function emptyIndex(open: Database): void {
  open.run('DROP TABLE IF EXISTS words')
  open.run(wordsTable)
  run(open, "DELETE FROM notes WHERE key = 'words'")
}

function isIndexDamage(thrown: unknown): boolean {
  return errorCode(thrown) === 'SQLITE_CORRUPT_VTAB'
}

function found(
  open: Database,
  { terms, options, hasIndex, holders }: Wanted & { holders: Holders },
): SearchHit[] {
  const sessions = new Map<string, SearchHit>()
  const mask = options.mask ?? ((plain: string) => plain)
  for (const row of candidates(open, { terms, options, hasIndex })) {
    const hit = hitOf(row, { terms, mask })
    if (!hit) continue
    const id = String(row.session_id)
    let session = sessions.get(id)
    if (!session) {
      if (sessions.size >= (options.limit ?? sessionsShown)) continue
      const listed = get(open, 'SELECT * FROM sessions WHERE id = ?', id)
      if (!listed) continue
      session = { summary: toSummary(listed, holders.get(id)), hits: [], count: 0 }
      sessions.set(id, session)
    }
    session.count++
    if (session.hits.length < hitsShown) session.hits.push(hit)
  }
  return [...sessions.values()]
}

/** False where the store can only be read: then every message is looked at. */
function bringUp(database: StoreDatabase): boolean {
  try {
    while (database.change(indexSome));
    return true
  } catch (thrown) {
    if (!isIndexDamage(thrown)) return false
    database.change(emptyIndex)
    return bringUp(database)
  }
}

/** Answers whether there is more. */
function indexSome(open: Database): boolean {
  const done = Number(get(open, "SELECT value FROM notes WHERE key = 'words'")?.value ?? 0)
  const rows = all(
    open,
    "SELECT row, body FROM entries WHERE row > ? AND kind IN ('user', 'assistant') ORDER BY row LIMIT ?",
    done,
    atOnce,
  )
  const last = rows.at(-1)
  if (!last) return false
  for (const row of rows) {
    const text = textOf(parseBody(String(row.body)))
    if (text !== '')
      run(open, 'INSERT INTO words (rowid, text) VALUES (?,?)', Number(row.row), text)
  }
  run(open, "INSERT OR REPLACE INTO notes (key, value) VALUES ('words', ?)", String(last.row))
  return rows.length === atOnce
}

interface Wanted {
  terms: readonly string[]
  options: SearchOptions
  hasIndex: boolean
}

/** Messages that may fit, newest first. */
function candidates(open: Database, { terms, options, hasIndex }: Wanted): Iterable<Row> {
  const filter = filterSql(options)
  const indexed = hasIndex ? terms.filter((term) => [...term].length >= indexedChars) : []
  const match = indexed.map((term) => `"${term.replaceAll('"', '""')}"`).join(' AND ')
  const which =
    indexed.length > 0
      ? 'e.row IN (SELECT rowid FROM words WHERE words MATCH ?)'
      : "e.kind IN ('user', 'assistant')"
  return open
    .query<Row, (string | number)[]>(
      `SELECT e.session_id, e.id, e.at, e.body FROM entries e JOIN sessions s ON s.id = e.session_id
       WHERE ${which} AND ${filter.sql} ORDER BY e.row DESC`,
    )
    .iterate(...(indexed.length > 0 ? [match] : []), ...(filter.values as (string | number)[]))
}

/** Undefined where it fits only by what must not be shown. */
function hitOf(
  row: Row,
  { terms, mask }: { terms: readonly string[]; mask(text: string): string },
): SearchHit['hits'][number] | undefined {
  const body = parseBody(String(row.body))
  const plain = textOf(body)
  if (body?.type !== 'message' || !fits(plain, terms)) return undefined
  const shown = mask(plain)
  if (!fits(shown, terms)) return undefined
  return {
    entry: Number(row.id),
    role: body.message.role === 'user' ? 'user' : 'assistant',
    at: Number(row.at),
    snippet: snippetOf(shown, terms),
  }
}

function textOf(body: EntryBody | undefined): string {
  if (body?.type !== 'message') return ''
  return body.message.content.flatMap(blockText).join('\n').slice(0, textChars)
}

function blockText(block: Message['content'][number]): string[] {
  if (block.type === 'text') return isNote(block.text) ? [] : [block.text]
  if (block.type !== 'call') return []
  const words = Object.values(block.input).filter((value) => typeof value === 'string')
  return [`${block.name} ${words.join(' ').slice(0, inputChars)}`]
}
