/**
 * SQLite files of codi's own: WAL, for the person alone, several processes at once. A file of an older version is copied
 * aside before it is brought up to date; one that is damaged is set aside, what is readable is carried over, and both
 * are said aloud.
 */
import { Database } from 'bun:sqlite'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { busyTimeoutMs } from './database-read.ts'
import { rescue } from './database-rescue.ts'
import { CodiError, errorMessage } from './errors.ts'
import { holdFileLock } from './file-lock.ts'

export interface DatabaseOptions {
  /** `:memory:` keeps nothing. */
  path: string
  /** What lies in it, as a person says it: `session store`. */
  name: string
  /** Each brings the tables from one version to the next; their number is the version. */
  migrations: readonly ((database: Database) => void)[]
  /** Tables whose rows are carried over from a damaged file, in this order. */
  tables: readonly string[]
  /** `power-cut`: what was committed is there after one, too; unless told it is only there after a crash of codi. */
  survives?: 'crash' | 'power-cut'
  /**
   * After rows were carried over, but for so many (infinite where that cannot be told): makes again what follows from
   * them. Answers what more to say.
   */
  rescued?(database: Database, unread: number): string | undefined
  notice(text: string): void
}

/** Another process that found the same damage is waited for as long. */
const replaceLimitMs = 10_000

/** Throws a CodiError of kind `io` where it cannot be opened. */
export function openDatabase(options: DatabaseOptions): Database {
  const { path } = options
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return prepare(options)
  } catch (thrown) {
    if (isDamaged(thrown) && existsSync(path)) return replaceDamaged(options, fileIdentity(path))
    throw unopened(options, thrown)
  }
}

/** Tells files of one name apart: another process may have put a new one in place. Undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  if (path === ':memory:') return path
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

export function isDamaged(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (thrown.cause !== undefined && isDamaged(thrown.cause)) return true
  if (!('code' in thrown)) return false
  // Of a search index alone is made again by whoever has one.
  return /^SQLITE_(CORRUPT(?!_VTAB)|NOTADB)/.test(String(thrown.code))
}

/**
 * Sets the file aside and answers a new one with all that could be read. One process at a time: who finds that it is
 * another file than `damaged` by now opens that one.
 */
export function replaceDamaged(options: DatabaseOptions, damaged: string | undefined): Database {
  const { path, name } = options
  const lock = waitForLock(`${path}.replacing`)
  try {
    if (fileIdentity(path) !== damaged) return prepare(options)
    const aside = freeName(`${path}.damaged-${Date.now()}`)
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
    const database = prepare({ ...options, notice: () => undefined })
    const { text, unread } = rescue(aside, database, options.tables)
    const more = options.rescued?.(database, unread)
    options.notice(
      `The ${name} was damaged: it was set aside as ${aside}, and what could be read was carried over (${text}${more ? `; ${more}` : ''})`,
    )
    return database
  } catch (thrown) {
    throw unopened(options, thrown)
  } finally {
    rmSync(`${path}.replacing`, { force: true })
    lock?.release()
  }
}

function waitForLock(path: string) {
  const until = performance.now() + replaceLimitMs
  for (;;) {
    const lock = holdFileLock(path)
    if (lock) return lock
    if (performance.now() > until) return undefined
    Bun.sleepSync(20)
  }
}

function freeName(wanted: string): string {
  for (let count = 0; ; count++) {
    const name = count === 0 ? wanted : `${wanted}-${count}`
    if (!existsSync(name)) return name
  }
}

function unopened({ path, name }: DatabaseOptions, thrown: unknown): CodiError {
  if (thrown instanceof CodiError) return thrown
  return new CodiError('io', `Cannot open the ${name} ${path}: ${errorMessage(thrown)}`, {
    cause: thrown,
  })
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
    database.run(`PRAGMA synchronous = ${options.survives === 'power-cut' ? 'FULL' : 'NORMAL'}`)
    database.run('PRAGMA foreign_keys = ON')
    if (versionOf(database) > options.migrations.length)
      throw new CodiError(
        'unsupported',
        `The ${name} ${path} was written by a newer codi; update this one, or set CODI_HOME to another directory`,
      )
    migrate(database, options)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** One process at a time: who waited finds it done. */
function migrate(database: Database, options: DatabaseOptions): void {
  const { path, migrations } = options
  const found = versionOf(database)
  if (found === migrations.length) return
  if (found > 0 && path !== ':memory:') copyAside(database, options, found)
  const bringUp = database.transaction(() => {
    for (const step of migrations.slice(versionOf(database))) step(database)
    database.run(`PRAGMA user_version = ${migrations.length}`)
  })
  bringUp.immediate()
}

/** Under its name it is whole: a crash leaves at most a temporary file, which the next try replaces. */
function copyAside(database: Database, { path, name, notice }: DatabaseOptions, version: number) {
  const aside = `${path}.version-${version}`
  if (existsSync(aside)) return
  const temporary = `${aside}.tmp-${process.pid}`
  rmSync(temporary, { force: true })
  try {
    database.query('VACUUM INTO ?').run(temporary)
    chmodSync(temporary, 0o600)
    renameSync(temporary, aside)
  } finally {
    rmSync(temporary, { force: true })
  }
  notice(`The ${name} is brought up to date; as it was it lies in ${aside}`)
}

function versionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>('PRAGMA user_version').get()
  return row?.user_version ?? 0
}
