/**
 * The SQLite tables that the indexer writes and the vectors worker reads (read-only): the seam between the two, in
 * one place. Raising `indexSchemaVersion` makes the indexer rebuild; `user_version` holds it.
 */
export const indexSchemaVersion = 1

export const indexSchema = `
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,            -- relative to the root, with /
  hash TEXT NOT NULL,                   -- of the bytes, hex
  size INTEGER NOT NULL,
  mtime_ns TEXT NOT NULL,
  language TEXT NOT NULL,               -- '' for text without a grammar
  lines INTEGER NOT NULL,
  generation INTEGER NOT NULL           -- grows with every write: readers ask for what is newer
);
CREATE INDEX IF NOT EXISTS files_generation ON files(generation);
CREATE TABLE IF NOT EXISTS removed (     -- deleted or renamed files, so that readers can follow
  file_id INTEGER NOT NULL,
  generation INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS symbols (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  container TEXT NOT NULL,
  signature TEXT NOT NULL,
  exported INTEGER NOT NULL,
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS symbols_file ON symbols(file_id);
CREATE INDEX IF NOT EXISTS symbols_name ON symbols(name COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS refs (
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  line INTEGER NOT NULL,
  symbol_id INTEGER                     -- enclosing definition
);
CREATE INDEX IF NOT EXISTS refs_name ON refs(name);
CREATE INDEX IF NOT EXISTS refs_file ON refs(file_id);
CREATE TABLE IF NOT EXISTS imports (
  file_id INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  specifier TEXT NOT NULL,
  line INTEGER NOT NULL,
  target_path TEXT                      -- the file it means, relative to the root
);
CREATE INDEX IF NOT EXISTS imports_file ON imports(file_id);
CREATE INDEX IF NOT EXISTS imports_target ON imports(target_path);
CREATE TABLE IF NOT EXISTS skipped (path TEXT PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
`
