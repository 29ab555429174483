/**
 * Questions with known answers: the first sentence of the doc comment of a function or a type asks for it, in a copy of
 * the sources that has no doc comments. Made once and kept beside the copy, so that every run asks the same.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import { docText, firstSentence } from '../../../workers/vectors/train/doc-comments.ts'
import { createStemmer } from '../../../workers/vectors/words.ts'
import { blankDocs } from './blank-docs.ts'
import type { Corpus } from './corpora.ts'
import { type IndexedSymbol, readSymbols } from './indexed.ts'

export interface Question {
  text: string
  of: 'function' | 'type'
  path: string
  line: number
  name: string
}

export interface QuestionSet {
  /** The sources without doc comments. */
  root: string
  questions: Question[]
}

const minLines = 4
const minWords = 3
const maxWords = 40
/** Evenly spread over the repository, so that a big one does not drown the others. */
const maxQuestions: Record<Question['of'], number> = { function: 250, type: 60 }
const subjects: Partial<Record<SymbolKind, Question['of']>> = {
  function: 'function',
  method: 'function',
  class: 'type',
  interface: 'type',
  struct: 'type',
  trait: 'type',
  enum: 'type',
  type: 'type',
}
/** All of them are called main. */
const examples = /(?:^|\/)_?examples?\//
/** Sentences that more functions share ask for none of them. */
const maxSharers = 1

export async function questionsOf(
  cache: string,
  corpus: Corpus,
  directory: string,
): Promise<QuestionSet> {
  const made = join(cache, 'questions', corpus.name)
  const list = join(made, 'questions.json')
  const root = join(made, 'code')
  if (existsSync(list)) return { root, questions: JSON.parse(readFileSync(list, 'utf8')) }
  rmSync(made, { recursive: true, force: true })
  const fresh = `${made}.part`
  rmSync(fresh, { recursive: true, force: true })
  const before = await readSymbols(directory, join(fresh, 'before'))
  writeBlanked(directory, join(fresh, 'code'), { corpus, symbols: before })
  const after = await readSymbols(join(fresh, 'code'), join(fresh, 'after'))
  const questions = chooseQuestions(before, after)
  rmSync(join(fresh, 'before'), { recursive: true, force: true })
  rmSync(join(fresh, 'after'), { recursive: true, force: true })
  writeFileSync(join(fresh, 'questions.json'), JSON.stringify(questions, null, 1))
  renameSync(fresh, made)
  return { root, questions }
}

function writeBlanked(
  from: string,
  to: string,
  { corpus, symbols }: { corpus: Corpus; symbols: IndexedSymbol[] },
): void {
  const lines = new Map<string, number[]>()
  for (const symbol of symbols)
    lines.set(symbol.path, [...(lines.get(symbol.path) ?? []), symbol.line])
  for (const name of readdirSync(from, { recursive: true }).map(String).sort()) {
    if (!statSync(join(from, name)).isFile()) continue
    const text = readFileSync(join(from, name), 'utf8')
    const target = join(to, name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, blankDocs(text, corpus.language, lines.get(name) ?? []))
  }
}

/** Functions of some length, outside tests, whose doc comment is gone and whose place is the same. */
function chooseQuestions(before: IndexedSymbol[], after: IndexedSymbol[]): Question[] {
  const key = (symbol: IndexedSymbol) => `${symbol.path}:${symbol.line}:${symbol.name}`
  const undocumented = new Set(after.filter((symbol) => symbol.doc.trim() === '').map(key))
  const found: Question[] = []
  for (const symbol of before) {
    const of = subjects[symbol.kind]
    if (!of || symbol.test || symbol.endLine - symbol.line + 1 < minLines) continue
    if (isConstructor(symbol) || examples.test(symbol.path)) continue
    if (!undocumented.has(key(symbol))) continue
    const text = questionText(symbol)
    if (text !== undefined)
      found.push({ text, of, path: symbol.path, line: symbol.line, name: symbol.name })
  }
  const sharers = new Map<string, number>()
  for (const { text } of found) sharers.set(text, (sharers.get(text) ?? 0) + 1)
  const alone = found.filter(({ text }) => (sharers.get(text) ?? 0) <= maxSharers)
  const spread = (of: Question['of']) => {
    const own = alone.filter((question) => question.of === of)
    if (own.length <= maxQuestions[of]) return own
    return Array.from({ length: maxQuestions[of] }, (_, index) => {
      return own[Math.floor((index * own.length) / maxQuestions[of])] as Question
    })
  }
  return [...spread('function'), ...spread('type')]
}

/** Its sentence describes the class, which is an answer as right. */
function isConstructor({ name, path, container }: IndexedSymbol): boolean {
  if (/\.(?:java|cc|cpp|h|hpp)$/.test(path) && container.split(/[.:]+/).at(-1) === name) return true
  return name === 'constructor' || name === '__init__'
}

/** The question without the words of the name, where enough is left of it. */
export function vaguer(question: Question): Question | undefined {
  const stemmer = createStemmer()
  const own = new Set(stemmer.stems(question.name))
  const words = question.text.split(/\s+/)
  const kept = words.filter((word) => !stemmer.stems(word).some((stem) => own.has(stem)))
  const telling = kept.filter((word) => word.length > 3)
  if (kept.length === words.length || telling.length < minWords) return undefined
  return { ...question, text: kept.join(' ') }
}

/** Go sentences begin with the function's own name by custom: it goes, or the question would be the answer. */
function questionText(symbol: IndexedSymbol): string | undefined {
  const sentence = firstSentence(docText(symbol.doc.replace(/^\s*(?:\/\/[/!]?|#)\s?/gm, '')))
  const words = sentence.split(/\s+/)
  if (words[0]?.replace(/[^\w]+/g, '') === symbol.name) words.shift()
  const text = words.slice(0, maxWords).join(' ')
  const letters = text.replace(/[^A-Za-z ]+/g, '').length
  const prose = words.length >= minWords && letters > text.length * 0.8
  const unusable = /copyright|licen[cs]e|deprecated|^see\b|^todo\b|eslint|inherit/i.test(text)
  return prose && !unusable ? text : undefined
}
