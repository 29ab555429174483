/** The tables of vectors in the search database; vector-table.ts says what they mean. */
import type { Database } from 'bun:sqlite'

/** The row of `embedders` that is always there. */
export const builtinId = 0

/** An embedder's vectors have the ids from embedder × this on. */
export const idsPerEmbedder = 2 ** 40

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

interface Carried {
  key: string
  name: string
  options: string
  dimensions: number
  hash: string
  vector: Uint8Array
}

/**
 * What configured embedders gave, to be put into the tables when they have been made anew: it may have cost money, and
 * a text is the same text in every version of them. Nothing where the tables are of an age that is not known.
 */
export function carriedVectors(database: Database): () => void {
  let rows: Carried[]
  try {
    rows = database
      .query<Carried, []>(
        `SELECT e.key, e.name, e.options, e.dimensions, v.hash, v.vector
         FROM vectors v JOIN embedders e ON e.id = v.id / ${idsPerEmbedder} WHERE v.hash <> ''
         UNION ALL
         SELECT e.key, e.name, e.options, e.dimensions, s.hash, s.vector
         FROM spare_vectors s JOIN embedders e ON e.id = s.embedder`,
      )
      .all()
  } catch {
    rows = []
  }
  return () => {
    const addEmbedder = database.query(
      'INSERT OR IGNORE INTO embedders (key, name, options, dimensions, complete) VALUES (?, ?, ?, ?, 0)',
    )
    const addVector = database.query(
      `INSERT OR IGNORE INTO spare_vectors (embedder, hash, vector)
       SELECT id, ?, ? FROM embedders WHERE key = ?`,
    )
    for (const { key, name, options, dimensions, hash, vector } of rows) {
      addEmbedder.run(key, name, options, dimensions)
      addVector.run(hash, vector, key)
    }
  }
}
