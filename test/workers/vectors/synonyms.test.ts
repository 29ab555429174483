/** Questions in other words than the code's. */
import { beforeAll, expect, test } from 'bun:test'
import { kinOf } from '../../../workers/vectors/synonyms.ts'
import { makeSearchable } from './searchable.ts'

const project = makeSearchable({
  'src/tree.ts':
    'export function findChild(name: string) {\n  const child = name.trim()\n  return child\n}\n',
  'src/reset.ts':
    'export function resetChild(name: string) {\n  const child = ""\n  return child\n}\n',
  'src/wait.ts':
    'export function untilDeadline(ms: number) {\n  const end = ms * 2\n  return end\n}\n',
  'vendor/lib/parser.ts':
    'export function parseHeader(text: string) {\n  const parts = text\n  return parts\n}\n',
  'src/http/parser.ts':
    'export function parseHeader(text: string) {\n  const parts = text\n  return parts\n}\n',
  'src/sum.ts':
    'export class Sum {\n  checksum(): string {\n    return ""\n  }\n}\n/** Adds all up. */\nexport function computeChecksum(values: number[]) {\n  let checksum = 0\n  for (const value of values) {\n    checksum += value\n  }\n  return checksum\n}\n',
})
beforeAll(async () => {
  await project.update()
})

const first = async (text: string) => (await project.search(text))[0]

test('an irregular form finds the verb', async () => {
  expect((await first('how is a child found?'))?.symbol).toBe('findChild')
  expect(kinOf('found')[0]).toEqual({ word: 'find', share: 1 })
})

test('a word that programmers take for another finds it, where the word itself is nowhere', async () => {
  expect((await first('where is the timeout?'))?.symbol).toBe('untilDeadline')
})

test('a word is no kin of itself in another form', () => {
  expect(kinOf('parsed').map((kin) => kin.word)).not.toContain('parse')
  expect(kinOf('banana')).toEqual([])
})

test('the project’s own code comes before vendored code, a body before an accessor', async () => {
  expect((await first('parse header'))?.path).toBe('src/http/parser.ts')
  expect((await first('how is the checksum computed?'))?.symbol).toBe('computeChecksum')
})

test('words that every object has a property of are words like others', async () => {
  for (const word of ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'])
    expect(kinOf(word)).toEqual([])
  expect(Array.isArray(await project.search('the constructor of a child'))).toBe(true)
})
