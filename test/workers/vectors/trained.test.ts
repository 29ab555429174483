/** The committed products of `bun run train`: what they know, and that they are what their manifest says. */
import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAssociations } from '../../../workers/vectors/associations.ts'
import { trainingPackages } from '../../../workers/vectors/train/packages.ts'
import { loadTrainedWords } from '../../../workers/vectors/trained-words.ts'
import { createStemmer } from '../../../workers/vectors/words.ts'

const trained = join(import.meta.dir, '../../../workers/vectors/trained')
const manifest = JSON.parse(readFileSync(join(trained, 'manifest.json'), 'utf8'))
const stemmer = createStemmer()
const [associations, words] = [loadAssociations(), loadTrainedWords()]

test('the products have the hashes of their manifest and stay below 2 MB together', () => {
  let total = 0
  for (const name of ['associations', 'words']) {
    const bytes = readFileSync(join(trained, `${name}.bin`))
    total += bytes.length
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest[name].sha256)
    expect(bytes.length).toBe(manifest[name].bytes)
  }
  expect(total).toBeLessThanOrEqual(2_000_000)
})

test('the manifest names the packages of the table', () => {
  const named = manifest.packages.map(
    (row: Record<string, unknown>) => `${row.name}@${row.version}`,
  )
  expect(named).toEqual(trainingPackages.map((row) => `${row.name}@${row.version}`))
})

test('English words lead to what code calls them', () => {
  const leads = (english: string) => {
    const [stem = ''] = stemmer.stems(english)
    return associations.of(stem).map((row) => row.stem)
  }
  expect(leads('directory')).toContain('dir')
  expect(leads('remove')).toContain('delet')
  expect(leads('compare')).toContain('equal')
  expect(leads('whether')).toContain('is')
})

test('associations come likeliest first, between 0 and 1, and never lead to themselves', () => {
  for (const english of ['directori', 'whether', 'convert']) {
    const rows = associations.of(english)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map((row) => row.p)).toEqual(rows.map((row) => row.p).sort((a, b) => b - a))
    for (const row of rows) {
      expect(row.p).toBeGreaterThan(0)
      expect(row.p).toBeLessThanOrEqual(1)
      expect(row.stem).not.toBe(english)
    }
  }
})

test('a question lies nearest to the code that does it', () => {
  const vector = (text: string, add: typeof words.addQuery) => {
    const sum = new Float32Array(words.dimensions)
    for (const stem of stemmer.stems(text)) add(sum, stem, 1)
    const length = Math.hypot(...sum)
    return sum.map((value) => value / length)
  }
  const question = vector('remove directory', words.addQuery)
  const names = ['deleteDir', 'parseNumber', 'openSocket', 'renderButton', 'sortRows']
  const nearest = names
    .map((name) => ({ name, code: vector(name, words.addCode) }))
    .map(({ name, code }) => ({
      name,
      cosine: code.reduce((sum, value, at) => sum + value * (question[at] ?? 0), 0),
    }))
    .sort((a, b) => b.cosine - a.cosine)[0]
  expect(nearest?.name).toBe('deleteDir')
})
