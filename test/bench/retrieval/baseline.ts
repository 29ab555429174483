/**
 * Plain FTS5 BM25 over the same chunks: name 3, text 1, path 1, any word of the question, the same splitting and stems.
 * What a careful person would build in an afternoon.
 */
import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStemmer, questionWords } from '../../../workers/vectors/words.ts'
import type { Place } from './indexed.ts'

export interface Baseline {
  /** Ids of the places, best first. */
  search(text: string): number[]
  close(): void
}

const answers = 100

export function openBaseline(root: string, places: Iterable<Place>): Baseline {
  const stemmer = createStemmer()
  const database = new Database(':memory:')
  database.run(
    `CREATE VIRTUAL TABLE words USING fts5(name, body, path, tokenize='unicode61 remove_diacritics 0')`,
  )
  const insert = database.prepare('INSERT INTO words (rowid, name, body, path) VALUES (?, ?, ?, ?)')
  const stems = (text: string) => stemmer.stems(text).join(' ')
  const files = new Map<string, string[]>()
  const linesOf = (path: string) => {
    const lines = files.get(path) ?? readFileSync(join(root, path), 'utf8').split('\n')
    files.set(path, lines)
    return lines
  }
  database.transaction(() => {
    for (const { id, path, line, endLine, name } of places) {
      const text = linesOf(path)
        .slice(line - 1, endLine)
        .join('\n')
      insert.run(id, stems(name), stems(text), stems(path))
    }
  })()
  const find = database.query<{ id: number }, [string]>(
    `SELECT rowid AS id FROM words WHERE words MATCH ?
     ORDER BY bm25(words, 3, 1, 1), rowid LIMIT ${answers}`,
  )
  return {
    search(text) {
      const words = questionWords(stemmer, text).map((word) => `"${word.stem}"`)
      return words.length === 0 ? [] : find.all(words.join(' OR ')).map((row) => row.id)
    },
    close: () => database.close(),
  }
}
