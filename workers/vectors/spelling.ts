/**
 * How alike two words are written: Dice of their trigrams, or .7 for an abbreviation (`cfg` of `config`). A word is
 * first made a `Spelling`, which costs more than comparing two.
 */

export interface Spelling {
  word: string
  /** Distinct trigrams of `<word>`, as numbers. */
  grams: readonly number[]
  /** A bit for each trigram: two words without a common bit share none. */
  bits: number
}

const abbreviationLikeness = 0.7

export function spellingOf(word: string): Spelling {
  const marked = `<${word}>`
  const grams: number[] = []
  let bits = 0
  for (let at = 0; at + 3 <= marked.length; at++) {
    const gram =
      (marked.charCodeAt(at) * 31 + marked.charCodeAt(at + 1)) * 1021 + marked.charCodeAt(at + 2)
    if (grams.includes(gram)) continue
    grams.push(gram)
    bits |= 1 << (Math.imul(gram, 0x9e3779b1) >>> 27)
  }
  return { word, grams, bits }
}

/** 0 to 1; `name` may be short for `word`, not the reverse. */
export function likeness(word: Spelling, name: Spelling): number {
  if (isAbbreviation(name.word, word.word)) return abbreviationLikeness
  if ((word.bits & name.bits) === 0) return 0
  let shared = 0
  for (const gram of word.grams) if (name.grams.includes(gram)) shared++
  const total = word.grams.length + name.grams.length
  return total === 0 ? 0 : (2 * shared) / total
}

/** Three or more letters, in order, the first the same, and either its beginning or ending as it does. */
function isAbbreviation(short: string, word: string): boolean {
  if (short.length < 3 || short.length >= word.length) return false
  if (short.charCodeAt(0) !== word.charCodeAt(0)) return false
  if (word.startsWith(short)) return true
  if (short.charCodeAt(short.length - 1) !== word.charCodeAt(word.length - 1)) return false
  let at = 0
  for (const char of short) {
    at = word.indexOf(char, at) + 1
    if (at === 0) return false
  }
  return true
}
