/**
 * What each feature counts in the order of candidates, as fitted on questions with known answers
 * (test/bench/retrieval); those without such questions were set by hand. They belong to the features' exact
 * definitions: whoever changes one fits them again.
 */
import type { FeatureName } from './features.ts'

export const constants: Readonly<Record<FeatureName, number>> = {
  trans: 10.56,
  test: -11.07,
  namePrecision: 1.3,
  fileBm25: 4.65,
  soft: 7.59,
  coverage: 5.17,
  coverageSquare: -3.1,
  baseCoverage: 3.09,
  containerCoverage: 1.35,
  bigram: 4.48,
  verb: 0.47,
  translatedName: 10.04,
  emb: 3.97,
  nameEmb: 1.85,
  action: 1.54,
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
