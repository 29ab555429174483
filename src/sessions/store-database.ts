/**
 * The one connection of a session store. It is opened when something first needs it, follows a file that another process
 * put in place of a damaged one, and replaces one that turns out to be damaged in the middle of work.
 */
import type { Database } from 'bun:sqlite'
import { statSync } from 'node:fs'
import {
  type DatabaseOptions,
  fileIdentity,
  isDamaged,
  openDatabase,
  replaceDamaged,
} from '../base/database.ts'
import { openDatabaseToRead } from '../base/database-read.ts'
import { errorCode } from '../base/errors.ts'
import { sessionMigrations, truthTables } from './schema.ts'
import { type Check, openCheck } from './store-check.ts'
import { rebuildSessions } from './store-derived.ts'

export interface StoreDatabase {
  readonly path: string
  /**
   * Runs `work` on the connection. Damage that it meets is set aside and `work` runs once more on what was rescued, so
   * that it must be able to.
   */
  use<T>(work: (database: Database) => T): T
  /** The same in a transaction that nobody else writes beside. */
  change<T>(work: (database: Database) => T): T
  /** Sets the file aside as damaged. */
  replace(): void
  /** Rows that were on damaged pages, infinite where that cannot be told; since the last time this was asked. */
  takeLost(): number
  close(): void
}

interface Connection {
  database: Database
  /** Which file it is, where it can be written. */
  file: string | undefined
  /** Why it can only be read. */
  refusal: unknown
}

export interface StoreDatabaseOptions {
  path: string
  notice(text: string): void
  /** The file is another one: what is not in it must be written again. */
  replaced(before: Database | undefined, now: Database): void
}

export function openStoreDatabase({ path, notice, replaced }: StoreDatabaseOptions): StoreDatabase {
  const options: DatabaseOptions = {
    path,
    notice,
    name: 'session store',
    migrations: sessionMigrations,
    tables: truthTables,
    survives: 'power-cut',
    rescued(database, unread) {
      lost += unread
      return rebuildSessions(database)
    },
  }
  let lost = 0
  let open: Connection | undefined
  let check: Check | undefined

  function connection(): Connection {
    if (open && !open.refusal && path !== ':memory:' && fileIdentity(path) !== open.file) {
      const before = open.database
      open = undefined
      // What this process wrote meanwhile into the file that was set aside is not in the new one.
      replaced(before, connect().database)
      before.close()
    }
    return open ?? connect()
  }

  function connect(): Connection {
    open = undefined
    try {
      // The last one to close takes this file away.
      check ??= openCheck(path, fileBytes(`${path}-wal`) > 0)
      const database = openDatabase(options)
      open = { database, file: fileIdentity(path), refusal: undefined }
      finishRebuild(database)
      if (path !== ':memory:') check.onOpen(database)
    } catch (refusal) {
      if (isDamaged(refusal) && open) return recover()
      open?.database.close()
      open = { database: openToReadOr(options, refusal), file: undefined, refusal }
    }
    return open
  }

  /** What refused to be written may have become free meanwhile. */
  function writable(): void {
    if (!connection().refusal) return
    open?.database.close()
    open = undefined
    const { refusal } = connect()
    if (refusal) throw refusal
  }

  function recover(): Connection {
    const damaged = open
    open = undefined
    damaged?.database.close()
    const database = replaceDamaged(options, damaged?.file)
    open = { database, file: fileIdentity(path), refusal: undefined }
    replaced(undefined, database)
    return open
  }

  function checkLast(): void {
    if (!open || open.refusal || path === ':memory:') return
    try {
      check?.onClose(open.database)
    } catch (thrown) {
      // Anything else (a full disk) can wait for the next time.
      if (isDamaged(thrown)) recover()
    }
  }

  function use<T>(work: (database: Database) => T): T {
    try {
      return work(connection().database)
    } catch (thrown) {
      if (!isDamaged(thrown) || path === ':memory:' || open?.refusal) throw thrown
      recover()
      return work(connection().database)
    }
  }

  return {
    path,
    use,
    replace: () => void recover(),
    takeLost() {
      const taken = lost
      lost = 0
      return taken
    },
    change(work) {
      writable()
      return use((database) => database.transaction(() => work(database)).immediate())
    },
    close() {
      checkLast()
      open?.database.close()
      open = undefined
    },
  }
}

/** Left by a migration: the rows of the list are made by the code of today, outside the frozen steps. */
function finishRebuild(database: Database): void {
  const wanted = database.query("SELECT 1 FROM notes WHERE key = 'rebuild'").get()
  if (!wanted) return
  database
    .transaction(() => {
      rebuildSessions(database)
      database.run("DELETE FROM notes WHERE key = 'rebuild'")
    })
    .immediate()
}

/** What lies in a store of a newer codi, or in a directory that takes no writes, can be listed and exported all the same. */
function openToReadOr(options: DatabaseOptions, refusal: unknown): Database {
  // Somebody else's directory: whether there is a store in it cannot be told.
  if (errorCodeOf(options.path) === 'EACCES') throw refusal
  // Where there is no store and none can be made, there is nothing in it.
  if (fileBytes(options.path) === 0) return openDatabase({ ...options, path: ':memory:' })
  let database: Database | undefined
  try {
    database = openDatabaseToRead(options.path)
    database.query('SELECT row, session_id, id, parent, at, kind, body FROM entries LIMIT 0').all()
    database.query('SELECT id, last_row, label, name FROM sessions LIMIT 0').all()
    return database
  } catch {
    database?.close()
    throw refusal
  }
}

/** Why the system does not even say whether the file is there. */
function errorCodeOf(path: string): string | undefined {
  try {
    statSync(path, { throwIfNoEntry: false })
    return undefined
  } catch (thrown) {
    return errorCode(thrown)
  }
}

function fileBytes(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0
  } catch {
    return 0
  }
}
