/**
 * The SQLite tables that the indexer writes and the vectors worker reads (read-only): the seam between the two, in
 * one place. Raising `indexSchemaVersion` makes the indexer rebuild; `user_version` holds it.
 *
 * `meta` holds `epoch` (a random text, new whenever the database starts anew), `generation` (grows with every write:
 * a reader that saw the same epoch and generation has nothing to do) and `updated_at` (ms since the epoch).
 */
export const indexSchemaVersion = 5

export const indexSchema = `
CREATE TABLE IF NOT EXISTS files (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,            -- relative to the root, with /
  hash TEXT NOT NULL,                   -- of the bytes, hex
  size INTEGER NOT NULL,
  mtime TEXT NOT NULL,                  -- ms with fraction; '' when too young to be trusted
  language TEXT NOT NULL,               -- '' for text without a grammar
  lines INTEGER NOT NULL,
  test INTEGER NOT NULL,                -- 1 for a file of tests, mocks or fixtures
  generation INTEGER NOT NULL           -- the write that brought it
);
CREATE TABLE IF NOT EXISTS symbols (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  name_line INTEGER NOT NULL,
  name_column INTEGER NOT NULL,         -- 1-based, in UTF-16 units
  container TEXT NOT NULL,
  signature TEXT NOT NULL,
  exported INTEGER NOT NULL,
  visibility TEXT NOT NULL,             -- public, protected, internal, private
  test INTEGER NOT NULL,                -- 1 inside a test file or a test module
  doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS symbols_file ON symbols(file_id);
CREATE INDEX IF NOT EXISTS symbols_name ON symbols(name COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS refs (
  file_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  line INTEGER NOT NULL,
  column INTEGER NOT NULL,              -- 1-based, in UTF-16 units
  receiver TEXT NOT NULL,               -- what stands before the name, joined with dots whatever the
                                        -- language writes (this, store, path.posix, open().rows); '' for none
  symbol_id INTEGER                     -- enclosing definition
);
CREATE INDEX IF NOT EXISTS refs_name ON refs(name);
CREATE INDEX IF NOT EXISTS refs_file ON refs(file_id);
CREATE TABLE IF NOT EXISTS bases (      -- what a type extends, implements, embeds or mixes in
  file_id INTEGER NOT NULL,
  symbol_id INTEGER NOT NULL,           -- the type that says so; an impl of Rust says it for the type that it is for
  name TEXT NOT NULL,                   -- last part of the base's name
  holder TEXT NOT NULL,                 -- what stands before that, as in refs.receiver
  kind TEXT NOT NULL,                   -- extends, implements, mixin
  line INTEGER NOT NULL,
  subject TEXT NOT NULL                 -- '', or the type's name when another file defines it; symbol_id is 0
                                        -- until such a type is found
);
CREATE INDEX IF NOT EXISTS bases_name ON bases(name);
CREATE INDEX IF NOT EXISTS bases_symbol ON bases(symbol_id);
CREATE INDEX IF NOT EXISTS bases_file ON bases(file_id);
CREATE TABLE IF NOT EXISTS imports (
  file_id INTEGER NOT NULL,
  specifier TEXT NOT NULL,
  names TEXT NOT NULL,                  -- what is taken, separated by spaces: name, name=alias, *, *=alias
  line INTEGER NOT NULL,
  reexport INTEGER NOT NULL,            -- 1 when what is taken is given on: export … from, pub use, __init__
  target_path TEXT                      -- the file it means, relative to the root; with a / at the end: a package
);
CREATE INDEX IF NOT EXISTS imports_file ON imports(file_id);
CREATE INDEX IF NOT EXISTS imports_target ON imports(target_path);
CREATE TABLE IF NOT EXISTS skipped (
  path TEXT PRIMARY KEY,                -- a whole directory ends with /
  reason TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
`
