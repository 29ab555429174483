/**
 * The search database: chunks, segments of postings (segment.ts), terms, vectors. Every write is one short IMMEDIATE
 * transaction. All of it can be built again, so a damaged or older database is simply replaced.
 */
import { Database } from 'bun:sqlite'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import { carriedVectors, vectorSchema, vectorTableNames } from './vector-schema.ts'

/** Raised whenever chunks, stems, fields or the embedder change. */
const searchVersion = 8
const busyTimeoutMs = 10_000
const maxJournalBytes = 4 * 1024 * 1024

const schema = `
CREATE TABLE docs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,                   -- '' when it must be counted again
  language TEXT NOT NULL,
  segment INTEGER NOT NULL,             -- where its chunks are; 0: nowhere
  calls BLOB NOT NULL                   -- sorted hashes of the names that it calls
);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: it is the label of the vector
  doc_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_hash INTEGER NOT NULL,           -- see names.ts
  container TEXT NOT NULL,
  hash INTEGER NOT NULL,                -- of all that a vector is made of
  callers INTEGER NOT NULL              -- hash of the callers' names that were counted
);
CREATE INDEX docs_marked ON docs(path) WHERE hash = '';
CREATE INDEX chunks_doc ON chunks(doc_id);
CREATE INDEX chunks_name ON chunks(name_hash);
CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,
  chunks INTEGER NOT NULL,
  columns BLOB NOT NULL,
  terms BLOB NOT NULL
);
CREATE TABLE postings (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE dead (                     -- files of a segment that are no longer in it
  segment INTEGER NOT NULL,
  doc_id INTEGER NOT NULL,
  chunks INTEGER NOT NULL,              -- how many it had there
  PRIMARY KEY (segment, doc_id)
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
${vectorSchema}`
const tableNames = [
  ...['docs', 'chunks', 'terms', 'segments', 'postings', 'dead', 'meta'],
  // Of older versions.
  ...['code_words', 'test_words'],
  ...vectorTableNames,
]

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
    database.run('PRAGMA auto_vacuum = INCREMENTAL')
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
      const putBack = carriedVectors(database)
      for (const table of tableNames) database.run(`DROP TABLE IF EXISTS ${table}`)
      database.run(schema)
      putBack()
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
