/** Writes files into the search database and takes them out, keeping the word statistics in step. */
import type { Chunk } from './chunk.ts'
import { type ChunkWords, fieldNames } from './fields.ts'
import type { SearchStore } from './store.ts'
import { decodeChunkTerms, encodeChunkTerms, encodeFileTerms, encodePairs } from './terms-blob.ts'

export interface CountedChunk {
  chunk: Chunk
  words: ChunkWords
  vector: Int8Array
}

/** To be used inside transactions, each ended by `flush`. Removing answers how many chunks went. */
export interface Posting {
  removeDoc(id: number): number
  removePath(path: string): number
  addDoc(file: { path: string; hash: string; language: string }, chunks: CountedChunk[]): number
  flush(): void
}

export function createPosting(store: SearchStore): Posting {
  /** Ids of terms seen in this transaction; another process may add terms between two. */
  let ids = new Map<string, number>()
  let growth = new Map<number, number>()

  const grow = (id: number, by: number) => growth.set(id, (growth.get(id) ?? 0) + by)
  const findTerm = store.query<{ id: number }, [string]>('SELECT id FROM terms WHERE term = ?')
  const insertTerm = store.query<{ id: number }, [string]>(
    'INSERT INTO terms (term, df) VALUES (?, 0) RETURNING id',
  )
  function termId(term: string): number {
    let id = ids.get(term)
    if (id === undefined) {
      id = (findTerm.get(term) ?? insertTerm.get(term))?.id ?? 0
      ids.set(term, id)
    }
    return id
  }

  function removeDoc(docId: number): number {
    const chunks = store
      .query<{ id: number; terms: Uint8Array; test: number }, [number]>(
        'SELECT id, terms, test FROM chunks WHERE doc_id = ?',
      )
      .all(docId)
    for (const chunk of chunks) {
      for (const id of decodeChunkTerms(chunk.terms).ids) grow(id, -1)
      store
        .query<never, [number]>(
          `DELETE FROM ${chunk.test ? 'test_words' : 'code_words'} WHERE rowid = ?`,
        )
        .run(chunk.id)
    }
    store.query<never, [number]>('DELETE FROM chunks WHERE doc_id = ?').run(docId)
    store.query<never, [number]>('DELETE FROM docs WHERE id = ?').run(docId)
    return chunks.length
  }

  function addChunk(docId: number, { chunk, words, vector }: CountedChunk): void {
    const terms = [...words.terms].map(([term, { weight, fields }]) => ({
      id: termId(term),
      weight,
      fields,
    }))
    for (const term of terms) grow(term.id, 1)
    const inserted = store
      .query<
        { id: number },
        [
          number,
          number,
          number,
          string,
          string,
          string,
          number,
          string,
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ]
      >(
        `INSERT INTO chunks (doc_id, line, end_line, kind, name, container, test, name_stems,
           terms, pairs, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      )
      .get(
        docId,
        chunk.line,
        chunk.endLine,
        chunk.kind,
        chunk.name,
        chunk.container,
        chunk.test ? 1 : 0,
        words.fields.name.join(' '),
        encodeChunkTerms(terms),
        encodePairs(words.pairs),
        new Uint8Array(vector.buffer),
      )
    if (!inserted) return
    store
      .query<never, (number | string)[]>(
        `INSERT INTO ${chunk.test ? 'test_words' : 'code_words'} (rowid, ${fieldNames.join(', ')})
         VALUES (?${', ?'.repeat(fieldNames.length)})`,
      )
      .run(inserted.id, ...fieldNames.map((field) => words.fields[field].join(' ')))
  }

  return {
    removeDoc,
    removePath(path) {
      const doc = store
        .query<{ id: number }, [string]>('SELECT id FROM docs WHERE path = ?')
        .get(path)
      return doc ? removeDoc(doc.id) : 0
    },
    addDoc(file, chunks) {
      const weights = new Map<number, number>()
      let length = 0
      for (const { words } of chunks)
        for (const [term, { fileWeight }] of words.terms) {
          if (fileWeight === 0) continue
          const id = termId(term)
          weights.set(id, (weights.get(id) ?? 0) + fileWeight)
          length += fileWeight
        }
      const doc = store
        .query<{ id: number }, [string, string, string, Uint8Array, number]>(
          `INSERT INTO docs (path, hash, language, terms, length)
           VALUES (?, ?, ?, ?, ?) RETURNING id`,
        )
        .get(
          file.path,
          file.hash,
          file.language,
          encodeFileTerms([...weights].map(([id, weight]) => ({ id, weight }))),
          length,
        )
      if (doc) for (const chunk of chunks) addChunk(doc.id, chunk)
      return chunks.length
    },
    flush() {
      const update = store.query<never, [number, number]>(
        'UPDATE terms SET df = df + ? WHERE id = ?',
      )
      for (const [id, by] of growth) if (by !== 0) update.run(by, id)
      ids = new Map()
      growth = new Map()
      store.setMeta('version', String(Number(store.meta('version') ?? '0') + 1))
    },
  }
}
