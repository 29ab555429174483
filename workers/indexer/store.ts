/**
 * The index database. Every write is one short IMMEDIATE transaction, so a kill costs at most one batch and two
 * processes can share it. A damaged database is set aside and begun anew; another version's is emptied.
 */
import { Database } from 'bun:sqlite'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import { indexSchema, indexSchemaVersion } from '../../src/contract/index-schema.ts'
import type { SkippedFile } from '../../src/contract/index-service.ts'
import { type FileWrite, type Query, removeFile, writeFile } from './write-file.ts'

export interface StoredFile {
  id: number
  path: string
  hash: string
  size: number
  mtime: string
}

export interface SkippedRow {
  reason: string
  size: number
  mtime: string
}

/** What one batch changes. */
export interface Batch {
  write: FileWrite[]
  /** The same content under another path. */
  move: { id: number; from: string; path: string; size: number; mtime: string }[]
  /** Same content, other time: only the stamp changes. */
  touch: { id: number; size: number; mtime: string }[]
  remove: { id: number; path: string }[]
  skip: { path: string; reason: string; size: number; mtime: string }[]
  unskip: string[]
}

export interface Totals {
  files: number
  symbols: number
  skipped: SkippedFile[]
}

export interface IndexStore {
  readonly database: Database
  readonly query: Query
  /** All, or those below a directory. */
  files(directory?: string): Map<string, StoredFile>
  file(path: string): StoredFile | undefined
  skipped(directory?: string): Map<string, SkippedRow>
  skippedFile(path: string): SkippedRow | undefined
  /** What an update tells in the end; kept until somebody writes. */
  totals(): Totals
  apply(batch: Batch): void
  /** Forgets everything; other processes that have it open see an empty index of a new epoch. */
  empty(): void
  transaction(run: () => void): void
  meta(key: string): string | undefined
  setMeta(key: string, value: string): void
  close(): void
}

const busyTimeoutMs = 10_000
/** Kept ready; questions with lists in them bring ever new ones. */
const maxStatements = 200
const maxJournalBytes = 4 * 1024 * 1024
/** Pages of the journal before they go into the database: the same ones are written again and again, a third less. */
const journalPages = 4_000
const tables = ['files', 'symbols', 'refs', 'bases', 'imports', 'skipped', 'meta']

/** Opens the database, making, emptying or replacing it as needed; `notice` hears what was set aside. */
export function openStore(path: string, notice: (text: string) => void): IndexStore {
  try {
    return createStore(openDatabase(path))
  } catch (thrown) {
    if (!isDamage(thrown)) throw wording(path, thrown)
    setAside(path, notice)
    try {
      return createStore(openDatabase(path))
    } catch (again) {
      throw wording(path, again)
    }
  }
}

/** True for the errors that SQLite gives for a file that is no intact database. */
export function isDamage(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

/** Moves a damaged database out of the way. */
export function setAside(path: string, notice: (text: string) => void): void {
  const aside = `${path}.damaged`
  for (const suffix of ['-wal', '-shm', '.lease']) rmSync(path + suffix, { force: true })
  if (existsSync(path)) renameSync(path, aside)
  notice(`The code index was damaged; it is now ${aside} and the index is built again`)
}

function openDatabase(path: string): Database {
  mkdirSync(dirname(path), { recursive: true })
  const database = new Database(path, { create: true })
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = NORMAL')
    database.run('PRAGMA temp_store = MEMORY')
    database.run(`PRAGMA journal_size_limit = ${maxJournalBytes}`)
    database.run(`PRAGMA wal_autocheckpoint = ${journalPages}`)
    database.run('PRAGMA cache_size = -8192')
    prepare(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** Another version's tables are dropped inside a transaction: a process that has them open sees all or nothing. */
function prepare(database: Database): void {
  if (versionOf(database) === indexSchemaVersion) return
  database
    .transaction(() => {
      if (versionOf(database) !== indexSchemaVersion) begin(database)
    })
    .immediate()
}

/** Empty tables of this version, inside the caller's transaction. */
function begin(database: Database): void {
  for (const table of tables) database.run(`DROP TABLE IF EXISTS ${table}`)
  database.run(indexSchema)
  const set = database.query('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  set.run('epoch', crypto.randomUUID())
  set.run('generation', '0')
  database.run(`PRAGMA user_version = ${indexSchemaVersion}`)
}

function versionOf(database: Database): number {
  return (
    database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
  )
}

function wording(path: string, thrown: unknown): CodiError {
  return new CodiError('io', `Cannot open the code index ${path}: ${errorMessage(thrown)}`, {
    cause: thrown,
  })
}

function createStore(database: Database): IndexStore {
  // Bun's own cache holds twenty statements; the tables of one file take more.
  const statements = new Map<string, ReturnType<typeof database.prepare>>()
  function query<Row, Values extends (string | number | null)[]>(sql: string) {
    let statement = statements.get(sql)
    if (!statement) {
      // Those in use somewhere live on until nobody holds them.
      if (statements.size >= maxStatements) statements.clear()
      statement = database.prepare(sql)
      statements.set(sql, statement)
    }
    return statement as ReturnType<typeof Database.prototype.query<Row, Values>>
  }

  function meta(key: string): string | undefined {
    return query<{ value: string }, [string]>('SELECT value FROM meta WHERE key = ?').get(key)
      ?.value
  }
  function setMeta(key: string, value: string): void {
    query('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, value)
  }

  let known: { state: string; totals: Totals } | undefined

  return {
    database,
    query,
    meta,
    setMeta,
    files(directory = '') {
      const { sql, values } = below(directory)
      const rows = query<StoredFile, string[]>(`${selectFile} ${sql}`).all(...values)
      return new Map(rows.map((row) => [row.path, row]))
    },
    file: (path) =>
      query<StoredFile, [string]>(`${selectFile} WHERE path = ?`).get(path) ?? undefined,
    skipped(directory = '') {
      const { sql, values } = below(directory)
      const rows = query<SkippedRow & { path: string }, string[]>(`${selectSkipped} ${sql}`)
      return new Map(rows.all(...values).map((row) => [row.path, row]))
    },
    skippedFile: (path) =>
      query<SkippedRow, [string]>(`${selectSkipped} WHERE path = ?`).get(path) ?? undefined,
    empty() {
      database.transaction(() => begin(database)).immediate()
    },
    transaction(run) {
      database.transaction(run).immediate()
    },
    totals() {
      // Both count up: one with the writes of others, one with those of this connection.
      const others = query<{ data_version: number }, []>('PRAGMA data_version').get()?.data_version
      const ours = query<{ changes: number }, []>('SELECT total_changes() AS changes').get()
        ?.changes
      const state = `${others} ${ours}`
      if (known?.state !== state) known = { state, totals: countAll(query) }
      return known.totals
    },
    apply(batch) {
      database
        .transaction(() => {
          const generation = Number(meta('generation') ?? '0') + 1
          for (const row of batch.remove) removeFile(query, row.id)
          const move = query<never, [string, number, string, number, number]>(
            'UPDATE files SET path = ?, size = ?, mtime = ?, generation = ? WHERE id = ?',
          )
          for (const row of batch.move) move.run(row.path, row.size, row.mtime, generation, row.id)
          for (const row of batch.write) writeFile(query, row, generation)
          const touch = query<never, [number, string, number]>(
            'UPDATE files SET size = ?, mtime = ? WHERE id = ?',
          )
          for (const row of batch.touch) touch.run(row.size, row.mtime, row.id)
          const unskip = query<never, [string]>('DELETE FROM skipped WHERE path = ?')
          for (const path of batch.unskip) unskip.run(path)
          const skip = query<never, [string, string, number, string]>(
            'INSERT OR REPLACE INTO skipped (path, reason, size, mtime) VALUES (?, ?, ?, ?)',
          )
          for (const row of batch.skip) skip.run(row.path, row.reason, row.size, row.mtime)
          if (batch.write.length + batch.remove.length + batch.move.length > 0) {
            setMeta('generation', String(generation))
            setMeta('resolved', '0')
          }
        })
        .immediate()
    },
    close() {
      for (const statement of statements.values()) statement.finalize()
      database.close()
    },
  }
}

function countAll(query: Query): Totals {
  const count = (table: string) =>
    query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
  return {
    files: count('files'),
    symbols: count('symbols'),
    skipped: query<SkippedFile, []>('SELECT path, reason FROM skipped ORDER BY path').all(),
  }
}

const selectFile = 'SELECT id, path, hash, size, mtime FROM files'
const selectSkipped = 'SELECT path, reason, size, mtime FROM skipped'

/** Paths below a directory as a range, for the index on paths; `0` comes right behind `/`. */
function below(directory: string): { sql: string; values: string[] } {
  if (directory === '') return { sql: '', values: [] }
  return { sql: 'WHERE path > ? AND path < ?', values: [`${directory}/`, `${directory}0`] }
}

/** What tells one content of a file from another. */
export function contentHash(bytes: Uint8Array): string {
  return Bun.hash.xxHash3(bytes).toString(16)
}
