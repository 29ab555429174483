/** What was learned of models is kept between sessions, and a file that was damaged or edited does no harm. */
import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uncalibrated } from '../../src/agent/calibration.ts'
import { openModelFacts } from '../../src/app/model-facts.ts'

const directories: string[] = []
const directory = () => {
  const path = mkdtempSync(join(tmpdir(), 'codi-facts-'))
  directories.push(path)
  return path
}
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true })
})
const facts = { calibration: { plain: 1.3, wide: 0.7, samples: 4 }, window: 16_000 }

test('facts of several models lie side by side, and another process reads them', async () => {
  const cache = join(directory(), 'deep', 'cache')
  await openModelFacts(cache).put('a/one', facts)
  await openModelFacts(cache).put('a/two', { calibration: facts.calibration })
  expect(openModelFacts(cache).get('a/one')).toEqual(facts)
  expect(openModelFacts(cache).get('a/two')).toEqual({ calibration: facts.calibration })
  expect(openModelFacts(cache).get('a/three')).toEqual({ calibration: { ...uncalibrated } })
  expect(statSync(join(cache, 'models.json')).mode & 0o777).toBe(0o600)
})

test('what has hardly changed is not written again', async () => {
  const cache = directory()
  const store = openModelFacts(cache)
  await store.put('a/one', facts)
  const before = readFileSync(join(cache, 'models.json'), 'utf8')
  const calibration = { ...facts.calibration, plain: 1.301, samples: 5 }
  await store.put('a/one', { ...facts, calibration })
  expect(readFileSync(join(cache, 'models.json'), 'utf8')).toBe(before)
})

test('a window that a host has told is asked anew after a day', async () => {
  const cache = directory()
  await openModelFacts(cache, () => 1_000_000).put('a/one', facts)
  const atDay = (days: number) =>
    openModelFacts(cache, () => 1_000_000 + days * 24 * 3_600_000).get('a/one').window
  expect([atDay(0.9), atDay(1.1), atDay(-1)]).toEqual([16_000, undefined, undefined])
  await openModelFacts(cache, () => 1_000_000 + 2 * 24 * 3_600_000).put('a/one', facts)
  expect([atDay(2.9), atDay(3.1)]).toEqual([16_000, undefined])
})

test('a damaged file and values that cannot be are as if nothing was known', async () => {
  const cache = directory()
  const path = join(cache, 'models.json')
  writeFileSync(path, '{"a/one": {"plain": 1.3')
  expect(openModelFacts(cache).get('a/one')).toEqual({ calibration: { ...uncalibrated } })
  writeFileSync(path, '{"a/one": {"plain": 900, "wide": "x", "samples": -1, "window": "big"}}')
  expect(openModelFacts(cache).get('a/one')).toEqual({ calibration: { ...uncalibrated } })
  await openModelFacts(cache).put('a/one', facts)
  expect(openModelFacts(cache).get('a/one')).toEqual(facts)
})

test('a cache that cannot be written is no error', async () => {
  const file = join(directory(), 'file')
  writeFileSync(file, '')
  const store = openModelFacts(join(file, 'cache'))
  await store.put('a/one', facts)
  expect(store.get('a/one')).toEqual({ calibration: { ...uncalibrated } })
})
