/** The tables of the journal. Rows of changes are never rewritten but for what was there afterwards. */
import type { DatabaseOptions } from '../base/database.ts'

const first = `
CREATE TABLE steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  root TEXT NOT NULL,
  session TEXT,
  entry INTEGER,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  at INTEGER NOT NULL,
  refers TEXT NOT NULL,
  undone_by INTEGER,
  notes TEXT NOT NULL
);
CREATE INDEX steps_root ON steps(root, id);
CREATE INDEX steps_session ON steps(session, id);
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  step INTEGER NOT NULL REFERENCES steps(id) ON DELETE CASCADE,
  call TEXT NOT NULL,
  tool TEXT NOT NULL,
  command TEXT,
  path TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT,
  before_sha TEXT,
  after_sha TEXT,
  owner TEXT
);
CREATE INDEX changes_step ON changes(step, id);
CREATE INDEX changes_path ON changes(path, id);
CREATE INDEX changes_before ON changes(before_sha) WHERE before_sha IS NOT NULL;
CREATE INDEX changes_after ON changes(after_sha) WHERE after_sha IS NOT NULL;
CREATE INDEX changes_pending ON changes(owner) WHERE owner IS NOT NULL;
CREATE TABLE captures (
  id TEXT PRIMARY KEY,
  step INTEGER NOT NULL REFERENCES steps(id) ON DELETE CASCADE,
  call TEXT NOT NULL,
  tool TEXT NOT NULL,
  command TEXT NOT NULL,
  owner TEXT NOT NULL
);
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  root TEXT NOT NULL,
  session TEXT,
  entry INTEGER,
  name TEXT NOT NULL,
  automatic INTEGER NOT NULL,
  change INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE TABLE objects (
  sha TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
`

export const journalMigrations: DatabaseOptions['migrations'] = [(database) => database.run(first)]
