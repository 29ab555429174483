/** The tables of vectors in the search database; vector-table.ts says what they mean. */

/** The row of `embedders` that is always there. */
export const builtinId = 0

export const vectorTableNames = ['embedders', 'vectors', 'spare_vectors', 'vector_changes']

export const vectorSchema = `
CREATE TABLE embedders (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,             -- vectors under one key may be compared with each other
  name TEXT NOT NULL,                   -- as people write it: ollama/nomic-embed-text
  options TEXT NOT NULL,                -- JSON: how its questions are asked, without the key
  dimensions INTEGER NOT NULL,          -- 0: not known yet
  complete INTEGER NOT NULL             -- 1 once every chunk had a vector: searches may use it from then on
);
INSERT INTO embedders VALUES (${builtinId}, 'builtin', 'builtin', '{}', 0, 1);
CREATE TABLE vectors (
  id INTEGER PRIMARY KEY,               -- embedder and chunk in one number: one look-up a vector
  hash TEXT NOT NULL,                   -- of the text that was embedded; '' for the built-in embedder
  vector BLOB NOT NULL                  -- int8
);
CREATE INDEX vectors_text ON vectors(hash) WHERE hash <> '';
CREATE TABLE spare_vectors (            -- of chunks that are gone, for the same text
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  embedder INTEGER NOT NULL,
  hash TEXT NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE (embedder, hash)
);
CREATE TABLE vector_changes (           -- the newest rows only; a reader that is further behind compares everything
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  embedder INTEGER NOT NULL,
  chunk_id INTEGER NOT NULL
);
`
