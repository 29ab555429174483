/**
 * The search database: chunks with their words and vectors, word statistics, and FTS5 for candidates. Every write is
 * one short IMMEDIATE transaction. All of it can be built again, so a damaged or older database is simply replaced.
 */
import { Database } from 'bun:sqlite'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import { fieldNames } from './fields.ts'

/** Raised whenever chunks, stems, fields or the embedder change. */
const searchVersion = 2
const busyTimeoutMs = 10_000
const maxJournalBytes = 4 * 1024 * 1024

const fieldColumns = fieldNames.join(', ')
const ftsOptions = `${fieldColumns}, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0'`
const schema = `
CREATE TABLE docs (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  language TEXT NOT NULL,
  terms BLOB NOT NULL,                  -- term ids and their weight in the file
  length REAL NOT NULL                  -- sum of those weights
);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: it is the label of the vector
  doc_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  container TEXT NOT NULL,
  test INTEGER NOT NULL,
  name_stems TEXT NOT NULL,
  terms BLOB NOT NULL,                  -- see terms-blob.ts
  pairs BLOB NOT NULL,                  -- hashes of neighbouring stems
  vector BLOB NOT NULL                  -- int8
);
CREATE INDEX chunks_doc ON chunks(doc_id);
CREATE INDEX chunks_name ON chunks(name COLLATE NOCASE);
CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE, df INTEGER NOT NULL);
CREATE VIRTUAL TABLE code_words USING fts5(${ftsOptions});
CREATE VIRTUAL TABLE test_words USING fts5(${ftsOptions});
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
`

export type SqlValue = string | number | null | Uint8Array

export interface SearchStore {
  readonly database: Database
  query<Row, Values extends SqlValue[]>(
    sql: string,
  ): ReturnType<typeof Database.prototype.query<Row, Values>>
  transaction(run: () => void): void
  meta(key: string): string | undefined
  setMeta(key: string, value: string): void
  close(): void
}

export function openSearchStore(directory: string): SearchStore {
  const path = join(directory, 'search.db')
  try {
    mkdirSync(directory, { recursive: true })
    try {
      return createStore(openDatabase(path))
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      removeSearchDatabase(directory)
      return createStore(openDatabase(path))
    }
  } catch (thrown) {
    throw new CodiError('io', `Cannot open the search index ${path}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  }
}

export function isDamage(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

export function removeSearchDatabase(directory: string): void {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(directory, `search.db${suffix}`), { force: true })
}

function openDatabase(path: string): Database {
  const database = new Database(path, { create: true })
  try {
    database.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    database.run('PRAGMA journal_mode = WAL')
    database.run('PRAGMA synchronous = NORMAL')
    database.run('PRAGMA temp_store = MEMORY')
    database.run(`PRAGMA journal_size_limit = ${maxJournalBytes}`)
    database.run('PRAGMA cache_size = -8192')
    prepare(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function prepare(database: Database): void {
  if (versionOf(database) === searchVersion) return
  database
    .transaction(() => {
      const version = versionOf(database)
      if (version === searchVersion) return
      for (const table of ['docs', 'chunks', 'terms', 'code_words', 'test_words', 'meta'])
        database.run(`DROP TABLE IF EXISTS ${table}`)
      database.run(schema)
      const set = database.query('INSERT INTO meta (key, value) VALUES (?, ?)')
      set.run('epoch', crypto.randomUUID())
      set.run('version', '0')
      database.run(`PRAGMA user_version = ${searchVersion}`)
    })
    .immediate()
}

function versionOf(database: Database): number {
  return (
    database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
  )
}

function createStore(database: Database): SearchStore {
  const query = <Row, Values extends SqlValue[]>(sql: string) => database.query<Row, Values>(sql)
  return {
    database,
    query,
    transaction(run) {
      database.transaction(run).immediate()
    },
    meta(key) {
      return query<{ value: string }, [string]>('SELECT value FROM meta WHERE key = ?').get(key)
        ?.value
    },
    setMeta(key, value) {
      query<never, [string, string]>('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(
        key,
        value,
      )
    },
    close() {
      database.close()
    },
  }
}
