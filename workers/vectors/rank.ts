/**
 * The order of candidates: one weighted sum of features. Vectors are one voice among these; their order alone decides
 * nothing.
 */
import { constants } from './constants.ts'
import { type FeatureName, type Features, featureNames } from './features.ts'

export function scoreOf(
  features: Features,
  weights: Readonly<Record<FeatureName, number>> = constants,
): number {
  let score = 0
  featureNames.forEach((name, at) => {
    score += weights[name] * (features[at] as number)
  })
  return score
}
