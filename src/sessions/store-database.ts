/** Opens the database of the sessions; one that is damaged is set aside and what is readable carried over. */
import { Database, type SQLQueryBindings } from 'bun:sqlite'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { CodiError, errorMessage } from '../base/errors.ts'
import { sessionSchema, sessionSchemaVersion } from './schema.ts'

export interface StoreOptions {
  /** `:memory:` keeps nothing. */
  path: string
  notice(text: string): void
}

const busyTimeoutMs = 5000

export function openDatabase(options: StoreOptions): Database {
  try {
    if (options.path !== ':memory:')
      mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
    return prepare(options.path)
  } catch (thrown) {
    if (!isDamaged(thrown) || !existsSync(options.path)) throw storeError(options.path, thrown)
    return replaceDamaged(options)
  }
}

/**
 * For the person alone, also where the directory is open to others; SQLite gives its other files the same mode. One that
 * is there is not opened here: to close it would let go of the locks that another connection of this process holds.
 */
function makePrivate(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  try {
    if (!found) closeSync(openSync(path, 'wx', 0o600))
    else if ((found.mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch {
    // It belongs to somebody else, who decides; or cannot be made, which SQLite tells.
  }
}

function prepare(path: string): Database {
  if (path !== ':memory:') makePrivate(path)
  const database = new Database(path, { create: true })
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = NORMAL')
    database.run('PRAGMA foreign_keys = ON')
    const version = database.query<{ user_version: number }, []>('PRAGMA user_version').get()
    if ((version?.user_version ?? 0) > sessionSchemaVersion) {
      throw new CodiError(
        'io',
        `The sessions in ${path} were written by a newer codi; update this one`,
      )
    }
    if (version?.user_version !== sessionSchemaVersion) {
      database.run(sessionSchema)
      database.run(`PRAGMA user_version = ${sessionSchemaVersion}`)
    }
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function isDamaged(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false
  return thrown.code === 'SQLITE_CORRUPT' || thrown.code === 'SQLITE_NOTADB'
}

function storeError(path: string, thrown: unknown): CodiError {
  if (thrown instanceof CodiError) return thrown
  return new CodiError('io', `Cannot open the session store ${path}: ${errorMessage(thrown)}`, {
    cause: thrown,
  })
}

function replaceDamaged(options: StoreOptions): Database {
  const aside = `${options.path}.damaged-${Date.now()}`
  renameSync(options.path, aside)
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(options.path + suffix)) renameSync(options.path + suffix, aside + suffix)
  }
  const database = prepare(options.path)
  const rescued = rescue(aside, database)
  options.notice(
    `The session store was damaged: it was set aside as ${aside}, and ${rescued} of its sessions could be read and carried over`,
  )
  return database
}

/** Copies every readable row; answers how many sessions. */
function rescue(from: string, to: Database): number {
  let sessions = 0
  try {
    const damaged = new Database(from, { readonly: true })
    try {
      for (const table of ['sessions', 'entries']) {
        const rows = damaged.query<Record<string, SQLQueryBindings>, []>(`SELECT * FROM ${table}`)
        for (const row of rows.iterate()) {
          const names = Object.keys(row)
          to.query(
            `INSERT OR IGNORE INTO ${table} (${names.join(',')}) VALUES (${names.map(() => '?').join(',')})`,
          ).run(...Object.values(row))
          if (table === 'sessions') sessions++
        }
      }
    } finally {
      damaged.close()
    }
  } catch {
    // As far as it could be read; the file is kept aside.
  }
  return sessions
}
