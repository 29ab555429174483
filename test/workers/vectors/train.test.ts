/** Training on a small package on disk: what is learnt, what is left out, and the same bytes each time. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeAssociations } from '../../../workers/vectors/associations-file.ts'
import { documentedNames } from '../../../workers/vectors/train/doc-comments.ts'
import { checkLicence } from '../../../workers/vectors/train/fetch.ts'
import { allowedLicences, trainingPackages } from '../../../workers/vectors/train/packages.ts'
import { type TrainingSource, train } from '../../../workers/vectors/train.ts'
import { trainedWordsOf } from '../../../workers/vectors/trained-words.ts'

const directory = mkdtempSync(join(tmpdir(), 'codi-train-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const small = { dimensions: 32, maxStems: 500, epochs: 10, seed: 7 }

/** `demolish` is what this package calls removing, and so on: every verb of a sentence has another word in the code. */
function plant(): TrainingSource {
  const root = join(directory, 'planted')
  mkdirSync(join(root, 'node_modules/other'), { recursive: true })
  const verbs = Object.entries({
    Removes: 'demolish',
    Paints: 'tint',
    Counts: 'tally',
    Opens: 'unseal',
    Joins: 'weld',
  })
  const things = 'River Mountain Castle Forest Bridge Garden Window Candle Mirror Ladder'.split(' ')
  const code = things.flatMap((thing) =>
    verbs.map(
      ([verb, word]) =>
        `/**\n * ${verb} the ${thing.toLowerCase()}.\n * @param id ignored\n */\n` +
        `function ${word}${thing}(id) {}`,
    ),
  )
  writeFileSync(join(root, 'planted.js'), code.join('\n'))
  writeFileSync(
    join(root, 'node_modules/other/other.js'),
    '/** Removes everything it finds. */\nfunction foreign() {}\n'.repeat(5),
  )
  return { name: 'planted', version: '1.0.0', licence: 'MIT', directory: root }
}

describe('training', () => {
  const source = plant()
  const products = train([source], small)

  test('learns what code calls a thing that the sentences call otherwise', () => {
    const of = decodeAssociations(products.associations)
    expect(of('remov')[0]?.stem).toBe('demolish')
    expect(of('paint')[0]?.stem).toBe('tint')
    expect(of('unheard')).toEqual([])
  })

  test('lays a sentence nearer to its own code than to other code', () => {
    const words = trainedWordsOf(products.words)
    const query = new Float32Array(words.dimensions)
    for (const stem of ['remov', 'river']) words.addQuery(query, stem, 1)
    const near = (stems: string[]) => {
      const code = new Float32Array(words.dimensions)
      for (const stem of stems) words.addCode(code, stem, 1)
      return cosine(query, code)
    }
    expect(near(['demolish', 'river'])).toBeGreaterThan(near(['tint', 'river']) + 0.1)
    expect(near(['demolish', 'river'])).toBeGreaterThan(near(['demolish', 'castl']) + 0.1)
  })

  test('gives the same bytes each time, and others for another seed', () => {
    const again = train([source], small)
    expect(Buffer.from(again.words).equals(Buffer.from(products.words))).toBe(true)
    expect(again.manifest).toEqual(products.manifest)
    const other = train([source], { ...small, seed: 8 })
    expect(other.manifest.words.sha256).not.toBe(products.manifest.words.sha256)
  })

  test('counts a repeated sentence once and leaves bundled packages out', () => {
    expect(products.manifest.pairs).toBe(50)
    expect(products.manifest.packages).toEqual([
      { name: 'planted', version: '1.0.0', licence: 'MIT', pairs: 50 },
    ])
  })

  test('a stem that was not seen still finds itself', () => {
    const words = trainedWordsOf(products.words)
    const query = new Float32Array(words.dimensions)
    const same = new Float32Array(words.dimensions)
    const other = new Float32Array(words.dimensions)
    words.addQuery(query, 'zyzzyva', 1)
    words.addCode(same, 'zyzzyva', 1)
    words.addCode(other, 'quokka', 1)
    expect(cosine(query, same)).toBeCloseTo(1, 5)
    expect(Math.abs(cosine(query, other))).toBeLessThan(0.6)
  })
})

describe('doc comments', () => {
  const cases: { title: string; code: string; name: string | undefined; doc?: string }[] = [
    {
      title: 'a function',
      code: '/** Opens it. */\nexport async function open(a, b) {}',
      name: 'open',
    },
    {
      title: 'a method',
      code: '{\n/** Opens it. */\n  public static open<T>(a: T): void;',
      name: 'open',
    },
    { title: 'an accessor', code: '/** The size. */\nget size(): number', name: 'size' },
    {
      title: 'a prototype',
      code: '/** Opens. */\nfoo.Bar.prototype.open = function (a) {}',
      name: 'open',
    },
    {
      title: 'a property of an object',
      code: '/** Opens. */\n  open: function (a) {}',
      name: 'open',
    },
    { title: 'an optional property', code: '/** Opens. */\nreadonly open?: boolean', name: 'open' },
    {
      title: 'a class',
      code: '/** A door. */\nexport default abstract class Door {',
      name: 'Door',
    },
    {
      title: 'a decorated method',
      code: '/** Opens. */\n@Input({ a: 1 }) open() {}',
      name: 'open',
    },
    { title: 'a constructor', code: '/** Makes it. */\nconstructor(a) {}', name: undefined },
    { title: 'a statement', code: '/** Loops. */\nfor (const a of b) {}', name: undefined },
    { title: 'a licence', code: '/** @license MIT */\nfunction open() {}', name: undefined },
    {
      title: 'markup',
      code: '/**\n * Opens {@link Door the door} of `x`, see [here](http://a).\n * @see y\n */\nopen()\n{}',
      name: 'open',
      doc: 'Opens Door the door of x, see here.',
    },
  ]
  for (const { title, code, name, doc } of cases)
    test(`of ${title} ${name === undefined ? 'are passed over' : 'are read'}`, () => {
      const [found] = documentedNames(code)
      expect(found?.name).toBe(name as string)
      if (doc !== undefined) expect(found?.doc).toBe(doc)
    })

  test('bring the signature without the body, and the body to its own brace', () => {
    const [found] = documentedNames(
      '/** Adds. */\nfunction add(one: number, two: number) { if (one) { return "}" } return two }\nafter()',
    )
    expect(found?.signature).toContain('two: number')
    expect(found?.body).toContain('return two')
    expect(found?.body).not.toContain('after')
  })
})

describe('the packages learnt from', () => {
  test('have an exact version and an allowed licence each, and stand once', () => {
    for (const { version, licence } of trainingPackages) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
      expect(allowedLicences.has(licence)).toBe(true)
    }
    const names = trainingPackages.map((row) => row.name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('are refused when their own licence is another', () => {
    const root = join(directory, 'licence')
    mkdirSync(root)
    const row = { name: 'x', version: '1.0.0', licence: 'MIT' }
    const say = (licence: string) =>
      writeFileSync(
        join(root, 'package.json'),
        JSON.stringify({ version: '1.0.0', license: licence }),
      )
    say('MIT')
    expect(() => checkLicence(root, row)).not.toThrow()
    say('AGPL-3.0')
    expect(() => checkLicence(root, row)).toThrow('has the licence "AGPL-3.0"')
    expect(() => checkLicence(root, { ...row, licence: 'AGPL-3.0' })).toThrow('allowed are MIT')
  })
})

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0
  let squareA = 0
  let squareB = 0
  for (let at = 0; at < a.length; at++) {
    product += (a[at] ?? 0) * (b[at] ?? 0)
    squareA += (a[at] ?? 0) ** 2
    squareB += (b[at] ?? 0) ** 2
  }
  return product / Math.sqrt(squareA * squareB)
}
