/**
 * Choosing candidates: BM25 over weighted fields, words in order of rising frequency. After a budget of postings the
 * remaining words only add to the chunks that lead by then. Learned words and kin count for the word they stand for.
 */
import { infoTest } from './chunk-info.ts'
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
  /**
   * Fields in which the term stands in a segment's chunk, as bits; 0: not there. Only for terms of the question and
   * its kin.
   */
  fieldsOf(term: number, segment: LoadedSegment, chunk: number): number
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
/** A learned word less likely than this changes next to nothing here, and has to be read like any other. */
const minLearned = 0.15
/** What being a test takes off before the cut, so that tests do not crowd out the rest. */
const testPenalty = 0.3

/** Calls `use` with what was retrieved; the arrays behind it are cleared afterwards. */
export function retrieve<T>(
  index: SearchIndex,
  question: Question,
  options: RetrieveOptions,
  use: (retrieved: Retrieved) => T,
): T {
  const { scores, fileScores } = index.scratch
  const lists = createLists(index)
  const scorer = createScorer(index, lists)
  // In the unit of the scores, which is the total of what the words could give.
  const off = testPenalty * question.total
  const penalty = (ordinal: number) =>
    !question.wantsTests && infoTest(index.info[ordinal] as number) ? off : 0
  const best = (count: number) => selectBest({ count, scores, allowed: options.allowed, penalty })
  try {
    const words = question.words
      .filter((word) => word.id !== undefined || word.kin.length + word.learned.length > 0)
      .sort((a, b) => b.idf - a.idf)
    let postings = 0
    let leading: Uint32Array | undefined
    words.forEach((word, at) => {
      if (at > 0 && performance.now() > options.deadline) return
      if (postings > postingBudget)
        leading ??= Uint32Array.from(distinct(best(leaders), options.wanted)).sort()
      const terms = termsOf(word)
      for (const { id } of terms) postings += index.frequency(id)
      if (leading) scorer.addToLeaders(leading, word, terms)
      else scorer.addAll(word, terms)
      if (word.id !== undefined) scorer.addFiles(word, word.id)
    })
    return use({
      ordinals: distinct(best(options.count), options.wanted),
      score: (ordinal) => scores[ordinal] as number,
      fileScore: (file) => fileScores[file] as number,
      fieldsOf: lists.fieldsOf,
    })
  } finally {
    // Cheaper than noting which were touched: most questions touch a good part.
    scores.fill(0)
    fileScores.fill(0)
  }
}

/** The first are distinct by themselves. */
function distinct(first: number[], more: readonly number[]): number[] {
  const seen = new Set(first)
  for (const item of more) {
    if (seen.has(item)) continue
    seen.add(item)
    first.push(item)
  }
  return first
}

function createScorer(index: SearchIndex, lists: Lists) {
  const { scores, sums, summed, fileScores } = index.scratch

  function listsOf(segment: LoadedSegment, terms: readonly Term[]): WeighedList[] {
    const found: WeighedList[] = []
    for (const { id, share } of terms) {
      const list = lists.get(segment, id)
      if (list) found.push({ list, share })
    }
    return found
  }

  function addOne({ base }: LoadedSegment, damped: number, { list, share }: WeighedList): void {
    const { ordinals, words } = list
    for (let at = 0; at < ordinals.length; at++) {
      const ordinal = base + (ordinals[at] as number)
      const weight = share * wordWeight(words[at] as number)
      scores[ordinal] = (scores[ordinal] as number) + (damped * weight) / (weight + saturation)
    }
  }

  /** What stands for a word counts together with it, before it saturates. */
  function addSeveral({ base }: LoadedSegment, damped: number, found: WeighedList[]): void {
    let count = 0
    for (const { list, share } of found) {
      const { ordinals, words } = list
      for (let at = 0; at < ordinals.length; at++) {
        const ordinal = base + (ordinals[at] as number)
        const before = sums[ordinal] as number
        if (before === 0) summed[count++] = ordinal
        sums[ordinal] = before + share * wordWeight(words[at] as number)
      }
    }
    for (let at = 0; at < count; at++) {
      const ordinal = summed[at] as number
      const weight = sums[ordinal] as number
      sums[ordinal] = 0
      scores[ordinal] = (scores[ordinal] as number) + (damped * weight) / (weight + saturation)
    }
  }

  return {
    addAll(word: QueryWord, terms: readonly Term[]): void {
      for (const segment of index.segments) {
        const found = listsOf(segment, terms)
        const [only] = found
        if (only && found.length === 1) addOne(segment, word.damped, only)
        else addSeveral(segment, word.damped, found)
      }
    },
    /** The same for some chunks only. */
    addToLeaders(leading: Uint32Array, word: QueryWord, terms: readonly Term[]): void {
      for (const segment of index.segments) {
        const from = lowerBound(leading, segment.base)
        const to = lowerBound(leading, segment.base + segment.columns.chunkIds.length)
        const found = from === to ? [] : listsOf(segment, terms)
        if (found.length === 0) continue
        for (let at = from; at < to; at++) {
          const ordinal = leading[at] as number
          let weight = 0
          for (const { list, share } of found) {
            const place = indexOfSorted(list.ordinals, ordinal - segment.base)
            if (place >= 0) weight += share * wordWeight(list.words[place] as number)
          }
          scores[ordinal] =
            (scores[ordinal] as number) + (word.damped * weight) / (weight + saturation)
        }
      }
    },
    /** A file's length counts against it as a chunk's does. */
    addFiles(word: QueryWord, term: number): void {
      for (const segment of index.segments) {
        const list = lists.get(segment, term)
        if (!list) continue
        const { files } = list
        for (let at = 0; at < files.length; at++) {
          const packed = files[at] as number
          const file = segment.fileBase + fileOrdinal(packed)
          const weight = fileWeight(packed)
          const length = (index.docLengths[file] as number) / index.averageFileLength
          fileScores[file] =
            (fileScores[file] as number) + (word.idf * weight) / (weight + 2 * (0.3 + 0.7 * length))
        }
      }
    },
  }
}

interface WeighedList {
  list: PostingList
  /** What the term counts of its word. */
  share: number
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
  for (const { id, p } of word.learned) if (p >= minLearned) add(id, learnedShare * p)
  return [...shares].map(([id, share]) => ({ id, share }))
}

type Lists = ReturnType<typeof createLists>

/** Posting lists of one question, each read once. */
function createLists(index: SearchIndex) {
  const known = new Map<LoadedSegment, Map<number, PostingList | undefined>>()
  function listsOf(segment: LoadedSegment): Map<number, PostingList | undefined> {
    let lists = known.get(segment)
    if (!lists) {
      lists = new Map()
      known.set(segment, lists)
    }
    return lists
  }
  function get(segment: LoadedSegment, term: number): PostingList | undefined {
    const lists = listsOf(segment)
    let list = lists.get(term)
    if (list === undefined && !lists.has(term)) {
      list = index.postings(segment, term)
      lists.set(term, list)
    }
    return list
  }
  return {
    get,
    fieldsOf(term: number, segment: LoadedSegment, chunk: number): number {
      const list = get(segment, term)
      if (!list) return 0
      const place = indexOfSorted(list.ordinals, chunk)
      return place < 0 ? 0 : wordFields(list.words[place] as number)
    },
  }
}
