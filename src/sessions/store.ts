/**
 * Sessions in SQLite (WAL): append-only entries, durable when `append` returns. Several processes may write to one
 * store. A damaged database is set aside, what is readable is carried over, and it is said aloud.
 */
import type { SQLQueryBindings } from 'bun:sqlite'
import { openDatabase } from '../base/database.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { localMinute } from '../base/local-time.ts'
import type { Message } from '../contract/message.ts'
import type { Entry, EntryBody, Session, SessionSummary } from '../contract/session.ts'
import { itemsOf, messagesOf } from './conversation.ts'
import { sessionMigrations } from './schema.ts'

export interface StoreOptions {
  /** `:memory:` keeps nothing. */
  path: string
  notice(text: string): void
}

export interface SessionStore {
  /** A session that is written with its first entry. */
  create(about: { cwd: string; provider: string; model: string }): Session
  /** The session with this id or unique start of one. Throws CodiError `not_found` or `ambiguous`. */
  open(id: string): Session
  /** The same, to go on with it: what was being streamed when its process died becomes an entry. */
  resume(id: string): Session
  /** Newest first. */
  list(filter?: { cwd?: string }): SessionSummary[]
  summary(id: string): SessionSummary
  setModel(id: string, provider: string, model: string): void
  remove(id: string): void
  close(): void
}

/** A draft is written at most this often; a crash costs what came after. */
const draftIntervalMs = 200
const labelChars = 60

export function openSessionStore(options: StoreOptions): SessionStore {
  const database = openDatabase({
    ...options,
    name: 'session store',
    migrations: sessionMigrations,
    tables: ['sessions', 'entries'],
  })
  const get = (sql: string, ...values: SQLQueryBindings[]) =>
    database.query<Record<string, unknown>, SQLQueryBindings[]>(sql).get(...values)
  const all = (sql: string, ...values: SQLQueryBindings[]) =>
    database.query<Record<string, unknown>, SQLQueryBindings[]>(sql).all(...values)
  const run = (sql: string, ...values: SQLQueryBindings[]) => database.query(sql).run(...values)

  function create(about: { cwd: string; provider: string; model: string }): Session {
    const id = newSessionId()
    let stored = false
    return openSession(id, () => {
      if (stored) return
      stored = true
      const now = Date.now()
      run(
        'INSERT INTO sessions (id, cwd, label, provider, model, created_at, updated_at) VALUES (?,?,?,?,?,?,?)',
        id,
        about.cwd,
        '',
        about.provider,
        about.model,
        now,
        now,
      )
    })
  }

  function openSession(id: string, ensureStored: () => void): Session {
    let lastDraftAt = 0
    let draftStored = false
    const append = database.transaction((body: EntryBody): Entry => {
      ensureStored()
      const at = Date.now()
      const parent = (get('SELECT head FROM sessions WHERE id = ?', id)?.head ?? null) as
        | number
        | null
      const inserted = run(
        'INSERT INTO entries (session_id, parent, at, body) VALUES (?,?,?,?)',
        id,
        parent,
        at,
        JSON.stringify(body),
      )
      const entryId = Number(inserted.lastInsertRowid)
      run(
        'UPDATE sessions SET head = ?, updated_at = ?, draft = ? WHERE id = ?',
        entryId,
        at,
        '',
        id,
      )
      const label = labelOf(body)
      if (label !== undefined)
        run(
          "UPDATE sessions SET label = ? WHERE id = ? AND (label = '' OR ?)",
          label,
          id,
          body.type === 'label',
        )
      draftStored = false
      return { ...body, id: entryId, parent, at }
    })
    return {
      id,
      append(body) {
        try {
          return append.immediate(body)
        } catch (thrown) {
          const message = `Cannot keep the conversation: ${errorMessage(thrown)}; --ephemeral goes on without keeping it`
          throw new CodiError('io', message, { cause: thrown })
        }
      },
      draft(text) {
        const now = Date.now()
        if (text === '' ? !draftStored : now - lastDraftAt < draftIntervalMs) return
        if (text !== '') lastDraftAt = now
        draftStored = text !== ''
        try {
          run('UPDATE sessions SET draft = ? WHERE id = ?', text, id)
        } catch {
          // It only guards against a crash: the whole answer is written when it is complete, and that may fail aloud.
        }
      },
      path: () => path(id),
      messages: (): Message[] => messagesOf(path(id)),
      items: () => itemsOf(path(id)),
    }
  }

  function path(id: string): Entry[] {
    const rows = all(
      `WITH RECURSIVE line(id, parent, at, body) AS (
         SELECT e.id, e.parent, e.at, e.body FROM entries e JOIN sessions s ON s.head = e.id WHERE s.id = ?
         UNION ALL
         SELECT e.id, e.parent, e.at, e.body FROM entries e JOIN line l ON e.id = l.parent
       ) SELECT id, parent, at, body FROM line ORDER BY id`,
      id,
    )
    return rows.flatMap((row) => {
      const body = parseBody(String(row.body))
      if (!body) return []
      return [
        { ...body, id: Number(row.id), parent: row.parent as number | null, at: Number(row.at) },
      ]
    })
  }

  function open(idOrStart: string): Session {
    // Every id begins with nothing: an empty variable in a script must not choose one.
    if (idOrStart.trim() === '') throw new CodiError('not_found', 'The id of the session is empty')
    const rows = all(
      "SELECT id FROM sessions WHERE id = ?1 OR id LIKE ?2 ESCAPE '\\' ORDER BY id = ?1 DESC LIMIT 3",
      idOrStart,
      `${idOrStart.replace(/[\\%_]/g, '\\$&')}%`,
    )
    const first = rows[0]
    if (!first) {
      throw new CodiError(
        'not_found',
        `There is no session "${idOrStart}"; codi sessions lists them`,
      )
    }
    if (rows.length > 1 && first.id !== idOrStart) {
      const ids = rows.map((row) => row.id).join(', ')
      throw new CodiError(
        'ambiguous',
        `"${idOrStart}" fits several sessions (${ids} …); give more of the id`,
      )
    }
    return openSession(String(first.id), () => undefined)
  }

  function resume(idOrStart: string): Session {
    const session = open(idOrStart)
    const draft = String(get('SELECT draft FROM sessions WHERE id = ?', session.id)?.draft ?? '')
    if (draft !== '') session.append({ type: 'draft', text: draft })
    return session
  }

  function list(filter: { cwd?: string } = {}): SessionSummary[] {
    const where = filter.cwd === undefined ? '' : 'WHERE s.cwd = ?'
    const values = filter.cwd === undefined ? [] : [filter.cwd]
    return all(`${summaryQuery} ${where} ORDER BY s.updated_at DESC, s.rowid DESC`, ...values).map(
      toSummary,
    )
  }

  return {
    create,
    open,
    resume,
    list,
    summary(id) {
      const session = open(id)
      const row = get(`${summaryQuery} WHERE s.id = ?`, session.id)
      if (!row) throw new CodiError('not_found', `There is no session "${id}"`)
      return toSummary(row)
    },
    setModel(id, provider, model) {
      run('UPDATE sessions SET provider = ?, model = ? WHERE id = ?', provider, model, id)
    },
    remove(id) {
      const session = open(id)
      run('DELETE FROM sessions WHERE id = ?', session.id)
    },
    close: () => database.close(),
  }
}

const summaryQuery = `
  SELECT s.*, 
    (SELECT COUNT(*) FROM entries e WHERE e.session_id = s.id AND json_extract(e.body, '$.type') = 'message') AS messages,
    (SELECT TOTAL(json_extract(e.body, '$.usage.inputTokens') + json_extract(e.body, '$.usage.cacheReadTokens')
       + json_extract(e.body, '$.usage.cacheWriteTokens')) FROM entries e WHERE e.session_id = s.id) AS input_tokens,
    (SELECT TOTAL(json_extract(e.body, '$.usage.outputTokens')) FROM entries e WHERE e.session_id = s.id) AS output_tokens,
    (SELECT SUM(json_extract(e.body, '$.costUsd')) FROM entries e WHERE e.session_id = s.id) AS cost
  FROM sessions s`

function toSummary(row: Record<string, unknown>): SessionSummary {
  return {
    id: String(row.id),
    label: String(row.label),
    cwd: String(row.cwd),
    provider: String(row.provider),
    model: String(row.model),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    messages: Number(row.messages),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    costUsd: row.cost === null ? null : Number(row.cost),
  }
}

/** The first words of the first prompt name a session until somebody names it. */
function labelOf(body: EntryBody): string | undefined {
  if (body.type === 'label') return body.text
  if (body.type !== 'message' || body.message.role !== 'user') return undefined
  const block = body.message.content.find((part) => part.type === 'text')
  // What was attached or piped in says little; it names a session only where there is nothing else.
  const text = block?.type === 'text' ? block.text : ''
  const typed = text.split(/\n+<(?:file|stdin)\b/)[0] ?? ''
  const line = (typed.trim() === '' ? text : typed).replace(/\s+/g, ' ').trim()
  if (line === '') return undefined
  return line.length > labelChars ? `${line.slice(0, labelChars - 1)}…` : line
}

/** Sorts by time: `20261122-0831-4f2a`. */
function newSessionId(): string {
  const stamp = localMinute(Date.now()).replace(/[-:]/g, '').replace(' ', '-')
  const random = crypto.getRandomValues(new Uint8Array(3)).toHex()
  return `${stamp}-${random}`
}

function parseBody(text: string): EntryBody | undefined {
  try {
    return JSON.parse(text) as EntryBody
  } catch {
    // One damaged row costs that row, not the conversation.
    return undefined
  }
}
