/** Mean reciprocal rank within 10 and recall at 5, and what orders by given weights come to. */
import { type FeatureName, featureNames } from '../../../workers/vectors/features.ts'
import { type Observation, type ObservedCandidate, ranksOf } from './observe.ts'

export interface Measure {
  mrr: number
  recall: number
}

export type Ranks = { place: number; file: number }
export type Weights = Readonly<Record<FeatureName, number>>

const mrrDepth = 10
const recallDepth = 5

export function measure(ranks: readonly number[]): Measure {
  const mean = (value: (rank: number) => number) =>
    ranks.reduce((sum, rank) => sum + value(rank), 0) / Math.max(1, ranks.length)
  return {
    mrr: mean((rank) => (rank >= 1 && rank <= mrrDepth ? 1 / rank : 0)),
    recall: mean((rank) => (rank >= 1 && rank <= recallDepth ? 1 : 0)),
  }
}

/** Ranks under the given weights, of those that compete; ties keep the order of the product. */
export function ranksWith(
  observation: Observation,
  weights: Weights,
  competes: (candidate: ObservedCandidate) => boolean = () => true,
): Ranks {
  const vector = featureNames.map((name) => weights[name])
  const scored = observation.candidates.filter(competes).map((candidate) => {
    let score = 0
    for (let at = 0; at < vector.length; at++)
      score += (vector[at] as number) * (candidate.features[at] as number)
    return { candidate, score }
  })
  scored.sort((a, b) => b.score - a.score)
  return ranksOf(scored.map((row) => row.candidate))
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
