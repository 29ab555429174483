/**
 * Listwise softmax: the right candidates of a question should have as high a share as can be among all. Features
 * that are not fitted stand in the scores as they are.
 */
import { type FeatureName, featureNames } from '../../../workers/vectors/features.ts'
import type { Weights } from './measures.ts'
import type { Observation } from './observe.ts'

export interface FitOptions {
  start: Weights
  fitted: readonly FeatureName[]
}

const rounds = 120
const learningRate = 0.25
/** Of the mean loss; ten times more pulls rare evidence (learnt names) down and costs .01. */
const penalty = 1e-5
/** Adam. */
const firstDecay = 0.9
const secondDecay = 0.99

interface List {
  /** Rows of the fitted features. */
  rows: Float32Array
  /** Score of what is not fitted. */
  fixed: Float32Array
  right: Uint8Array
  weight: number
}

export function fitWeights(
  questions: readonly { observation: Observation; weight: number }[],
  { start, fitted }: FitOptions,
): Weights {
  const lists = questions.flatMap((one) => listOf(one, { start, fitted }) ?? [])
  const all = lists.reduce((sum, list) => sum + list.weight, 0)
  const weights = Float64Array.from(fitted, (name) => start[name])
  const first = new Float64Array(fitted.length)
  const second = new Float64Array(fitted.length)
  for (let round = 1; round <= rounds; round++) {
    const gradient = gradientOf(lists, weights)
    const rate = learningRate * (1 - round / (rounds + 1))
    for (let at = 0; at < weights.length; at++) {
      const own = (gradient[at] as number) / all + penalty * (weights[at] as number)
      first[at] = firstDecay * (first[at] as number) + (1 - firstDecay) * own
      second[at] = secondDecay * (second[at] as number) + (1 - secondDecay) * own * own
      const mean = (first[at] as number) / (1 - firstDecay ** round)
      const square = (second[at] as number) / (1 - secondDecay ** round)
      weights[at] = (weights[at] as number) - (rate * mean) / (Math.sqrt(square) + 1e-8)
    }
  }
  const found: Record<FeatureName, number> = { ...start }
  fitted.forEach((name, at) => {
    found[name] = Math.round((weights[at] as number) * 100) / 100
  })
  return found
}

/** Undefined where no candidate is right: such a question says nothing about the order. */
function listOf(
  { observation, weight }: { observation: Observation; weight: number },
  { start, fitted }: FitOptions,
): List | undefined {
  const { candidates, asked } = observation
  const right = Uint8Array.from(candidates, (one) =>
    (asked.isPlace ? one.right : one.rightFile) ? 1 : 0,
  )
  if (!right.includes(1)) return undefined
  const places = fitted.map((name) => featureNames.indexOf(name))
  const rows = new Float32Array(candidates.length * places.length)
  const fixed = new Float32Array(candidates.length)
  candidates.forEach(({ features }, row) => {
    places.forEach((place, at) => {
      rows[row * places.length + at] = features[place] as number
    })
    featureNames.forEach((name, place) => {
      if (!places.includes(place))
        fixed[row] = (fixed[row] as number) + start[name] * (features[place] as number)
    })
  })
  return { rows, fixed, right, weight }
}

/** Of -log(share of the right ones), summed over the questions. */
function gradientOf(lists: readonly List[], weights: Float64Array): Float64Array {
  const gradient = new Float64Array(weights.length)
  const width = weights.length
  for (const { rows, fixed, right, weight } of lists) {
    const scores = new Float64Array(fixed.length)
    let high = Number.NEGATIVE_INFINITY
    for (let row = 0; row < scores.length; row++) {
      let score = fixed[row] as number
      for (let at = 0; at < width; at++)
        score += (weights[at] as number) * (rows[row * width + at] as number)
      scores[row] = score
      high = Math.max(high, score)
    }
    let all = 0
    let good = 0
    for (let row = 0; row < scores.length; row++) {
      const share = Math.exp((scores[row] as number) - high)
      scores[row] = share
      all += share
      if (right[row] === 1) good += share
    }
    for (let row = 0; row < scores.length; row++) {
      const share = scores[row] as number
      const pull = share / all - (right[row] === 1 ? share / Math.max(good, 1e-300) : 0)
      if (pull === 0) continue
      for (let at = 0; at < width; at++)
        gradient[at] = (gradient[at] as number) + weight * pull * (rows[row * width + at] as number)
    }
  }
  return gradient
}
