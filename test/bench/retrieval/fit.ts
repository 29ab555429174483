/**
 * `bun test/bench/retrieval/fit.ts [--cache DIR] [--only a,b] [--step .2] [--write]`: fits the constants of the order on
 * the TUNE part: listwise softmax over each question's candidates, L2, full-batch Adam; all styles together. `--step`
 * goes only that share of the way from what stands there; `--write` puts the numbers into workers/vectors/constants.ts.
 * What they are worth, run.ts says by the TEST part.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { constants } from '../../../workers/vectors/constants.ts'
import type { FeatureName } from '../../../workers/vectors/features.ts'
import { collect, type ObservedSet, type Style, usualCache } from './collect.ts'
import { measure, ranksWith, type Weights } from './measures.ts'
import { fitWeights } from './softmax-fit.ts'

/**
 * What the questions can tell. The others stay as they are: no answer of the set is a constant, a short body or a text,
 * so a fit would learn the set's own construction.
 */
const fitted: readonly FeatureName[] = [
  'trans',
  'namePrecision',
  'fileBm25',
  'soft',
  'coverage',
  'coverageSquare',
  'baseCoverage',
  'containerCoverage',
  'bigram',
  'verb',
  'translatedName',
  'emb',
  'nameEmb',
  'action',
]

/** What all questions of a style together count. */
const styleShares: Record<Style, number> = { docs: 1, types: 0.25, vague: 0.3, commits: 0.3 }

const { values } = parseArgs({
  options: {
    cache: { type: 'string' },
    only: { type: 'string' },
    step: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const step = Number(values.step)
if (!(step > 0 && step <= 1)) throw new Error(`--step ${values.step}: a number above 0, at most 1`)
const sets = await collect({
  cache: values.cache ?? usualCache(),
  part: 'tune',
  say: (text) => console.error(text),
  ...(values.only !== undefined && { only: new Set(values.only.split(',')) }),
})
const counts = new Map<Style, number>()
for (const { style, observations } of sets)
  counts.set(style, (counts.get(style) ?? 0) + observations.length)
const total = counts.get('docs') ?? 1
const questions = sets.flatMap((set) =>
  set.observations.map((observation) => ({
    observation,
    weight: (styleShares[set.style] * total) / (counts.get(set.style) ?? 1),
  })),
)
const best = fitWeights(questions, { start: constants, fitted })
const found: Record<FeatureName, number> = { ...constants }
for (const name of fitted)
  found[name] = Math.round((constants[name] + step * (best[name] - constants[name])) * 100) / 100
report('as it is', sets, constants)
report('fitted', sets, found)
for (const name of fitted) console.log(`  ${name}: ${found[name]},`)
if (values.write) writeConstants(found)

function report(name: string, of: ObservedSet[], weights: Weights): void {
  for (const style of ['docs', 'types', 'vague', 'commits'] as const) {
    const ranks = of
      .filter((set) => set.style === style)
      .flatMap((set) => set.observations.map((one) => ranksWith(one, weights)))
    const places = measure(ranks.map((one) => one.place)).mrr.toFixed(3)
    const files = measure(ranks.map((one) => one.file)).mrr.toFixed(3)
    console.log(`${name}, TUNE, ${style}: function ${places}, file ${files}`)
  }
}

/** Only the numbers change: the table keeps its rows and its words. */
function writeConstants(weights: Weights): void {
  const path = join(resolve(import.meta.dir, '../../..'), 'workers/vectors/constants.ts')
  let text = readFileSync(path, 'utf8')
  for (const name of fitted)
    text = text.replace(new RegExp(`^(  ${name}: )-?[\\d.]+`, 'm'), `$1${weights[name]}`)
  writeFileSync(path, text)
}
