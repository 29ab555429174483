/**
 * Orders candidates by a weighted sum of what speaks for each: word evidence in its fields and its file, its name,
 * neighbouring words, similar spelling, the embedder's cosine. Vectors are one voice among these; their order alone
 * decides nothing. Definitions and constants were measured on questions with known answers.
 */
import { cosine } from './embed.ts'
import { type FieldName, fieldNames } from './fields.ts'
import { saturation } from './saturation.ts'
import { type ChunkTerms, indexOfSorted, pairHash } from './terms-blob.ts'

export interface QueryWord {
  stem: string
  /** Undefined when no chunk has it. */
  id: number | undefined
  idf: number
  /** As idf, but with the power that stage one wants. */
  damped: number
  /** Other words for it that chunks here have; each counts its share where the word itself is not. */
  kin: { stem: string; id: number; share: number }[]
}

export interface RankQuery {
  words: QueryWord[]
  names: string[]
  paths: string[]
  vector: Float32Array
  wantsTests: boolean
  idfOf(stem: string): number
  /** Average of the files' lengths. */
  averageFileLength: number
}

export interface Candidate {
  id: number
  path: string
  name: string
  kind: string
  nameStems: string[]
  test: boolean
  /** From its first line to its last. */
  lines: number
  terms: ChunkTerms
  pairs: Uint32Array
  vector: Int8Array
  file: { ids: Uint32Array; weights: Float32Array; length: number }
}

const constants = {
  trans: 12.85,
  test: -11.07,
  namePrecision: 1.86,
  fileBm25: 5.16,
  soft: 8.31,
  coverage: 7.79,
  coverageSquare: -4.2,
  bigram: 4.7,
  cosine: 3,
  exactName: 8,
  namedPath: 9,
  prose: -1.5,
  loose: -0.5,
  oneLine: -1.2,
  shortBody: -3,
  vendored: -4,
}

const unknownIdf = 5
const coverageFields = bitsOf([
  'name',
  'container',
  'path',
  'signature',
  'body',
  'strings',
  'comments',
  'doc',
])

/** Scores one candidate; `soft` remembers spelling likeness between the words of one query. */
export function createRanker(query: RankQuery): (candidate: Candidate) => number {
  const known = query.words.filter((word) => word.id !== undefined || word.kin.length > 0)
  const total = Math.max(
    0.5,
    sum(known, (word) => word.damped),
  )
  const totalIdf = Math.max(
    0.5,
    sum(known, (word) => word.idf),
  )
  const pairs = query.words.slice(1).map((word, index) => {
    const before = query.words[index]?.stem ?? ''
    return pairHash(`${before} ${word.stem}`)
  })
  const likeness = createLikeness()
  const lowerNames = query.names.map((name) => name.toLowerCase())

  return (candidate) => {
    let trans = 0
    let present = 0
    let presentIdf = 0
    for (const word of known) {
      const { at, share } = standing(word, candidate.terms)
      if (at < 0) continue
      const weight = candidate.terms.weights[at] as number
      trans += (share * word.damped * weight) / (weight + saturation)
      if ((candidate.terms.fields[at] as number) & coverageFields) {
        present += share
        presentIdf += share * word.idf
      }
    }
    const bigrams = pairs.filter((hash) => indexOfSorted(candidate.pairs, hash) >= 0).length
    const covered = presentIdf / totalIdf
    const lowerName = candidate.name.toLowerCase()
    const exact = candidate.name !== '' && lowerNames.includes(lowerName)
    return (
      (constants.trans * trans) / total +
      constants.fileBm25 * (fileScore(query, known, candidate) / total) +
      constants.namePrecision * namePrecision(query, candidate) +
      constants.soft * (softScore(query, candidate, likeness) / totalIdf) +
      constants.coverage * (known.length === 0 ? 0 : present / known.length) +
      constants.coverageSquare * covered * covered +
      (pairs.length === 0 ? 0 : (constants.bigram * 0.5 * bigrams) / pairs.length) +
      constants.cosine * cosine(query.vector, candidate.vector) +
      (exact ? constants.exactName * (query.names.includes(candidate.name) ? 1 : 0.7) : 0) +
      (namesFile(query, candidate.path) ? constants.namedPath : 0) +
      shapeScore(candidate) +
      (candidate.test && !query.wantsTests ? constants.test : 0)
    )
  }
}

/** Where the word, or else the nearest of its kin that is there, stands in `terms`. */
function standing(word: QueryWord, terms: ChunkTerms): { at: number; share: number } {
  const own = word.id === undefined ? -1 : indexOfSorted(terms.ids, word.id)
  if (own >= 0) return { at: own, share: 1 }
  let best = { at: -1, share: 0 }
  for (const { id, share } of word.kin) {
    if (share <= best.share) continue
    const at = indexOfSorted(terms.ids, id)
    if (at >= 0) best = { at, share }
  }
  return best
}

function fileScore(query: RankQuery, known: QueryWord[], { file }: Candidate): number {
  const norm = 2 * (0.3 + (0.7 * file.length) / Math.max(1, query.averageFileLength))
  return sum(known, (word) => {
    const at = word.id === undefined ? -1 : indexOfSorted(file.ids, word.id)
    if (at < 0) return 0
    const weight = file.weights[at] as number
    return (word.idf * weight) / (weight + norm)
  })
}

/** Prose, text outside of symbols, and one-line constants, whose few words all count in full, stand back a little. */
function shapeScore({ kind, path, lines }: Candidate): number {
  const foreign = vendored.test(path) ? constants.vendored : 0
  if (kind === 'text') return foreign + (isProse(path) ? constants.prose : constants.loose)
  if (kind === 'constant' || kind === 'variable')
    return foreign + (lines === 1 ? constants.oneLine : 0)
  // Accessors have the topic's name and nothing behind it.
  const callable = kind === 'function' || kind === 'method'
  return foreign + (callable && lines <= 3 ? constants.shortBody : 0)
}

/** Code of others that is kept in the repository. */
const vendored = /(?:^|\/)(?:_?vendor(?:ed)?|third[_-]?party|deps)\//

/** How much of the name the question says. */
function namePrecision(query: RankQuery, { nameStems }: Candidate): number {
  if (nameStems.length === 0) return 0
  const asked = new Map(
    query.words.flatMap((word) =>
      word.kin.map(({ stem, share }): [string, number] => [stem, share]),
    ),
  )
  for (const word of query.words) asked.set(word.stem, 1)
  let all = 0
  let said = 0
  for (const stem of nameStems) {
    const idf = query.idfOf(stem)
    all += idf
    said += idf * (asked.get(stem) ?? 0)
  }
  return all === 0 ? 0 : said / all
}

function softScore(
  query: RankQuery,
  { nameStems }: Candidate,
  likeness: (a: string, b: string) => number,
): number {
  let score = 0
  for (const word of query.words)
    for (const stem of nameStems) {
      if (stem === word.stem) continue
      const like = likeness(word.stem, stem)
      if (like >= 0.5) score += like * (word.id === undefined ? unknownIdf : word.idf)
    }
  return score
}

/** Dice of trigrams, or .7 for an abbreviation (`cfg` of `config`). */
function createLikeness(): (a: string, b: string) => number {
  const known = new Map<string, number>()
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
    const key = `${word} ${name}`
    let result = known.get(key)
    if (result === undefined) {
      result = isAbbreviation(name, word) ? 0.7 : dice(gramsOf(word), gramsOf(name))
      known.set(key, result)
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

function namesFile(query: RankQuery, path: string): boolean {
  return query.paths.some(
    (asked) => path === asked || path.endsWith(`/${asked}`) || path.startsWith(`${asked}/`),
  )
}

function isProse(path: string): boolean {
  return /\.(?:md|mdx|markdown|rst|adoc|txt|html?)$/i.test(path) || !/\.\w+$/.test(path)
}

function bitsOf(names: FieldName[]): number {
  return names.reduce((bits, name) => bits | (1 << fieldNames.indexOf(name)), 0)
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0
  for (const item of items) total += value(item)
  return total
}
