/** A question as the index understands it: its words with what they weigh here, and the names and files it spells out. */
import { beginsWithAction } from './action-words.ts'
import type { Associations } from './associations.ts'
import type { BuiltinEmbedder } from './embed.ts'
import type { SearchIndex } from './index-reader.ts'
import { questionNames, questionPaths, questionWords, type Stemmer } from './words.ts'

export interface QueryWord {
  stem: string
  /** Undefined when no chunk has it. */
  id: number | undefined
  idf: number
  /** As idf, but with the power that choosing candidates wants. */
  damped: number
  /** How much a word like it tells of code, wherever (embed.ts). */
  tells: number
  /** Other words for it that chunks here have; each counts its share where the word itself is not. */
  kin: { id: number; share: number }[]
  /** What code calls it, with how likely; the table knows it from other people's code. */
  learned: { id: number; p: number }[]
}

export interface Question {
  words: QueryWord[]
  names: string[]
  /** How much of the question is its names: 1 for nothing else, less with every further word. */
  nameShare: number
  paths: string[]
  wantsTests: boolean
  /** It begins with what a function does. */
  asksAction: boolean
  /** Sum of the damped idf of the words that the index has; and of the plain one. */
  total: number
  totalIdf: number
  idfOf(term: number): number
}

export interface QuestionParts {
  index: SearchIndex
  stemmer: Stemmer
  associations: Associations
  embedder: BuiltinEmbedder
}

/** How much a learned word counts of the word itself. */
export const learnedShare = 0.3
/** Choosing candidates: frequent words still tell something. */
const idfPower = 0.8
/** Learned words that stand everywhere would cost much and tell nothing. */
const maxLearnedShare = 0.05
const unknownIdf = 5
const maxWords = 24
const asksForTests =
  /\b(?:tests?|tested|testing|specs?|mock(?:s|ed)?|fixtures?|bench(?:es|marks?)?)\b/i

export function readQuestion(
  { index, stemmer, associations, embedder }: QuestionParts,
  text: string,
): Question {
  const idfOfCount = (count: number) =>
    Math.max(0, Math.log(1 + (index.live - count + 0.5) / (count + 0.5)))
  const idfs = new Map<number, number>()
  const idfOf = (term: number) => {
    let idf = idfs.get(term)
    if (idf === undefined) {
      idf = idfOfCount(Math.max(1, index.frequency(term)))
      idfs.set(term, idf)
    }
    return idf
  }
  const idOf = (stem: string) => {
    const id = index.idOf(stem)
    return id !== undefined && index.frequency(id) > 0 ? id : undefined
  }
  const words = questionWords(stemmer, text)
    .slice(0, maxWords)
    .map(({ stem, kin }): QueryWord => {
      const id = idOf(stem)
      const learned = associations.of(stem).flatMap((row) => {
        const other = idOf(row.stem)
        return other === undefined || other === id ? [] : [{ id: other, p: row.p }]
      })
      const standIns = learned.reduce(
        (sum, row) => sum + learnedShare * row.p * index.frequency(row.id),
        0,
      )
      const idf = id === undefined ? idfOfCount(Math.max(1, standIns)) : idfOf(id)
      return {
        stem,
        id,
        idf,
        damped: idf ** idfPower,
        tells: embedder.tells(stem),
        kin: kin.flatMap((other) => {
          const of = idOf(other.stem)
          return of === undefined || of === id ? [] : [{ id: of, share: other.share }]
        }),
        learned: learned.filter((row) => index.frequency(row.id) <= maxLearnedShare * index.live),
      }
    })
  const known = words.filter((word) => word.id !== undefined || word.kin.length > 0)
  const names = questionNames(text)
  const inNames = new Set(names.flatMap((name) => stemmer.stems(name)))
  const others = words.filter((word) => !inNames.has(word.stem)).length
  return {
    words,
    names,
    // A question with other words mostly just mentions it.
    nameShare: 1 / (1 + others) ** 2,
    paths: questionPaths(text),
    wantsTests: asksForTests.test(text),
    asksAction: beginsWithAction(text),
    total: Math.max(
      0.5,
      sum(known, (word) => word.damped),
    ),
    totalIdf: Math.max(
      0.5,
      sum(known, (word) => word.idf),
    ),
    idfOf,
  }
}

/** What a word weighs in comparisons by spelling, where the index need not have it. */
export function spellingIdf(word: QueryWord): number {
  return word.id === undefined ? unknownIdf : word.idf
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
