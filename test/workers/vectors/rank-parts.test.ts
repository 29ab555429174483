/** The small parts of the order: the best of many, spelling, the bytes of a segment. */
import { describe, expect, test } from 'bun:test'
import { beginsWithAction } from '../../../workers/vectors/action-words.ts'
import { createBuiltinEmbedder } from '../../../workers/vectors/embed.ts'
import {
  decodeColumns,
  decodePostings,
  encodeColumns,
  encodePostings,
  fileOrdinal,
  fileWeight,
  indexOfSorted,
  lowerBound,
  packFile,
  packWord,
  pairHash,
  wordFields,
  wordWeight,
} from '../../../workers/vectors/segment.ts'
import { selectBest } from '../../../workers/vectors/select-best.ts'
import { likeness, spellingOf } from '../../../workers/vectors/spelling.ts'

describe('the best of many', () => {
  const scores = Float32Array.from({ length: 500 }, (_, at) => 1 + ((at * 7919) % 101))
  const penalty = (item: number) => (item % 3 === 0 ? 20 : 0)
  const all = new Uint8Array(500).fill(1)

  test('are those that sorting everything gives, a tie to the smaller one', () => {
    for (const count of [1, 7, 100, 499, 500, 600]) {
      const sorted = [...scores]
        .map((score, item) => ({ value: score - penalty(item), item }))
        .sort((a, b) => b.value - a.value || a.item - b.item)
        .slice(0, count)
        .map((entry) => entry.item)
      expect(selectBest({ count, scores, allowed: all, penalty })).toEqual(sorted)
    }
  })

  test('are only those that are allowed and have a score', () => {
    const some = Uint8Array.from(scores, (_, item) => (item % 50 === 3 ? 1 : 0))
    const gone = Float32Array.from(scores, (score, item) => (item === 103 ? 0 : score))
    const best = selectBest({ count: 1000, scores: gone, allowed: some, penalty })
    expect(best.toSorted((a, b) => a - b)).toEqual([3, 53, 153, 203, 253, 303, 353, 403, 453])
  })
})

describe('spelling', () => {
  const like = (word: string, name: string) => likeness(spellingOf(word), spellingOf(name))

  test('a slip of the fingers is near, another word is far', () => {
    expect(like('reparation', 'repparation')).toBeGreaterThan(0.5)
    expect(like('session', 'sesion')).toBeGreaterThan(0.5)
    expect(like('repair', 'garden')).toBe(0)
    expect(like('same', 'same')).toBe(1)
  })

  test('an abbreviation in code is near its word, not the other way round', () => {
    for (const [word, name] of [
      ['config', 'cfg'],
      ['configur', 'config'],
      ['message', 'msge'],
    ] as const)
      expect(like(word, name)).toBe(0.7)
    expect(like('cfg', 'config')).toBeLessThan(0.5)
    expect(like('config', 'cog')).toBe(0.7)
    expect(like('config', 'xfg')).toBeLessThan(0.5)
  })
})

describe('the bytes of a segment', () => {
  test('a posting list comes back as it was, also from an odd offset', () => {
    const list = {
      ordinals: Uint32Array.from([0, 3, 70_000]),
      words: Uint32Array.from([packWord(4.8, 1), packWord(0.01, 1 << 9), packWord(1e6, 3)]),
      files: Uint32Array.from([packFile(0, 5), packFile(900_000, 1e6)]),
    }
    const bytes = encodePostings(list)
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    for (const read of [decodePostings(bytes), decodePostings(shifted.subarray(1))])
      expect(read).toEqual(list)
    expect([...list.words].map(wordFields)).toEqual([1, 1 << 9, 3])
    expect(wordWeight(list.words[0] ?? 0)).toBeCloseTo(4.8, 2)
    expect(wordWeight(list.words[1] ?? 0)).toBeGreaterThan(0)
    expect(wordWeight(list.words[2] ?? 0)).toBeGreaterThan(100)
    expect([...list.files].map(fileOrdinal)).toEqual([0, 900_000])
    expect([...list.files].map(fileWeight)).toEqual([5, 4095])
  })

  test('columns come back as they were', () => {
    const columns = {
      chunkIds: Uint32Array.from([5, 9]),
      fileOf: Uint32Array.from([0, 0]),
      info: Uint32Array.from([1, 0xffffffff]),
      nameAt: Uint32Array.from([0, 2, 2]),
      names: Uint32Array.from([7, 8]),
      pairAt: Uint32Array.from([0, 0, 1]),
      pairs: Uint32Array.from([pairHash(7, 8)]),
      docIds: Uint32Array.from([4]),
      docLengths: Uint32Array.from([100]),
      docLanguages: Uint32Array.from([3_000_000_000]),
    }
    expect(decodeColumns(encodeColumns(columns))).toEqual(columns)
  })

  test('a value is found in a sorted array, or the place where it would be', () => {
    const sorted = Uint32Array.from([2, 4, 4_000_000_000])
    expect([1, 2, 3, 4, 4_000_000_000].map((value) => indexOfSorted(sorted, value))).toEqual([
      -1, 0, -1, 1, 2,
    ])
    expect([0, 2, 3, 4_000_000_001].map((value) => lowerBound(sorted, value))).toEqual([0, 0, 1, 3])
  })

  test('a pair of words is not the pair the other way round', () => {
    expect(pairHash(7, 8)).not.toBe(pairHash(8, 7))
  })
})

test('what begins with an action is told from a noun and from a question word', () => {
  for (const text of ['Returns the last line', 'copies a file', 'parse a date', 'Flushes it'])
    expect(beginsWithAction(text)).toBe(true)
  for (const text of ['where are retries delayed', 'The settings of a run', 'bus of events', ''])
    expect(beginsWithAction(text)).toBe(false)
})

test('the embedder knows which words tell of code, and likens names to questions', () => {
  const embedder = createBuiltinEmbedder()
  expect(embedder.tells('pars')).toBeGreaterThan(2 * embedder.tells('given'))
  const question = embedder.query([['remov', 1]])
  expect(embedder.codeCosine(question, ['delet'])).toBeGreaterThan(
    embedder.codeCosine(question, ['color']),
  )
  expect(embedder.codeCosine(question, [])).toBe(0)
})
