/**
 * A session that comes in from elsewhere, entry by entry, some hundred in a transaction: it may be larger than memory.
 * It is listed once it is whole; one that was broken off leaves nothing.
 */
import type { Database } from 'bun:sqlite'
import { CodiError } from '../base/errors.ts'
import type { Entry, EntryBody } from '../contract/session.ts'
import { kindOf } from './entry-kind.ts'
import type { Leases } from './lease.ts'
import { insert } from './store-copy.ts'
import type { StoreDatabase } from './store-database.ts'
import { all, run } from './store-database-access.ts'

export interface SessionImport {
  /** The session it becomes. */
  readonly id: string
  /**
   * In order. Ids and the tree are kept where ids ascend from 1 on, and numbered anew where they do not; what refers to
   * entries goes with them. The first may be a `session` entry; without one it begins with what `import` was told.
   */
  add(entry: Entry): void
  end(): string
  cancel(): void
}

export interface ImportOptions {
  id: string
  about: { cwd: string; provider: string; model: string }
  database: StoreDatabase
  leases: Leases
}

const atOnce = 500

export function openImport({ id, about, database, leases }: ImportOptions): SessionImport {
  const lease = leases.take(id)
  const ids = new Map<number, number>()
  let waiting: Entry[] = []
  let last = -1
  let isOver = false
  const mark = `import ${id}`

  function write(entries: readonly Entry[]): void {
    database.change((open) => {
      run(open, "INSERT OR IGNORE INTO notes (key, value) VALUES (?, '')", mark)
      for (const { id: entry, parent, at, ...body } of entries) {
        const kind = kindOf(body as EntryBody)
        insert(open, id, { id: entry, parent, at, kind, body: JSON.stringify(body) })
      }
    })
  }

  function flush(): void {
    const entries = waiting
    waiting = []
    if (entries.length > 0) write(entries)
  }

  function put(entry: Entry): void {
    waiting.push(entry)
    if (waiting.length >= atOnce) flush()
  }

  function stop(): void {
    isOver = true
    lease.release()
  }

  return {
    id,
    add(entry) {
      if (isOver) throw new CodiError('internal', `The import of session ${id} is over`)
      if (last < 0 && entry.type !== 'session')
        put({ type: 'session', ...about, id: 0, parent: null, at: entry.at })
      if (entry.type === 'session') {
        if (last >= 0) return
        last = 0
        put({ ...entry, id: 0, parent: null })
        ids.set(entry.id, 0)
        return
      }
      const number = entry.id > Math.max(last, 0) ? entry.id : Math.max(last, 0) + 1
      last = number
      ids.set(entry.id, number)
      put(renumbered({ ...entry, id: number }, ids))
    },
    end() {
      flush()
      database.change((open) => run(open, 'DELETE FROM notes WHERE key = ?', mark))
      stop()
      return id
    },
    cancel() {
      if (isOver) return
      waiting = []
      database.change((open) => forgetImport(open, id))
      stop()
    },
  }
}

/** What refers to an entry that did not come along refers to none. */
function renumbered(entry: Entry, ids: ReadonlyMap<number, number>): Entry {
  const to = (id: number) => ids.get(id) ?? 0
  const parent = entry.parent === null ? null : (ids.get(entry.parent) ?? null)
  switch (entry.type) {
    case 'head':
      return {
        ...entry,
        parent,
        entry: entry.entry === null ? null : (ids.get(entry.entry) ?? null),
      }
    case 'compaction':
      return entry.keptFrom === undefined
        ? { ...entry, parent }
        : { ...entry, parent, keptFrom: to(entry.keptFrom) }
    case 'compaction_undone':
      return { ...entry, parent, compaction: to(entry.compaction) }
    case 'pin':
      return { ...entry, parent, entry: to(entry.entry) }
    case 'elision':
      return { ...entry, parent, results: entry.results.map((one) => renumberedMark(one, ids)) }
    default:
      return { ...entry, parent }
  }
}

type Elided = Extract<Entry, { type: 'elision' }>['results'][number]

function renumberedMark(one: Elided, ids: ReadonlyMap<number, number>): Elided {
  return one.entry === undefined ? one : { ...one, entry: ids.get(one.entry) ?? 0 }
}

/** Sessions whose import was broken off by the end of its process. */
export function brokenImports(database: Database): string[] {
  return all(database, "SELECT key FROM notes WHERE key LIKE 'import %'").map((row) =>
    String(row.key).slice('import '.length),
  )
}

export function forgetImport(database: Database, id: string): void {
  run(database, 'DELETE FROM entries WHERE session_id = ?', id)
  run(database, 'DELETE FROM sessions WHERE id = ?', id)
  run(database, 'DELETE FROM notes WHERE key = ?', `import ${id}`)
}
