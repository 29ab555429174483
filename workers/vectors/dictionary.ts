/**
 * Terms and their ids while an update writes: read from the database on first sight, new ones numbered in memory and
 * written by `flush`. One updater at a time (lease.ts), so that no two give one number.
 */

import { splitWords } from './split-words.ts'
import { stem } from './stem.ts'
import type { SearchStore } from './store.ts'

export interface Dictionary {
  /** Ids of all words in an identifier or a text, in order. */
  idsOf(text: string): readonly number[]
  termOf(id: number): string
  /** Ids are below this. */
  size(): number
  /** Writes what is new; inside the transaction of the postings that use it. */
  flush(): void
}

const maxRemembered = 40_000
const maxRememberedChars = 40

export function createDictionary(
  store: SearchStore,
  { preload }: { preload: boolean },
): Dictionary {
  const ids = new Map<string, number>()
  const terms = new Map<number, string>()
  /** Words as they stand in code: stemming each once is enough. */
  const wordIds = new Map<string, number>()
  const identifiers = new Map<string, readonly number[]>()
  let fresh: string[] = []
  let next =
    (store.query<{ id: number | null }, []>('SELECT max(id) AS id FROM terms').get()?.id ?? 0) + 1
  const empty = next === 1
  const find = store.query<{ id: number }, [string]>('SELECT id FROM terms WHERE term = ?')
  const insert = store.query<never, [number, string]>('INSERT INTO terms (id, term) VALUES (?, ?)')
  if (preload && !empty)
    for (const { id, term } of store
      .query<{ id: number; term: string }, []>('SELECT id, term FROM terms')
      .iterate())
      remember(term, id)

  function remember(term: string, id: number): number {
    ids.set(term, id)
    terms.set(id, term)
    return id
  }

  function idOf(term: string): number {
    const known = ids.get(term)
    if (known !== undefined) return known
    const stored = preload || empty ? undefined : find.get(term)?.id
    if (stored !== undefined) return remember(term, stored)
    fresh.push(term)
    return remember(term, next++)
  }

  function idOfWord(word: string): number {
    let id = wordIds.get(word)
    if (id === undefined) {
      id = idOf(stem(word))
      if (wordIds.size >= maxRemembered) wordIds.clear()
      wordIds.set(word, id)
    }
    return id
  }

  return {
    idsOf(text) {
      const known = identifiers.get(text)
      if (known) return known
      const found = splitWords(text).map(idOfWord)
      if (text.length <= maxRememberedChars) {
        if (identifiers.size >= maxRemembered) identifiers.clear()
        identifiers.set(text, found)
      }
      return found
    },
    termOf: (id) => terms.get(id) ?? '',
    size: () => next,
    flush() {
      for (const term of fresh) insert.run(ids.get(term) ?? 0, term)
      fresh = []
    },
  }
}
