/**
 * The words of an identifier or a text. Scripts that put no space between words give each pair of neighbouring letters
 * instead, which is how their words are found without a dictionary.
 */
import { identifierWords } from '../../src/base/words.ts'

/** Longer ones are data, not words. */
const maxWordChars = 40
const scripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`
const unspaced = new RegExp(`[${scripts}]`, 'u')
const runs = new RegExp(`[${scripts}]+|[^${scripts}]+`, 'gu')

export function splitWords(text: string): string[] {
  const words = identifierWords(text)
  const split = unspaced.test(text) ? words.flatMap(splitRuns) : words
  return split.filter((word) => word.length <= maxWordChars)
}

function splitRuns(word: string): string[] {
  return (word.match(runs) ?? []).flatMap((run) => (unspaced.test(run) ? pairs(run) : [run]))
}

function pairs(run: string): string[] {
  const letters = [...run]
  if (letters.length < 2) return letters
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`)
}
