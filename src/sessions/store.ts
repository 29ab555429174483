/**
 * Sessions in SQLite (WAL): append-only entries, durable when `append` returns, also through a power cut. Several
 * processes may work in one store, each session has one writer. A damaged file is set aside, what is readable is carried
 * over, and it is said aloud.
 */
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type {
  EntryBody,
  RecordBody,
  RepairReport,
  SearchHit,
  SearchOptions,
  Session,
  SessionFilter,
  SessionSummary,
} from '../contract/session.ts'
import { type ForkPoint, forkEntry } from './fork.ts'
import { openLeases } from './lease.ts'
import { linkTree } from './link-tree.ts'
import { pathRanges } from './path-ranges.ts'
import { isSessionId, newSessionId } from './session-id.ts'
import { copyPath, tell } from './store-copy.ts'
import { openStoreDatabase } from './store-database.ts'
import { get } from './store-database-access.ts'
import { openImport, type SessionImport } from './store-import.ts'
import { findId, listSessions, summaryOf } from './store-list.ts'
import { type Prune, pruned } from './store-prune.ts'
import { giveRoomBack, removeEntries } from './store-remove.ts'
import { repairStore } from './store-repair.ts'
import { searchSessions } from './store-search.ts'
import { openStoreSession, type StoreSession } from './store-session.ts'

export interface StoreOptions {
  /** `:memory:` keeps nothing. */
  path: string
  /** Where the whole results of calls lie, a directory for each session; they go and are copied with it. */
  results?: string
  notice(text: string): void
}

export interface SessionStart {
  cwd: string
  provider: string
  model: string
}

export interface SessionStore {
  /** A session that is written with its first entry. */
  create(about: SessionStart): Session
  /** The session with this id or unique start of one. Throws CodiError `not_found` or `ambiguous`. */
  open(id: string): Session
  /**
   * The same, to go on with it as its writer: what was being streamed when its process died becomes an entry. Throws a
   * CodiError of kind `io` that says who writes to it.
   */
  resume(id: string): Session
  /** Newest first. */
  list(filter?: SessionFilter): SessionSummary[]
  summary(id: string): SessionSummary
  /** Words that all must stand in one message, in any case; `"in quotes"` as they stand. Newest first. */
  search(text: string, options?: SearchOptions): SearchHit[]
  /** A session of its own with all up to that point; undefined: up to the head. */
  fork(id: string, point?: ForkPoint): Session
  /** An empty name takes it away. */
  rename(id: string, name: string): void
  label(id: string, label: string): void
  archive(id: string, archived: boolean): void
  setModel(id: string, provider: string, model: string): void
  /** With its results. Not one that somebody writes to. */
  remove(id: string): void
  /** Removes what is too old or too much, never one that somebody writes to; answers what went (or, tried out, would). */
  prune(options: Prune): SessionSummary[]
  /** Checks everything, and makes again what follows from the entries. */
  repair(): RepairReport
  /** Writes a whole session, entry by entry. */
  import(about: SessionStart & { id?: string }): SessionImport
  /** The session that was imported from there. */
  importedAs(program: string, id: string): string | undefined
  close(): void
}

export function openSessionStore(options: StoreOptions): SessionStore {
  const { path } = options
  const heard: string[] = []
  const live = new Map<string, StoreSession>()
  const leases = openLeases(path === ':memory:' ? undefined : join(dirname(path), 'leases'))
  const notice = (text: string) => {
    heard.push(text)
    options.notice(text)
  }
  const database = openStoreDatabase({
    path,
    notice,
    replaced(before, now) {
      for (const session of live.values()) session.rewrite(before, now)
    },
  })

  function sessionOf(id: string, begins?: Extract<EntryBody, { type: 'session' }>): StoreSession {
    return openStoreSession({
      ...{ id, database, leases, notice },
      ...(begins ? { begins } : {}),
      opened: (session) => void live.set(id, session),
      closed: (session) => {
        if (live.get(id) === session) live.delete(id)
      },
    })
  }

  const whole = (idOrStart: string) => database.use((open) => findId(open, idOrStart))
  const open = (idOrStart: string) => sessionOf(whole(idOrStart))

  function freeId(): string {
    for (;;) {
      const id = newSessionId()
      if (!isTaken(id)) return id
    }
  }

  function isTaken(id: string): boolean {
    try {
      return database.use((db) => get(db, 'SELECT 1 FROM sessions WHERE id = ?', id)) !== undefined
    } catch {
      // Nothing can be read, so nothing is there to meet.
      return false
    }
  }

  /** Told of a session, by whoever: its writer takes it in between its own entries. */
  function record(idOrStart: string, body: RecordBody): void {
    const id = whole(idOrStart)
    const writer = live.get(id)
    if (writer) writer.append(body)
    else database.change((db) => tell(db, id, body))
  }

  function fork(idOrStart: string, point: ForkPoint): Session {
    const source = open(idOrStart)
    const { id: from } = source
    const entry = forkEntry(source, point)
    const moves = source.moves()
    const to = freeId()
    database.change((db) => {
      const { cwd, provider, model, label } = summaryOf(db, from, undefined)
      const forkedFrom = { session: from, entry }
      tell(db, to, { type: 'session', cwd, provider, model, forkedFrom })
      copyPath(db, { from, to, ranges: pathRanges(moves, entry) })
      if (label !== '') tell(db, to, { type: 'label', text: label })
    })
    if (options.results !== undefined)
      linkTree(join(options.results, from), join(options.results, to))
    return sessionOf(to)
  }

  function remove(id: string): void {
    const lease = leases.take(id)
    try {
      removeEntries(database, id)
      if (options.results !== undefined && isSessionId(id))
        rmSync(join(options.results, id), { recursive: true, force: true })
    } finally {
      lease.release()
    }
  }

  return {
    create: (about) => sessionOf(freeId(), { type: 'session', ...about }),
    open,
    resume(id) {
      const session = open(id)
      session.resume()
      return session
    },
    list: (filter = {}) => database.use((db) => listSessions(db, filter, leases.holders())),
    summary(idOrStart) {
      const id = whole(idOrStart)
      return database.use((db) => summaryOf(db, id, leases.holder(id)))
    },
    search: (text, filter = {}) => searchSessions(database, text, filter, leases.holders()),
    fork,
    rename: (id, name) => record(id, { type: 'name', text: name.trim() }),
    label: (id, label) => record(id, { type: 'label', text: label.trim() }),
    archive: (id, archived) => record(id, { type: 'archived', archived }),
    setModel: (id, provider, model) => record(id, { type: 'model', provider, model }),
    remove(idOrStart) {
      const id = whole(idOrStart)
      if (live.has(id)) {
        throw new CodiError(
          'io',
          `Session ${id} is the one you are in; begin a new one first (/new), then delete it`,
        )
      }
      remove(id)
      giveRoomBack(database)
    },
    prune(how) {
      const holders = leases.holders()
      const rows = database.use((db) => listSessions(db, { archived: 'with' }, holders))
      const going = pruned(rows, how, Date.now())
      if (how.dryRun || going.length === 0) return going
      for (const { id } of going) remove(id)
      giveRoomBack(database)
      return going
    },
    repair: () =>
      repairStore({
        database,
        isHeld: (id) => leases.holder(id) !== undefined,
        takeNotices: () => heard.splice(0),
      }),
    import(about) {
      const { id: wanted } = about
      if (wanted !== undefined && !isSessionId(wanted)) {
        throw new CodiError(
          'invalid',
          `"${oneLine(wanted, 40)}" cannot be the id of a session; it may have letters, digits, "-", "_" and "."`,
        )
      }
      const id = wanted !== undefined && !isTaken(wanted) ? wanted : freeId()
      return openImport({ about, database, leases, id })
    },
    importedAs: (program, id) =>
      database.use((db) => {
        const sql = 'SELECT id FROM sessions WHERE imported_program = ? AND imported_id = ?'
        const row = get(db, sql, program, id)
        return row ? String(row.id) : undefined
      }),
    close() {
      for (const session of [...live.values()]) session.close()
      database.close()
    },
  }
}
