/**
 * What speaks for a candidate, as numbers: word evidence in its fields and its file, its name, neighbouring words,
 * similar spelling, the embedders' cosines, its shape. The order is their weighted sum (rank.ts, constants.ts).
 */
import { infoKind, infoLines, infoProse, infoTest, infoVendored } from './chunk-info.ts'
import type { BuiltinEmbedder } from './embed.ts'
import { type FieldName, fieldNames } from './fields.ts'
import type { LoadedSegment, SearchIndex } from './index-reader.ts'
import { type QueryWord, type Question, spellingIdf } from './question.ts'
import type { Retrieved } from './retrieve.ts'
import { indexOfSorted, pairHash } from './segment.ts'
import { likeness, spellingOf } from './spelling.ts'

export const featureNames = [
  /** BM25 over the fields, as a share of what the question's words could give. */
  'trans',
  /** 1 for a test, unless tests are asked for. */
  'test',
  /** How much of the name the question says. */
  'namePrecision',
  'fileBm25',
  /** Words of the name that are spelled like words of the question. */
  'soft',
  /** Share of the question's words that it has, each by how much such words tell of code. */
  'coverage',
  /** The square of that share by idf. */
  'coverageSquare',
  /** The same share by idf of what stands in its file's name, and in its container's. */
  'baseCoverage',
  'containerCoverage',
  /** Neighbouring words of the question inside one identifier. */
  'bigram',
  /** The name begins with what the question begins with. */
  'verb',
  /** Words of the name that other people's code uses for words of the question. */
  'translatedName',
  /** Cosine of the built-in embedder; and of the name alone. */
  'emb',
  'nameEmb',
  /** A function, where the question begins with what one does: `returns the …`, `open a …`. */
  'action',
  /** Cosine of a configured embedder, standardized over the candidates. */
  'model',
  /** The question spells the name out: 1, or .7 in another case; less the more else it says. */
  'exactName',
  /** The question names the file, or a directory above it. */
  'namedPath',
  'prose',
  /** Text of a source file outside of symbols. */
  'loose',
  /** A constant of one line, whose few words all count in full. */
  'oneLine',
  /** A function of three lines or less: an accessor has the topic's name and nothing behind it. */
  'shortBody',
  /** Code of others that is kept in the repository. */
  'vendored',
] as const
export type FeatureName = (typeof featureNames)[number]

/** By place in `featureNames`. */
export type Features = Float64Array

const place = Object.fromEntries(featureNames.map((name, at) => [name, at])) as Record<
  FeatureName,
  number
>

/** What is known of single chunks from elsewhere, by ordinal. */
export interface Evidence {
  embedder: BuiltinEmbedder
  /** The question's vector of it. */
  query: Float32Array
  emb: ReadonlyMap<number, number>
  model: ReadonlyMap<number, number>
  /** Chunks whose name the question spells out: 1 as it stands, less in another case. */
  exactNames: ReadonlyMap<number, number>
  /** Files that the question names, by id. */
  namedFiles: ReadonlySet<number>
}

/** A chunk by its ordinal within its segment. */
interface Place {
  segment: LoadedSegment
  chunk: number
}

const verbShare = 2
const maxLearnedVerb = 0.8
const alike = 0.5
const coverageBits = (
  [
    'name',
    'container',
    'path',
    'signature',
    'body',
    'strings',
    'comments',
    'doc',
  ] satisfies FieldName[]
).reduce((bits, name) => bits | bitOf(name), 0)
const baseBit = bitOf('base')
const containerBit = bitOf('container')

function bitOf(name: FieldName): number {
  return 1 << fieldNames.indexOf(name)
}

export function createFeatures(
  index: SearchIndex,
  question: Question,
  { retrieved, evidence }: { retrieved: Retrieved; evidence: Evidence },
): (ordinal: number) => Features {
  const { words } = question
  const known = words.filter((word) => word.id !== undefined || word.kin.length > 0)
  const pairs = words.slice(1).flatMap((word, at) => {
    const before = words[at]?.id
    return before === undefined || word.id === undefined ? [] : [pairHash(before, word.id)]
  })
  const asked = askedShares(words)
  const learned = learnedShares(words)
  const tells = known.reduce((sum, word) => sum + word.tells, 0)
  const spelled = words.map((word) => ({
    id: word.id,
    spelling: spellingOf(word.stem),
    idf: spellingIdf(word),
  }))
  const softTotal = spelled.reduce((sum, word) => sum + word.idf, 0)
  /** By term: names repeat their words. */
  const alikeness = new Map<number, number>()

  /** Share of a word that the chunk has: the word itself, else the nearest of its kin. */
  function present(word: QueryWord, fields: number, { segment, chunk }: Place): number {
    if (fields & coverageBits) return 1
    let best = 0
    for (const { id, share } of word.kin)
      if (share > best && retrieved.fieldsOf(id, segment, chunk) & coverageBits) best = share
    return best
  }

  function alikeTo(term: number): number {
    let score = alikeness.get(term)
    if (score === undefined) {
      score = 0
      const name = index.spellingOf(term)
      for (const { id, spelling, idf } of spelled) {
        if (id === term) continue
        const like = likeness(spelling, name)
        if (like >= alike) score += like * idf
      }
      alikeness.set(term, score)
    }
    return score
  }

  function nameCosine(name: Uint32Array): number {
    const stems = Array.from(name, (id) => index.spellingOf(id).word)
    return evidence.embedder.codeCosine(evidence.query, stems)
  }

  function softScore(name: Uint32Array): number {
    let score = 0
    for (let at = 0; at < name.length; at++) score += alikeTo(name[at] as number)
    return softTotal === 0 ? 0 : Math.min(1, score / softTotal)
  }

  function precision(name: Uint32Array): number {
    let all = 0
    let said = 0
    for (let at = 0; at < name.length; at++) {
      const id = name[at] as number
      const idf = question.idfOf(id)
      all += idf
      said += idf * (asked.get(id) ?? 0)
    }
    return all === 0 ? 0 : said / all
  }

  function verb(name: Uint32Array): number {
    const first = words[0]
    const head = name[0]
    if (!first || head === undefined) return 0
    if (first.id === head) return 1
    const p = first.learned.find((row) => row.id === head)?.p ?? 0
    return Math.min(maxLearnedVerb, verbShare * p)
  }

  function translated(name: Uint32Array): number {
    let sum = 0
    if (learned.size > 0)
      name.forEach((id, at) => {
        if (name.indexOf(id) === at) sum += learned.get(id) ?? 0
      })
    return words.length === 0 ? 0 : sum / words.length
  }

  return (ordinal) => {
    const segment = index.segmentOf(ordinal)
    const local = ordinal - segment.base
    const { columns } = segment
    const name = columns.names.subarray(columns.nameAt[local], columns.nameAt[local + 1])
    const chunkPairs = columns.pairs.subarray(columns.pairAt[local], columns.pairAt[local + 1])
    const info = index.info[ordinal] as number
    const file = index.fileOf[ordinal] as number
    const kind = infoKind(info)
    const lines = infoLines(info)
    let count = 0
    let weight = 0
    let inBase = 0
    let inContainer = 0
    for (const word of known) {
      const fields = word.id === undefined ? 0 : retrieved.fieldsOf(word.id, segment, local)
      const share = present(word, fields, { segment, chunk: local })
      count += share * word.tells
      weight += share * word.idf
      if (fields & baseBit) inBase += word.idf
      if (fields & containerBit) inContainer += word.idf
    }
    const covered = weight / question.totalIdf
    let bigrams = 0
    for (const hash of pairs) if (indexOfSorted(chunkPairs, hash) >= 0) bigrams++
    const isValue = kind === 'constant' || kind === 'variable'
    const isCallable = kind === 'function' || kind === 'method'
    const features = new Float64Array(featureNames.length)
    // Learnt words may stand for one that the total does not know.
    features[place.trans] = Math.min(1, retrieved.score(ordinal) / question.total)
    features[place.test] = infoTest(info) && !question.wantsTests ? 1 : 0
    features[place.namePrecision] = precision(name)
    features[place.fileBm25] = retrieved.fileScore(file) / question.total
    features[place.soft] = softScore(name)
    features[place.coverage] = tells === 0 ? 0 : count / tells
    features[place.coverageSquare] = covered * covered
    features[place.baseCoverage] = inBase / question.totalIdf
    features[place.containerCoverage] = inContainer / question.totalIdf
    features[place.bigram] = words.length < 2 ? 0 : (0.5 * bigrams) / (words.length - 1)
    features[place.verb] = verb(name)
    features[place.translatedName] = translated(name)
    features[place.emb] = evidence.emb.get(ordinal) ?? 0
    features[place.nameEmb] = nameCosine(name)
    features[place.action] = isCallable && question.asksAction ? 1 : 0
    features[place.model] = evidence.model.get(ordinal) ?? 0
    features[place.exactName] = evidence.exactNames.get(ordinal) ?? 0
    features[place.namedPath] = evidence.namedFiles.has(index.docIds[file] as number) ? 1 : 0
    features[place.prose] = kind === 'text' && infoProse(info) ? 1 : 0
    features[place.loose] = kind === 'text' && !infoProse(info) ? 1 : 0
    features[place.oneLine] = isValue && lines === 1 ? 1 : 0
    features[place.shortBody] = isCallable && lines <= 3 ? 1 : 0
    features[place.vendored] = infoVendored(info) ? 1 : 0
    return features
  }
}

/** From here on a feature speaks for a candidate by itself; questions about nothing in the project stay below. */
const leastEvidence = {
  coverage: 0.001,
  soft: 0.6,
  emb: 0.4,
  nameEmb: 0.5,
  exactName: 0.001,
  namedPath: 1,
} satisfies Partial<Record<FeatureName, number>>

/** No word of the question stands in it, nothing is spelled like one, and no vector brings it near. */
export function isWeak(features: Features): boolean {
  // What a configured embedder says is known only against the other candidates.
  if (features[place.model] !== 0) return false
  return Object.entries(leastEvidence).every(
    ([name, least]) => (features[place[name as FeatureName]] as number) < least,
  )
}

/** Terms that the question says, itself or by kin. */
function askedShares(words: readonly QueryWord[]): Map<number, number> {
  const shares = new Map<number, number>()
  for (const word of words)
    for (const { id, share } of word.kin) shares.set(id, Math.max(share, shares.get(id) ?? 0))
  for (const word of words) if (word.id !== undefined) shares.set(word.id, 1)
  return shares
}

function learnedShares(words: readonly QueryWord[]): Map<number, number> {
  const shares = new Map<number, number>()
  for (const word of words)
    for (const { id, p } of word.learned) shares.set(id, (shares.get(id) ?? 0) + p)
  return shares
}
