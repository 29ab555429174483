/**
 * The names of the functions that call a function: they say what it is for. Only where the name is nearly its own (at
 * most three functions have it), since calls are known by name.
 */
import type { Database } from 'bun:sqlite'

export interface Callers {
  of(name: string): readonly string[]
}

const maxNamesakes = 3
const maxCallers = 20
const nothing: readonly string[] = []

/** `index`: the symbol index. Answers are remembered, so it lives as long as one update. */
export function createCallers(index: Database): Callers {
  const known = new Map<string, readonly string[]>()
  const namesakes = index.query<{ count: number }, [string, string, number]>(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM symbols WHERE name = ? COLLATE NOCASE AND name = ?
         AND kind IN ('function', 'method') LIMIT ?)`,
  )
  const callers = index.query<{ name: string }, [string, string, number]>(
    `SELECT DISTINCT s.name FROM refs r JOIN symbols s ON s.id = r.symbol_id
     WHERE r.name = ? AND r.kind = 'call' AND s.name <> ? ORDER BY s.name LIMIT ?`,
  )
  return {
    of(name) {
      if (name === '') return nothing
      let found = known.get(name)
      if (!found) {
        const count = namesakes.get(name, name, maxNamesakes + 1)?.count ?? 0
        found =
          count > maxNamesakes
            ? nothing
            : callers.all(name, name, maxCallers).map((row) => row.name)
        known.set(name, found)
      }
      return found
    },
  }
}
