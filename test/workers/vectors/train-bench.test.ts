/** What the measuring of search quality stands on: doc comments are really gone, ranks and fits are right. */
import { describe, expect, test } from 'bun:test'
import { constants } from '../../../workers/vectors/constants.ts'
import { featureNames } from '../../../workers/vectors/features.ts'
import { trainingPackages } from '../../../workers/vectors/train/packages.ts'
import { blankDocs } from '../../bench/retrieval/blank-docs.ts'
import { corpora } from '../../bench/retrieval/corpora.ts'
import { measure, ranksWith } from '../../bench/retrieval/measures.ts'
import type { Observation, ObservedCandidate } from '../../bench/retrieval/observe.ts'
import { vaguer } from '../../bench/retrieval/questions.ts'
import { fitWeights } from '../../bench/retrieval/softmax-fit.ts'

describe('doc comments are blanked, lines stay', () => {
  const cases: [Parameters<typeof blankDocs>[1], string, number[], string][] = [
    ['typescript', '/**\n * Opens.\n */\nfunction open() {}', [4], '\n\n\nfunction open() {}'],
    ['go', '// Open opens.\nfunc Open() {} // stays', [2], '\nfunc Open() {} // stays'],
    ['rust', '/// Opens.\n#[inline]\nfn open() {}', [3], '\n#[inline]\nfn open() {}'],
    [
      'python',
      'def open():\n    """Opens.\n    """\n    go()',
      [1],
      'def open():\n    ""\n\n    go()',
    ],
    ['cpp', '// Opens.\n// Twice.\nvoid open();', [3], '\n\nvoid open();'],
    ['java', 'int a; // stays\n\nvoid open() {}', [3], 'int a; // stays\n\nvoid open() {}'],
  ]
  for (const [language, before, lines, after] of cases)
    test(`in ${language}`, () => expect(blankDocs(before, language, lines)).toBe(after))
})

test('no repository of the bench is learnt from, and none serves fitting and testing', () => {
  const learnt = new Set(trainingPackages.map((row) => row.name))
  for (const corpus of corpora)
    expect(learnt.has(corpus.spec.replace(/[@=][^@=]*$/, ''))).toBe(false)
  expect(new Set(corpora.map((corpus) => corpus.name)).size).toBe(corpora.length)
})

test('a vaguer question lacks the words of the name, or is none', () => {
  const question = { of: 'function', path: 'a.ts', line: 1, name: 'openDoors' } as const
  const text = 'Opens every door slowly after midnight'
  expect(vaguer({ ...question, text })?.text).toBe('every slowly after midnight')
  expect(vaguer({ ...question, text: 'Opens a door' })).toBeUndefined()
})

test('measures count the first ten and the first five', () => {
  expect(measure([1, 2, 11, 0])).toEqual({ mrr: 0.375, recall: 0.5 })
})

test('a fit finds the feature that tells the right candidates', () => {
  const emb = featureNames.indexOf('emb')
  const bigram = featureNames.indexOf('bigram')
  const candidate = (right: boolean, noise: number): ObservedCandidate => {
    const features = new Float64Array(featureNames.length)
    features[emb] = right ? 0.6 : 0.3
    features[bigram] = noise
    return { features, path: String(noise), kind: 'function', right, rightFile: right }
  }
  const questions = Array.from(
    { length: 20 },
    (_, at): { observation: Observation; weight: number } => ({
      observation: {
        asked: { text: '', isPlace: () => true, isFile: () => true },
        candidates: [
          candidate(false, (at % 3) / 3),
          candidate(true, (at % 2) / 2),
          candidate(false, 0.4),
        ],
        baseline: { place: 0, file: 0 },
        baselineOfFunctions: { place: 0, file: 0 },
        answered: { place: 0, file: 0 },
        milliseconds: 0,
      },
      weight: 1,
    }),
  )
  const start = { ...constants, emb: 0, bigram: 4 }
  const fitted = fitWeights(questions, { start, fitted: ['emb', 'bigram'] })
  const mrr = (weights: typeof start) =>
    measure(questions.map((one) => ranksWith(one.observation, weights).place)).mrr
  expect(mrr(start)).toBeLessThan(0.8)
  expect(mrr(fitted)).toBe(1)
  expect(fitted.trans).toBe(constants.trans)
})
