/**
 * Choosing candidates: BM25 over weighted fields, words in order of rising frequency. After a budget of postings the
 * remaining words only add to the chunks that lead by then. Learned words and kin count for the word they stand for.
 */
import type { LoadedSegment, SearchIndex } from './index-reader.ts'
import { learnedShare, type QueryWord, type Question } from './question.ts'
import { saturation } from './saturation.ts'
import {
  fileOrdinal,
  fileWeight,
  indexOfSorted,
  lowerBound,
  type PostingList,
  wordFields,
  wordWeight,
} from './segment.ts'
import { selectBest } from './select-best.ts'

export interface Retrieved {
  /** The best chunks and all that were asked for, by ordinal. */
  ordinals: number[]
  /** BM25 over the fields, of the chunk. */
  score(ordinal: number): number
  /** BM25 of the chunk's file as a whole, by the file's ordinal. */
  fileScore(file: number): number
  /** Fields in which the term stands in the chunk, as bits; 0: not there. Only for terms of the question and its kin. */
  fieldsOf(term: number, ordinal: number): number
}

export interface RetrieveOptions {
  /** How many of the best. */
  count: number
  /** Chunks that are candidates anyway. */
  wanted: readonly number[]
  /** 1 for each chunk that may be answered. */
  allowed: Uint8Array
  /** Of `performance.now()`. */
  deadline: number
}

const postingBudget = 150_000
const leaders = 2_000
/** What being a test takes off before the cut, so that tests do not crowd out the rest. */
const testPenalty = 0.3

/** Calls `use` with what was retrieved; the arrays behind it are cleared afterwards. */
export function retrieve<T>(
  index: SearchIndex,
  question: Question,
  options: RetrieveOptions,
  use: (retrieved: Retrieved) => T,
): T {
  const { scores, sums, fileScores } = index.scratch
  const touched: number[] = []
  const touchedFiles: number[] = []
  const lists = createLists(index)
  const seen = (ordinal: number) => {
    if (scores[ordinal] === 0) touched.push(ordinal)
  }
  try {
    const words = question.words
      .filter((word) => word.id !== undefined || word.kin.length + word.learned.length > 0)
      .sort((a, b) => b.idf - a.idf)
    let postings = 0
    let leading: Uint32Array | undefined
    words.forEach((word, at) => {
      if (at > 0 && performance.now() > options.deadline) return
      if (postings > postingBudget && !leading) leading = leadersOf(touched)
      const terms = termsOf(word)
      for (const { id } of terms) postings += index.frequency(id)
      if (leading) addToLeaders(leading, word, terms)
      else addAll(word, terms)
      if (word.id !== undefined) addFiles(word, word.id)
    })
    const best = selectBest(
      touched,
      options.count,
      value,
      (ordinal) => options.allowed[ordinal] === 1,
    )
    return use({
      ordinals: [...new Set([...best, ...options.wanted])],
      score: (ordinal) => scores[ordinal] as number,
      fileScore: (file) => fileScores[file] as number,
      fieldsOf: lists.fieldsOf,
    })
  } finally {
    for (const ordinal of touched) scores[ordinal] = 0
    for (const file of touchedFiles) fileScores[file] = 0
  }

  function value(ordinal: number): number {
    const test = !question.wantsTests && ((index.info[ordinal] as number) & 1) === 1
    return (scores[ordinal] as number) / question.total - (test ? testPenalty : 0)
  }

  function leadersOf(ordinals: readonly number[]): Uint32Array {
    const best = selectBest(ordinals, leaders, value, (ordinal) => options.allowed[ordinal] === 1)
    return Uint32Array.from(new Set([...best, ...options.wanted])).sort()
  }

  function add(ordinal: number, amount: number): void {
    seen(ordinal)
    scores[ordinal] = (scores[ordinal] as number) + amount
  }

  function addAll(word: QueryWord, terms: readonly Term[]): void {
    for (const segment of index.segments) {
      const found = terms.flatMap(({ id, share }) => {
        const list = lists.get(segment, id)
        return list ? [{ list, share }] : []
      })
      const [only] = found
      if (!only) continue
      if (found.length === 1) {
        const { list, share } = only
        for (let at = 0; at < list.ordinals.length; at++) {
          const weight = share * wordWeight(list.words[at] as number)
          add(
            segment.base + (list.ordinals[at] as number),
            (word.damped * weight) / (weight + saturation),
          )
        }
        continue
      }
      const summed: number[] = []
      for (const { list, share } of found)
        for (let at = 0; at < list.ordinals.length; at++) {
          const ordinal = segment.base + (list.ordinals[at] as number)
          if (sums[ordinal] === 0) summed.push(ordinal)
          sums[ordinal] = (sums[ordinal] as number) + share * wordWeight(list.words[at] as number)
        }
      for (const ordinal of summed) {
        const weight = sums[ordinal] as number
        sums[ordinal] = 0
        add(ordinal, (word.damped * weight) / (weight + saturation))
      }
    }
  }

  function addToLeaders(leading: Uint32Array, word: QueryWord, terms: readonly Term[]): void {
    for (const segment of index.segments) {
      const from = lowerBound(leading, segment.base)
      const to = lowerBound(leading, segment.base + segment.columns.chunkIds.length)
      if (from === to) continue
      const found = terms.flatMap(({ id, share }) => {
        const list = lists.get(segment, id)
        return list ? [{ list, share }] : []
      })
      for (let at = from; at < to; at++) {
        const ordinal = leading[at] as number
        let weight = 0
        for (const { list, share } of found) {
          const place = indexOfSorted(list.ordinals, ordinal - segment.base)
          if (place >= 0) weight += share * wordWeight(list.words[place] as number)
        }
        if (weight > 0) add(ordinal, (word.damped * weight) / (weight + saturation))
      }
    }
  }

  /** A file's length counts against it as a chunk's does. */
  function addFiles(word: QueryWord, term: number): void {
    for (const segment of index.segments) {
      const list = lists.get(segment, term)
      if (!list) continue
      for (const packed of list.files) {
        const file = segment.fileBase + fileOrdinal(packed)
        const weight = fileWeight(packed)
        const length = (index.docLengths[file] as number) / index.averageFileLength
        if (fileScores[file] === 0) touchedFiles.push(file)
        fileScores[file] =
          (fileScores[file] as number) + (word.idf * weight) / (weight + 2 * (0.3 + 0.7 * length))
      }
    }
  }
}

interface Term {
  id: number
  /** What it counts of the word. */
  share: number
}

function termsOf(word: QueryWord): Term[] {
  const shares = new Map<number, number>()
  const add = (id: number, share: number) => shares.set(id, Math.max(share, shares.get(id) ?? 0))
  if (word.id !== undefined) add(word.id, 1)
  for (const { id, share } of word.kin) add(id, share)
  for (const { id, p } of word.learned) add(id, learnedShare * p)
  return [...shares].map(([id, share]) => ({ id, share }))
}

/** Posting lists of one question, each read once. */
function createLists(index: SearchIndex) {
  const known = new Map<LoadedSegment, Map<number, PostingList | undefined>>()
  function get(segment: LoadedSegment, term: number): PostingList | undefined {
    let lists = known.get(segment)
    if (!lists) {
      lists = new Map()
      known.set(segment, lists)
    }
    if (!lists.has(term)) lists.set(term, index.postings(segment, term))
    return lists.get(term)
  }
  return {
    get,
    fieldsOf(term: number, ordinal: number): number {
      const segment = index.segmentOf(ordinal)
      const list = get(segment, term)
      const place = list ? indexOfSorted(list.ordinals, ordinal - segment.base) : -1
      return place < 0 ? 0 : wordFields(list?.words[place] as number)
    },
  }
}
