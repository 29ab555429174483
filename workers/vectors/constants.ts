/**
 * What each feature counts in the order of candidates, as fitted on questions with known answers
 * (test/bench/retrieval); those without such questions were set by hand. They belong to the features' exact
 * definitions: whoever changes one fits them again.
 */
import type { FeatureName } from './features.ts'

export const constants: Readonly<Record<FeatureName, number>> = {
  trans: 12.85,
  test: -11.07,
  namePrecision: 1.86,
  fileBm25: 5.16,
  soft: 8.31,
  coverage: 7.79,
  coverageSquare: -4.2,
  bigram: 4.7,
  verb: 0.3,
  translatedName: 8.5,
  emb: 4,
  // By hand from here on.
  model: 2,
  exactName: 8,
  namedPath: 9,
  prose: -1.5,
  loose: -0.5,
  oneLine: -1.2,
  shortBody: -3,
  vendored: -4,
  exported: 0,
  type: 0,
}
