/**
 * SQLite files of codi's own: WAL, for the person alone, several processes at once. A file of an older version is copied
 * aside before it is brought up to date; one that is damaged is set aside, what is readable is carried over, and both
 * are said aloud.
 */
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
import { CodiError, errorMessage } from './errors.ts'

export interface DatabaseOptions {
  /** `:memory:` keeps nothing. */
  path: string
  /** What lies in it, as a person says it: `session store`. */
  name: string
  /** Each brings the tables from one version to the next; their number is the version. */
  migrations: readonly ((database: Database) => void)[]
  /** Tables whose rows are carried over from a damaged file, in this order. */
  tables: readonly string[]
  notice(text: string): void
}

const busyTimeoutMs = 5000

/** Throws a CodiError of kind `io` where it cannot be opened. */
export function openDatabase(options: DatabaseOptions): Database {
  const { path, name } = options
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return prepare(options)
  } catch (thrown) {
    if (isDamaged(thrown) && existsSync(path)) return replaceDamaged(options)
    if (thrown instanceof CodiError) throw thrown
    throw new CodiError('io', `Cannot open the ${name} ${path}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
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

function prepare(options: DatabaseOptions): Database {
  const { path, name } = options
  if (path !== ':memory:') makePrivate(path)
  const database = new Database(path, { create: true })
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = NORMAL')
    database.run('PRAGMA foreign_keys = ON')
    if (versionOf(database) > options.migrations.length)
      throw new CodiError('io', `The ${name} ${path} was written by a newer codi; update this one`)
    migrate(database, options)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** One process at a time: who waited finds it done. */
function migrate(database: Database, { path, name, migrations, notice }: DatabaseOptions): void {
  const found = versionOf(database)
  if (found === migrations.length) return
  if (found > 0 && path !== ':memory:') {
    const aside = `${path}.version-${found}`
    if (!existsSync(aside)) {
      database.query('VACUUM INTO ?').run(aside)
      notice(`The ${name} is brought up to date; as it was it lies in ${aside}`)
    }
  }
  const bringUp = database.transaction(() => {
    for (const step of migrations.slice(versionOf(database))) step(database)
    database.run(`PRAGMA user_version = ${migrations.length}`)
  })
  bringUp.immediate()
}

function versionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>('PRAGMA user_version').get()
  return row?.user_version ?? 0
}

function isDamaged(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false
  return thrown.code === 'SQLITE_CORRUPT' || thrown.code === 'SQLITE_NOTADB'
}

function replaceDamaged(options: DatabaseOptions): Database {
  const { path, name } = options
  const aside = `${path}.damaged-${Date.now()}`
  renameSync(path, aside)
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  const database = prepare(options)
  const rescued = rescue(aside, database, options.tables)
  options.notice(
    `The ${name} was damaged: it was set aside as ${aside}, and what could be read was carried over (${rescued})`,
  )
  return database
}

/** Copies every readable row; answers how many of each table. */
function rescue(from: string, to: Database, tables: readonly string[]): string {
  const counts = new Map(tables.map((table) => [table, 0]))
  try {
    const damaged = new Database(from, { readonly: true })
    try {
      for (const table of tables) {
        const rows = damaged.query<Record<string, SQLQueryBindings>, []>(`SELECT * FROM ${table}`)
        for (const row of rows.iterate()) {
          const names = Object.keys(row)
          to.query(
            `INSERT OR IGNORE INTO ${table} (${names.join(',')}) VALUES (${names.map(() => '?').join(',')})`,
          ).run(...Object.values(row))
          counts.set(table, (counts.get(table) ?? 0) + 1)
        }
      }
    } finally {
      damaged.close()
    }
  } catch {
    // As far as it could be read; the file is kept aside.
  }
  return [...counts].map(([table, count]) => `${count} ${table}`).join(', ')
}
