/**
 * What each feature counts in the order of candidates, as fitted on questions with known answers
 * (test/bench/retrieval); those without such questions were set by hand. They belong to the features' exact
 * definitions: whoever changes one fits them again.
 */
import type { FeatureName } from './features.ts'

export const constants: Readonly<Record<FeatureName, number>> = {
  trans: 12.47,
  test: -11.07,
  namePrecision: 1.74,
  fileBm25: 5.01,
  soft: 8.15,
  coverage: 6.66,
  coverageSquare: -3.76,
  bigram: 4.54,
  verb: 0.38,
  translatedName: 9.29,
  emb: 4.15,
  // By hand from here on.
  model: 2,
  exactName: 8,
  namedPath: 9,
  prose: -1.5,
  loose: -0.5,
  oneLine: -1.2,
  shortBody: -3,
  vendored: -4,
}
