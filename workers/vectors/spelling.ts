/** How alike two words are written: Dice of trigrams, or .7 for an abbreviation (`cfg` of `config`). */

/** Remembers what it compared; for one question. */
export function createLikeness(): (word: string, name: string) => number {
  const known = new Map<string, Map<string, number>>()
  const grams = new Map<string, Set<string>>()
  const gramsOf = (word: string) => {
    let result = grams.get(word)
    if (!result) {
      const marked = `<${word}>`
      result = new Set()
      for (let index = 0; index + 3 <= marked.length; index++)
        result.add(marked.slice(index, index + 3))
      grams.set(word, result)
    }
    return result
  }
  return (word, name) => {
    let row = known.get(word)
    if (!row) {
      row = new Map()
      known.set(word, row)
    }
    let result = row.get(name)
    if (result === undefined) {
      result = isAbbreviation(name, word) ? 0.7 : dice(gramsOf(word), gramsOf(name))
      row.set(name, result)
    }
    return result
  }
}

function dice(left: Set<string>, right: Set<string>): number {
  let shared = 0
  for (const gram of left) if (right.has(gram)) shared++
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size)
}

/** Three or more letters, in order, the first the same, and either its beginning or ending as it does. */
function isAbbreviation(short: string, word: string): boolean {
  if (short.length < 3 || short.length >= word.length || short[0] !== word[0]) return false
  if (word.startsWith(short)) return true
  if (short.at(-1) !== word.at(-1)) return false
  let at = 0
  for (const char of short) {
    at = word.indexOf(char, at) + 1
    if (at === 0) return false
  }
  return true
}
