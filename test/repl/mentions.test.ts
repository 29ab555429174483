import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classify } from '../../src/repl/dispatch.ts'
import { attachMentions, mentionsOf } from '../../src/repl/mentions.ts'
import { splitWords } from '../../src/repl/words.ts'
import { openWorkspace } from '../../src/tools/workspace.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

async function attach(text: string, files: Record<string, string | Uint8Array>) {
  const root = mkdtempSync(join(tmpdir(), 'codi-mentions-'))
  directories.push(root)
  mkdirSync(join(root, 'dir'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content)
  return attachMentions(text, await openWorkspace(root, []))
}

describe('@file in a prompt', () => {
  test('attaches text, an image as an image, a directory as its names', async () => {
    const png = Buffer.from('89504e470d0a1a0a00000000', 'hex')
    const { input } = await attach('see @a.txt, @p.png and @dir.', {
      'a.txt': 'hello\n',
      'p.png': png,
      'dir/one.ts': '',
    })
    expect(input.text).toContain('<file path="a.txt">\nhello\n</file>')
    expect(input.text).toContain('<file path="dir">\none.ts\n</file>')
    expect(input.images).toEqual([
      { type: 'image', mediaType: 'image/png', data: png.toString('base64'), name: 'p.png' },
    ])
  })

  test('cuts a big file and says so', async () => {
    const { input, notices } = await attach('@big.txt', { 'big.txt': 'line\n'.repeat(60_000) })
    expect(input.text.length).toBeLessThan(210_000)
    expect(input.text).toContain('[cut: the first 200 KB of 293 KB')
    expect(notices[0]?.text).toContain('first 200 KB')
  })

  test('says what is missing, binary or outside, and leaves plain words alone', async () => {
    const { input, notices } = await attach('@no.txt @b.bin @../x.txt @someone a@b.de', {
      'b.bin': Buffer.from([1, 0, 2]),
    })
    expect(input.text).toBe('@no.txt @b.bin @../x.txt @someone a@b.de')
    expect(notices.map((notice) => notice.level)).toEqual(['warning', 'warning', 'warning'])
    expect(notices[1]?.text).toContain('binary')
    expect(notices[2]?.text).toContain('outside')
  })

  test('takes quoted names and drops the punctuation of a sentence', () => {
    expect(mentionsOf('(@a.ts) @"my file.txt", and @b/c.md. mail x@y.z @a.ts!')).toEqual([
      'a.ts',
      'my file.txt',
      'b/c.md',
    ])
  })
})

describe('what a submitted line is', () => {
  const rows: [string, string][] = [
    ['  ', 'nothing'],
    ['/help', 'command'],
    ['/etc/hosts is what?', 'prompt'],
    ['// a comment', 'prompt'],
    ['!ls', 'shell'],
    ['!', 'nothing'],
    ['?mode', 'search'],
    ['? what is this for', 'prompt'],
    ['plain words', 'prompt'],
  ]
  for (const [text, kind] of rows) {
    test(`"${text}" is ${kind}`, () => {
      expect(classify(text).kind).toBe(kind as ReturnType<typeof classify>['kind'])
    })
  }

  test('words keep their quotes together, an apostrophe is a letter', () => {
    expect(splitWords('a "b c" d\\ e \'f g\'')).toEqual(['a', 'b c', 'd e', 'f g'])
    expect(splitWords("what's this")).toEqual(["what's", 'this'])
    expect(splitWords('it "never closes')).toEqual(['it', '"never', 'closes'])
  })
})
