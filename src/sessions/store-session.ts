/**
 * One session: who holds its lease adds to it, everybody reads. What cannot be written waits in memory under the ids it
 * will have, is read like the rest, and is written with the next entry that can be.
 */
import type { Database } from 'bun:sqlite'
import { CodiError, errorMessage } from '../base/errors.ts'
import type { Entry, EntryBody, Prompt, Session } from '../contract/session.ts'
import { itemsOf } from './conversation.ts'
import { isRecord } from './entry-kind.ts'
import type { Lease, Leases } from './lease.ts'
import { type HeadMove, pathRanges, rangesBefore } from './path-ranges.ts'
import { copyNewer, restoreBeginning } from './store-copy.ts'
import type { StoreDatabase } from './store-database.ts'
import { type Draft, openDraft } from './store-draft.ts'
import { newestOfType, openEntryReader } from './store-entries.ts'
import { viewOf } from './store-view.ts'
import { writeEntries } from './store-write.ts'
import { isOnlyNotes, typedText } from './typed-text.ts'

export interface StoreSession extends Session {
  /** Makes this process its writer, and what was being streamed when the last one died an entry. */
  resume(): void
  moves(): HeadMove[]
  /** Another file is in place: what this process knows to be written is looked for there. */
  rewrite(before: Database | undefined, now: Database): void
}

export interface StoreSessionOptions {
  id: string
  database: StoreDatabase
  leases: Leases
  /** Of a session that begins: its first entry, which is written with the next. */
  begins?: Beginning
  notice(text: string): void
  opened(session: StoreSession): void
  closed(session: StoreSession): void
}

const promptsAtOnce = 50

type Beginning = Extract<EntryBody, { type: 'session' }>

function bodyOf({ id: _id, parent: _parent, at: _at, ...body }: Beginning & Entry): Beginning {
  return body
}

export function openStoreSession(options: StoreSessionOptions): StoreSession {
  const { id, database, begins } = options
  const pending: Entry[] = begins ? [{ ...begins, id: 0, parent: null, at: Date.now() }] : []
  let stored = !begins
  let lease: Lease | undefined
  let lastId = 0
  let first = begins
  /** Known only while this process is the writer. */
  let head: number | null | undefined = begins ? null : undefined
  let troubled = false
  const reader = openEntryReader({
    database,
    session: id,
    pending: () => pending,
    stored: () => stored,
  })
  const draft: Draft = openDraft(database, id)

  function hold(): void {
    if (lease) return
    lease = options.leases.take(id)
    options.opened(session)
    if (!stored) return
    lastId = reader.lastId()
    head = readHead()
    const beginning = reader.byId(0)
    if (beginning?.type === 'session') first = bodyOf(beginning)
  }

  function readHead(): number | null {
    const move = reader.moves().at(-1)
    const last = reader.lastOnPath()
    return move && move.id > (last ?? -1) ? move.target : last
  }

  const headNow = () => (lease || !stored ? (head ?? null) : readHead())
  const ranges = () => pathRanges(reader.moves(), headNow())

  function add(body: EntryBody): Entry {
    hold()
    const parent = headNow()
    const entry: Entry = { ...body, id: lastId + 1, parent, at: Date.now() }
    const kept = write(entry)
    lastId = kept.id
    if (kept.type === 'head') head = kept.entry
    else if (!isRecord(kept)) head = kept.id
    return kept
  }

  function write(entry: Entry): Entry {
    pending.push(entry)
    try {
      database.change((open) => writeAll(open))
    } catch (thrown) {
      tellTrouble(thrown)
      return pending.at(-1) ?? entry
    }
    stored = true
    draft.forgotten()
    const kept = pending.at(-1) ?? entry
    pending.length = 0
    if (troubled) options.notice('The conversation is kept again; nothing of it is missing')
    troubled = false
    if (!lease?.held && database.path !== ':memory:') holdNow()
    return kept
  }

  /** What could not be locked while nothing could be written. */
  function holdNow(): void {
    try {
      lease = options.leases.take(id)
    } catch {
      // Somebody took it meanwhile. Both go on: entries of two writers are better than none of one.
    }
  }

  function writeAll(open: Database): void {
    if (writeEntries(open, id, pending)) draft.forget(open)
  }

  function tellTrouble(thrown: unknown): void {
    if (!(thrown instanceof CodiError) && !(thrown instanceof Error && 'code' in thrown))
      throw thrown
    if (troubled) return
    troubled = true
    options.notice(
      `The conversation is not kept for now: ${errorMessage(thrown)}; it goes on in memory, and is written as soon as that is possible`,
    )
  }

  function* path(): Iterable<Entry> {
    yield* reader.within(ranges())
  }

  function prompts({ before, limit = promptsAtOnce }: { before?: number; limit?: number } = {}) {
    let until = before === undefined ? ranges() : rangesBefore(ranges(), before)
    const found: Prompt[] = []
    for (;;) {
      const rows = reader.newest(until, ['user'], limit)
      for (const entry of rows) {
        if (entry.type !== 'message' || isOnlyNotes(entry.message) || found.length === limit)
          continue
        found.push({ entry: entry.id, text: typedText(entry.message), at: entry.at })
      }
      const oldest = rows.at(-1)
      if (!oldest || rows.length < limit || found.length === limit) return found.toReversed()
      until = rangesBefore(until, oldest.id)
    }
  }

  const session: StoreSession = {
    id,
    get head() {
      return headNow()
    },
    get kept() {
      if (!stored && !troubled) tryToWrite()
      return stored || !troubled
    },
    get unkept() {
      return troubled ? pending.length : 0
    },
    append: add,
    moveHead(entry) {
      if (entry !== null && !reader.byId(entry)) {
        throw new CodiError('not_found', `Session ${id} has no entry ${entry}`)
      }
      if (entry !== headNow()) add({ type: 'head', entry })
    },
    draft(text) {
      if (lease) draft.add(text)
    },
    entry: (entryId) => reader.byId(entryId),
    last: (type) => newestOfType(reader, ranges(), type),
    path,
    *entries() {
      const end = reader.lastId()
      yield* reader.within([{ from: 0, to: end }], 'all')
    },
    view: () => viewOf(reader, ranges()),
    messages: () => itemsOf(viewOf(reader, ranges())).map(({ message }) => message),
    items: () => itemsOf(viewOf(reader, ranges())),
    prompts,
    moves: () => reader.moves(),
    resume() {
      hold()
      const text = draft.left()
      if (text !== '') add({ type: 'draft', text })
    },
    rewrite(before, now) {
      if (!stored) return
      if (before) copyNewer(id, { from: before, to: now })
      if (first) restoreBeginning(now, id, first)
    },
    close() {
      if (lease) draft.flush()
      if (pending.length > 0 && troubled) flush()
      lease?.release()
      lease = undefined
      options.closed(session)
    },
  }

  function tryToWrite(): void {
    try {
      database.change(() => undefined)
    } catch (thrown) {
      tellTrouble(thrown)
    }
  }

  function flush(): void {
    try {
      database.change((open) => writeAll(open))
      pending.length = 0
    } catch {
      // It was said when it happened, and there is nothing left to wait for.
    }
  }

  return session
}
