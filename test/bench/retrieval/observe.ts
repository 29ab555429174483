/**
 * What the search answers to every question, once: each candidate's features and whether it is right, and the ranks
 * that plain BM25 gives. Everything after it (measures, features taken away, the fit) only adds these numbers up anew.
 */
import type { Associations } from '../../../workers/vectors/associations.ts'
import type { Searcher } from '../../../workers/vectors/search.ts'
import type { Baseline } from './baseline.ts'
import type { Place, SearchIndexed } from './indexed.ts'

/** One question's answer key: chunks that are right, and files that are. */
export interface AskedQuestion {
  text: string
  /** Undefined: only files are asked for. */
  isPlace: ((place: Place) => boolean) | undefined
  isFile: (path: string) => boolean
}

export interface ObservedCandidate {
  features: Float64Array
  path: string
  kind: string
  right: boolean
  rightFile: boolean
}

export interface Observation {
  asked: AskedQuestion
  candidates: ObservedCandidate[]
  /** 1-based; 0: not found. */
  baseline: { place: number; file: number }
  /** The same where only functions and methods compete. */
  baselineOfFunctions: { place: number; file: number }
  /** As the product answers: cut to 10 places, at most three a file. */
  answered: { place: number; file: number }
  milliseconds: number
}

export interface ObserveOptions {
  searcher: Searcher
  indexed: SearchIndexed
  baseline: Baseline
  /** Over functions and methods only. */
  baselineOfFunctions: Baseline
}

const answerCount = 10

export async function observe(
  questions: readonly AskedQuestion[],
  { searcher, indexed, baseline, baselineOfFunctions }: ObserveOptions,
): Promise<Observation[]> {
  const observations: Observation[] = []
  for (const asked of questions) {
    const query = { text: asked.text, limit: answerCount }
    const candidates: ObservedCandidate[] = []
    for (const { chunkId, features } of await searcher.candidates(query)) {
      const place = indexed.places.get(chunkId)
      if (place) candidates.push({ features, ...judged(asked, place) })
    }
    const start = performance.now()
    const hits = await searcher.search(query)
    const milliseconds = performance.now() - start
    const answered = hits.map((hit) =>
      judged(asked, { ...hit, id: 0, name: hit.symbol.split('.').at(-1) ?? '' }),
    )
    const plain = (of: Baseline) =>
      ranksOf(
        of.search(asked.text).flatMap((id) => {
          const place = indexed.places.get(id)
          return place ? [judged(asked, place)] : []
        }),
      )
    observations.push({
      asked,
      candidates,
      baseline: plain(baseline),
      baselineOfFunctions: plain(baselineOfFunctions),
      answered: ranksOf(answered),
      milliseconds,
    })
  }
  return observations
}

export function isFunction({ kind }: { kind: string }): boolean {
  return kind === 'function' || kind === 'method'
}

export const noAssociations: Associations = { of: () => [] }

type Judged = Pick<ObservedCandidate, 'path' | 'kind' | 'right' | 'rightFile'>

function judged(asked: AskedQuestion, place: Place): Judged {
  return {
    path: place.path,
    kind: place.kind,
    right: asked.isPlace?.(place) ?? false,
    rightFile: asked.isFile(place.path),
  }
}

/** Ranks of the first right place and of the first right file, files counted once each. */
export function ranksOf(ordered: readonly Judged[]): { place: number; file: number } {
  const place = ordered.findIndex((one) => one.right) + 1
  const files = new Set<string>()
  for (const { path, rightFile } of ordered) {
    files.add(path)
    if (rightFile) return { place, file: files.size }
  }
  return { place, file: 0 }
}
