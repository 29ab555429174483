/**
 * What each feature counts in the order of candidates, as fitted on questions with known answers
 * (test/bench/retrieval); those without such questions were set by hand. They belong to the features' exact
 * definitions: whoever changes one fits them again.
 */
import type { FeatureName } from './features.ts'

export const constants: Readonly<Record<FeatureName, number>> = {
  trans: 11.98,
  test: -11.07,
  namePrecision: 1.6,
  fileBm25: 4.83,
  soft: 7.94,
  coverage: 5.23,
  coverageSquare: -3.19,
  bigram: 4.33,
  verb: 0.48,
  translatedName: 10.29,
  emb: 4.34,
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
