/**
 * The order of candidates: one weighted sum of features. Vectors are one voice among these; their order alone decides
 * nothing.
 */
import { constants } from './constants.ts'
import { type Features, featureNames } from './features.ts'

/** By place in `featureNames`. */
const fitted = featureNames.map((name) => constants[name])

export function scoreOf(features: Features, weights: readonly number[] = fitted): number {
  let score = 0
  for (let at = 0; at < weights.length; at++)
    score += (weights[at] as number) * (features[at] as number)
  return score
}
