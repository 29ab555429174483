/**
 * Training pairs: the stems of a doc sentence and the stems of what it describes, by the same lexer and stemmer that
 * the search uses. One sentence on one name counts once, however many builds of a package repeat it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { lex } from '../lexer.ts'
import type { Stemmer } from '../words.ts'
import {
  type DocumentedName,
  documentedNames,
  firstSentence,
  laterSentence,
} from './doc-comments.ts'
import { isStopWord } from './english.ts'

export interface Pair {
  /** Distinct stems of the sentence, stop words left out. */
  query: string[]
  name: string[]
  signature: string[]
  body: string[]
}

const sourceFile = /\.(?:d\.[cm]?ts|[cm]?js)$/
const leftOut =
  /(?:^|\/)(?:node_modules|test|tests|__tests__|locale|locales|i18n|nls)(?:\/|$)|\.min\./
const maxFileBytes = 6 * 1024 * 1024
const maxLineChars = 20_000
const maxSentenceWords = 40
const minSentenceWords = 2

export interface PairCollector {
  addText(text: string): void
  /** Every source file below, in the order of their names. */
  addDirectory(directory: string): void
  readonly pairs: readonly Pair[]
}

export function createPairCollector(stemmer: Stemmer): PairCollector {
  const pairs: Pair[] = []
  const seen = new Set<bigint>()

  function addPair(sentence: string, named: DocumentedName, code: () => Omit<Pair, 'query'>): void {
    if (!isProse(sentence)) return
    const key = Bun.hash.xxHash64(`${sentence}\n${named.name}`)
    if (seen.has(key)) return
    seen.add(key)
    const query = sentenceStems(stemmer, sentence)
    if (query.length >= minSentenceWords) pairs.push({ query, ...code() })
  }

  function addText(text: string): void {
    for (const named of documentedNames(text)) {
      let counted: Omit<Pair, 'query'> | undefined
      const code = () => {
        counted ??= codeStems(stemmer, named)
        return counted
      }
      addPair(firstSentence(named.doc), named, code)
      addPair(laterSentence(named.doc), named, code)
    }
  }

  return {
    pairs,
    addText,
    addDirectory(directory) {
      for (const path of sourceFiles(directory)) {
        const text = readFileSync(path, 'utf8')
        if (!isMinified(text)) addText(text)
      }
    },
  }
}

/** Implementations before declarations: of two equal pairs the one with a body stays. */
function sourceFiles(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true }).map(String)
  return names
    .filter((name) => sourceFile.test(name) && !leftOut.test(name))
    .sort((a, b) => Number(isDeclaration(a)) - Number(isDeclaration(b)) || (a < b ? -1 : 1))
    .map((name) => join(directory, name))
    .filter((path) => {
      const stat = statSync(path)
      return stat.isFile() && stat.size <= maxFileBytes
    })
}

function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path)
}

function isMinified(text: string): boolean {
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end - start > maxLineChars) return true
    start = end + 1
  }
  return text.length - start > maxLineChars
}

/** English words, not code, a licence or an instruction to a tool. */
function isProse(sentence: string): boolean {
  if (/copyright|licen[cs]e|eslint|deprecated|inherit|^see\b|^todo\b|^internal\b/i.test(sentence))
    return false
  const letters = sentence.replace(/[^A-Za-z ]+/g, '').length
  return letters > sentence.length * 0.8
}

function sentenceStems(stemmer: Stemmer, sentence: string): string[] {
  const words = sentence.split(/[^A-Za-z0-9]+/, maxSentenceWords * 2).slice(0, maxSentenceWords)
  const stems = new Set<string>()
  for (const word of words)
    if (!isStopWord(word.toLowerCase()))
      for (const stem of stemmer.stems(word)) if (stem.length > 1) stems.add(stem)
  return [...stems]
}

function codeStems(stemmer: Stemmer, named: DocumentedName): Omit<Pair, 'query'> {
  const stemAll = (text: string) =>
    text === '' ? [] : lex(text, 'typescript').identifiers.flatMap((word) => stemmer.stems(word))
  return {
    name: stemmer.stems(named.name),
    signature: stemAll(named.signature),
    body: stemAll(named.body),
  }
}
