/**
 * All names of symbols, kept in memory from the first fuzzy question until the index changes, each with the set of its
 * letters: most names lack a letter that was asked for and need no closer look.
 */
import type { IndexStore } from './store.ts'

export interface NameTable {
  /** Names that may be like the query: every letter of it is there, or nearly every. */
  candidates(store: IndexStore, query: string): string[]
}

/** Share of letters that a misspelt name may lack; below the closeness that find.ts asks for. */
const maxMissingShare = 0.3

export function createNameTable(): NameTable {
  let stamp = ''
  let names: string[] = []
  let letters = new Int32Array()

  function read(store: IndexStore): void {
    const now = `${store.meta('epoch')} ${store.meta('generation')}`
    if (now === stamp) return
    names = (
      store.query<[string], []>('SELECT DISTINCT name FROM symbols').values() as [string][]
    ).map(([name]) => name)
    letters = Int32Array.from(names, letterSet)
    stamp = now
  }

  return {
    candidates(store, query) {
      read(store)
      const wanted = letterSet(query.replace(/[-_\s$#]/g, ''))
      const allowed = Math.floor(countBits(wanted) * maxMissingShare)
      return names.filter((_, at) => countBits(wanted & ~(letters[at] ?? 0)) <= allowed)
    },
  }
}

/** One bit a letter of the alphabet, one a digit of three, one for everything else. */
function letterSet(name: string): number {
  let set = 0
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at) | 32
    if (code >= 97 && code <= 122) set |= 1 << (code - 97)
    else if (code >= 48 && code <= 57) set |= 1 << (26 + ((code - 48) >> 1))
    else set |= 1 << 31
  }
  return set
}

function countBits(set: number): number {
  let bits = set - ((set >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
