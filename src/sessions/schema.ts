/**
 * The tables of the session store. `entries` is the truth and is only ever added to; `sessions` follows from it, and
 * `words` (the search index) is brought up to it by whoever searches. `drafts` is what is being streamed.
 */
import type { DatabaseOptions } from '../base/database.ts'

const first = `
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY,
  cwd TEXT NOT NULL,
  label TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  head INTEGER,
  draft TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS sessions_updated ON sessions(updated_at);
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  parent INTEGER,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_session ON entries(session_id, id);
`

/** The search index; it is made anew where it is damaged. */
export const wordsTable =
  "CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1, tokenize='trigram')"

/** Ids count within a session from here on; those that were given keep their number. */
const second = `
ALTER TABLE entries RENAME TO entries_1;
ALTER TABLE sessions RENAME TO sessions_1;
DROP INDEX entries_session;
DROP INDEX sessions_updated;
CREATE TABLE entries (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL,
  id INTEGER NOT NULL,
  parent INTEGER,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX entries_id ON entries(session_id, id);
CREATE INDEX entries_kind ON entries(session_id, kind, id);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  cwd TEXT NOT NULL DEFAULT '',
  provider TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  label TEXT NOT NULL DEFAULT '',
  first_prompt TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_row INTEGER NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0,
  prompts INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  unpriced INTEGER NOT NULL DEFAULT 0,
  cost REAL,
  bytes INTEGER NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0,
  forked_from TEXT,
  forked_entry INTEGER,
  imported_program TEXT,
  imported_id TEXT
);
CREATE INDEX sessions_last ON sessions(last_row);
CREATE INDEX sessions_cwd ON sessions(cwd, last_row);
CREATE INDEX sessions_imported ON sessions(imported_program, imported_id);
CREATE TABLE drafts (
  session_id TEXT NOT NULL,
  part INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (session_id, part)
);
CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO entries (session_id, id, parent, at, kind, body)
  SELECT s.id, 0, NULL, s.created_at, 'session',
    json_object('type', 'session', 'cwd', s.cwd, 'provider', s.provider, 'model', s.model)
  FROM sessions_1 s ORDER BY s.rowid;
INSERT INTO entries (session_id, id, parent, at, kind, body)
  SELECT e.session_id, e.id, e.parent, e.at,
    CASE WHEN NOT json_valid(e.body) THEN 'unreadable'
      ELSE coalesce(json_extract(e.body, '$.message.role'), json_extract(e.body, '$.type'), 'unreadable') END,
    e.body
  FROM entries_1 e ORDER BY e.id;
INSERT INTO drafts (session_id, part, text) SELECT id, 0, draft FROM sessions_1 WHERE draft <> '';
INSERT INTO notes (key, value) VALUES ('rebuild', 'sessions');
DROP TABLE entries_1;
DROP TABLE sessions_1;
`

export const sessionMigrations: DatabaseOptions['migrations'] = [
  (database) => database.run(first),
  (database) => {
    database.run(second)
    database.run(wordsTable)
  },
]

/** What cannot be made again from the rest. */
export const truthTables = ['entries', 'drafts'] as const
