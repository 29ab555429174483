/** From text to stems, the same way for code and for questions, so that their statistics agree. */
import { splitWords } from './split-words.ts'
import { stem } from './stem.ts'
import { kinOf } from './synonyms.ts'

export interface Stemmer {
  /** Stems of all words in an identifier or a text, in order. */
  stems(text: string): string[]
}

const maxRemembered = 40_000
const maxRememberedChars = 40

/** Remembers stems: code repeats its words. */
export function createStemmer(): Stemmer {
  const known = new Map<string, string>()
  const identifiers = new Map<string, string[]>()
  function stemOf(word: string): string {
    let result = known.get(word)
    if (result === undefined) {
      result = stem(word)
      if (known.size >= maxRemembered) known.clear()
      known.set(word, result)
    }
    return result
  }
  return {
    stems(text) {
      let result = identifiers.get(text)
      if (!result) {
        result = splitWords(text).map(stemOf)
        if (text.length <= maxRememberedChars) {
          if (identifiers.size >= maxRemembered) identifiers.clear()
          identifiers.set(text, result)
        }
      }
      return result
    },
  }
}

/** Words of questions that say nothing about code. */
const stopWords = new Set(
  (
    'a about all also am an and any are as at be been but by can could did do does doing done for from get gets give ' +
    'had has have he her here hers him his how i if in into is it its itself just like me more most my of on or our ' +
    'out over please she should show so some such tell than that the their them then there these they this those ' +
    'through to too under up us very was we were what when where which while who whom why will with would you your ' +
    'find code happen happens handle handled handles handling work works working implemented implement defined define ' +
    'located used use uses using'
  ).split(' '),
)

export interface QuestionWord {
  stem: string
  /** Stems of other words for it, each with what it counts of the word itself. */
  kin: { stem: string; share: number }[]
}

/** The distinct words of a question, stop words and single letters left out unless nothing else is there. */
export function questionWords(stemmer: Stemmer, text: string): QuestionWord[] {
  const kept = new Map<string, QuestionWord>()
  const all = new Map<string, QuestionWord>()
  for (const word of splitWords(text)) {
    const [stemmed] = stemmer.stems(word)
    if (stemmed === undefined) continue
    const kin = kinOf(word).flatMap((other) =>
      stemmer.stems(other.word).map((stem) => ({ stem, share: other.share })),
    )
    const entry = { stem: stemmed, kin: kin.filter((other) => other.stem !== stemmed) }
    all.set(stemmed, entry)
    if (!stopWords.has(word) && (word.length > 1 || !/[a-z]/.test(word))) kept.set(stemmed, entry)
  }
  return [...(kept.size > 0 ? kept : all).values()]
}

/** Names that stand in a question as in code: `runProgram`, `max_turns`, `Store.open`, anything in backticks. */
export function questionNames(text: string): string[] {
  const names = new Set<string>()
  for (const [, quoted] of text.matchAll(/`([^`\s]+)`/g)) if (quoted) addParts(names, quoted)
  for (const [token] of text.matchAll(/[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*/g)) {
    const codeLike = /[a-z][A-Z]|[A-Z]{2}[a-z]|_|\$|\w(?:\.|::|#|->)\w/.test(token)
    if (codeLike && !/^(?:e\.g|i\.e)$/i.test(token)) addParts(names, token)
  }
  const only = /^\s*([A-Za-z_$][\w$]*)\s*$/.exec(text)?.[1]
  if (only) names.add(only)
  return [...names]
}

function addParts(names: Set<string>, token: string): void {
  const parts = token.replace(/\(.*$/, '').split(/\.|::|#|->/)
  const last = parts.at(-1)
  if (last && last.length > 1) names.add(last)
}

/** Files that a question names: `loop.ts`, `src/agent/loop.ts`. */
export function questionPaths(text: string): string[] {
  const tokens = text.match(/[\w@./-]*[\w-](?:\/|\.[A-Za-z]\w{0,9}\b)[\w./-]*/g) ?? []
  return tokens
    .map((token) => token.replace(/^\.?\//, '').replace(/[./]+$/, ''))
    .filter((token) => token.includes('/') || /\.\w{1,10}$/.test(token))
}
