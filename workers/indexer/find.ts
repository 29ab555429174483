/**
 * Ranks symbol names against what was typed: the name itself, its beginning, its sub-words, a part of it, its
 * initials, letters in order, and last a name spelled almost so.
 */
import { similarity } from '../../src/base/closest.ts'
import { identifierWords } from '../../src/base/words.ts'

/** 0 for no match, 1 for the very name. */
export type NameScorer = (name: string) => number

const minCloseness = 0.72

export function createNameScorer(query: string): NameScorer {
  const wanted = query.toLowerCase()
  const folded = wanted.replace(/[-_\s$#]/g, '')
  const words = identifierWords(query)
  return (name) => {
    if (name === query) return 1
    const lower = name.toLowerCase()
    if (lower === wanted) return 0.97
    const plain = lower.replace(/[-_$#]/g, '')
    if (plain === folded) return 0.95
    if (folded === '') return 0
    // Longer names say less about the match.
    const share = folded.length / Math.max(plain.length, folded.length)
    if (plain.startsWith(folded)) return 0.8 + 0.1 * share
    // Splitting a name into words costs the most: only for names that have the letters in this order, or the words.
    const inLetters = folded.length <= 24 && holdsInOrder(folded, plain)
    const inWords = words.length > 0 && words.every((word) => lower.includes(word))
    const nameWords = inLetters || inWords ? identifierWords(name) : []
    if (inWords && inOrder(words, nameWords)) return 0.7 + 0.1 * share
    if (plain.includes(folded)) return 0.6 + 0.1 * share
    if (inWords && words.length > 1 && anyOrder(words, nameWords)) return 0.55 + 0.05 * share
    if (inLetters && folded.length >= 2 && nameWords.map((word) => word[0]).join('') === folded)
      return 0.55
    if (inLetters && folded.length >= 3 && isWalk(folded, nameWords)) return 0.5 + 0.05 * share
    if (folded.length >= 4 && Math.abs(plain.length - folded.length) <= 3) {
      const close = similarity(plain, folded)
      if (close >= minCloseness) return 0.35 + 0.2 * close
    }
    if (folded.length >= 4 && share >= 0.35 && isSubsequence(folded, plain))
      return 0.25 + 0.2 * share
    return 0
  }
}

/** Each query word begins a name word, in the same order. */
function inOrder(words: string[], nameWords: string[]): boolean {
  let next = 0
  for (const word of nameWords) {
    const wanted = words[next]
    if (wanted !== undefined && word.startsWith(wanted)) next++
  }
  return next === words.length
}

function anyOrder(words: string[], nameWords: string[]): boolean {
  return words.every((wanted) => nameWords.some((word) => word.startsWith(wanted)))
}

/** The letters are beginnings of the name's words, one after the other: `symdef` of `getSymbolDefinition`. */
function isWalk(letters: string, words: string[]): boolean {
  if (letters === '') return true
  const [word, ...rest] = words
  if (word === undefined) return false
  let shared = 0
  while (shared < word.length && word[shared] === letters[shared]) shared++
  for (let taken = shared; taken > 0; taken--) if (isWalk(letters.slice(taken), rest)) return true
  return isWalk(letters, rest)
}

function holdsInOrder(part: string, whole: string): boolean {
  let at = 0
  for (const char of part) {
    at = whole.indexOf(char, at) + 1
    if (at === 0) return false
  }
  return true
}

function isSubsequence(part: string, whole: string): boolean {
  return part[0] === whole[0] && holdsInOrder(part, whole)
}

/** `Class.method`, `Class#method`, `mod::name`, `pkg->name` as container and name. */
export function splitQualified(query: string): { container: string; name: string } {
  const trimmed = query.trim().replace(/\(.*\)$/s, '')
  const parts = trimmed.split(/\.|::|->|#(?=\w)/).filter((part) => part !== '')
  if (parts.length < 2) return { container: '', name: trimmed.replace(/^#(?=\w)/, '#') }
  return { container: parts.slice(0, -1).join('.'), name: parts.at(-1) ?? '' }
}
