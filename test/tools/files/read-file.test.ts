import { describe, expect, test } from 'bun:test'
import { mkdir, open } from 'node:fs/promises'
import { rgPath } from '@vscode/ripgrep'
import { CodiError } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { viewImage } from '../../../src/tools/files/view-image.ts'
import { contentText, openToolBench } from '../../support/tool-context.ts'

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  if (thrown instanceof CodiError) return thrown
  throw thrown
}

function numbers(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('')
}

describe('a text file', () => {
  test('is given with line numbers and without footer when it is all there', async () => {
    await using work = await openToolBench({ files: { 'a.txt': numbers(10) } })
    const said = await work.say(readFile, { path: 'a.txt' })
    expect(said.split('\n')[0]).toBe(' 1: line 1')
    expect(said.split('\n')[9]).toBe('10: line 10')
    expect(said.split('\n').length).toBe(10)
  })

  test('is given in pages of 2,000 lines that continue where the footer says', async () => {
    await using work = await openToolBench({ files: { 'a.txt': numbers(4100) } })
    const first = await work.say(readFile, { path: 'a.txt' })
    expect(first).toEndWith('2000: line 2000\n[lines 1-2000 of 4,100; continue with offset=2001]')
    const last = await work.say(readFile, { path: 'a.txt', offset: 4001, limit: 5000 })
    expect(last).toStartWith('4001: line 4001\n')
    expect(last).toEndWith('4100: line 4100\n[lines 4001-4100 of 4,100]')
  })

  test('is given in pages of 50 KB', async () => {
    const lines = `${'x'.repeat(1000)}\n`.repeat(200)
    await using work = await openToolBench({ files: { 'a.txt': lines } })
    const said = await work.say(readFile, { path: 'a.txt' })
    expect(said).toContain('[lines 1-51 of 200; continue with offset=52]')
    expect(Buffer.byteLength(said)).toBeLessThan(52 * 1024)
  })

  test('has its long lines cut with a mark', async () => {
    await using work = await openToolBench({ files: { 'a.txt': `${'y'.repeat(5000)}\nshort\n` } })
    const said = await work.say(readFile, { path: 'a.txt' })
    expect(said).toContain('y… [3,000 more characters in this line]\n2: short')
  })

  test('tells when the offset is beyond its end, and when it is empty', async () => {
    await using work = await openToolBench({ files: { 'a.txt': numbers(3), 'empty.txt': '' } })
    expect(await work.say(readFile, { path: 'a.txt', offset: 9 })).toBe(
      '[a.txt has 3 lines; offset 9 is beyond its end]',
    )
    expect(await work.say(readFile, { path: 'empty.txt' })).toBe('[empty.txt is empty]')
  })

  test('is given as it is, hidden characters included', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'a\u200bb\x1b[31m\u202e\n' } })
    expect(await work.say(readFile, { path: 'a.txt' })).toBe('1: a\u200bb\x1b[31m\u202e')
  })

  const encodings: [string, Uint8Array, string][] = [
    ['UTF-8 with byte order mark', Buffer.from('\ufeffgrün\r\n'), 'grün'],
    ['UTF-16LE', Buffer.from('\ufeffgrün\r\nend\r\n', 'utf16le'), 'grün'],
    ['UTF-16BE', Buffer.from('\ufeffgrün\r\nend\r\n', 'utf16le').swap16(), 'grün'],
    ['UTF-16LE without mark', Buffer.from('green\r\nend\r\n', 'utf16le'), 'green'],
    ['windows-1252', Buffer.from('gr\xfcn\r\n', 'latin1'), 'grün'],
    ['Shift JIS', Buffer.from([0x83, 0x47, 0x83, 0x89, 0x81, 0x5b, 0x0a]), 'エラー'],
  ]
  test.each(encodings)('in %s is decoded', async (_, bytes, word) => {
    await using work = await openToolBench({ files: { 'a.txt': bytes } })
    expect((await work.say(readFile, { path: 'a.txt' })).split('\n')[0]).toMatch(
      new RegExp(`^1: ${word}$`),
    )
  })
})

describe('a file too large to load', () => {
  test('is read up to the wanted lines only, at any offset', async () => {
    await using work = await openToolBench()
    const handle = await open(work.path('big.log'), 'w')
    const block = Array.from({ length: 10_000 }, (_, index) => `entry ${index}\r\n`).join('')
    for (let index = 0; index < 160; index++) await handle.write(block)
    // Nothing behind the first lines is ever touched: 4 GB of hole cost nothing.
    await handle.truncate(4 * 1024 ** 3)
    await handle.close()
    const memory = process.memoryUsage().rss
    const said = await work.say(readFile, { path: 'big.log', limit: 3 })
    expect(said).toBe(
      '1: entry 0\n2: entry 1\n3: entry 2\n[lines 1-3 of a file of 4.0 GB; continue with offset=4]',
    )
    const later = await work.say(readFile, { path: 'big.log', offset: 1_234_567, limit: 1 })
    expect(later).toStartWith('1234567: entry 4566\n')
    // Other tests of this process leave their garbage; whoever loads the file takes gigabytes.
    expect(process.memoryUsage().rss - memory).toBeLessThan(512 * 1024 * 1024)
  })

  test('of one endless line shows its beginning and its length', async () => {
    await using work = await openToolBench({
      files: { 'a.json': `["${'é'.repeat(9_000_000)}"]\nend` },
    })
    const said = await work.say(readFile, { path: 'a.json' })
    expect(said).toStartWith('1: ["éé')
    expect(said).toMatch(/é… \[17,99\d,\d+ more characters in this line\]\n2: end$/)
  })
})

describe('what is no text', () => {
  test('is refused with type and size', async () => {
    await using work = await openToolBench({
      files: {
        prog: Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(2000)]),
        noise: new Uint8Array([7, 0, 200, 3, 0, 0, 9]),
        'doc.pdf': '%PDF-1.7\n…',
      },
    })
    expect((await failure(work.run(readFile, { path: 'prog' }))).message).toContain(
      'prog is binary (2.0 KB: ELF executable)',
    )
    expect((await failure(work.run(readFile, { path: 'noise' }))).message).toContain('binary (7 B)')
    expect((await failure(work.run(readFile, { path: 'doc.pdf' }))).message).toContain('pdftotext')
  })

  test('a directory points to list_directory', async () => {
    await using work = await openToolBench()
    await mkdir(work.path('dir'))
    expect((await failure(work.run(readFile, { path: 'dir' }))).message).toContain('list_directory')
  })

  test('a pipe is refused instead of waited for', async () => {
    await using work = await openToolBench()
    await runProgram(['mkfifo', work.path('pipe')])
    expect((await failure(work.run(readFile, { path: 'pipe' }))).message).toContain('pipe')
  })

  test('an image is shown, a large one made smaller', async () => {
    await using work = await openToolBench({ files: { 'dot.png': onePixelPng } })
    const large = await new Bun.Image(onePixelPng).resize(3000, 1500).png().bytes()
    await work.write('large.png', large)
    const dot = await work.run(readFile, { path: 'dot.png' })
    expect(dot.content).toMatchObject([
      { type: 'text', text: expect.stringContaining('1x1') },
      { type: 'image', mediaType: 'image/png', data: Buffer.from(onePixelPng).toString('base64') },
    ])
    const shown = await work.run(viewImage, { path: 'large.png' })
    expect(shown.data).toMatchObject({ width: 2000, height: 1000 })
    expect(contentText(shown)).toContain('made from 3000x1500')
  })

  test('view_image refuses what is no image', async () => {
    await using work = await openToolBench({ files: { 'a.txt': 'text', 'bad.png': '\x89PNG' } })
    for (const path of ['a.txt', 'bad.png']) {
      expect((await failure(work.run(viewImage, { path }))).kind).toBe('unsupported')
    }
  })
})

test('a notebook is given cell by cell', async () => {
  const notebook = {
    cells: [
      { cell_type: 'markdown', source: ['# Title\n', 'text'] },
      {
        cell_type: 'code',
        source: 'print(1)\n',
        outputs: [
          { output_type: 'stream', text: ['1\n'] },
          { output_type: 'display_data', data: { 'image/png': 'xxxx' } },
          { output_type: 'error', ename: 'ValueError', evalue: 'no' },
        ],
      },
    ],
    nbformat: 4,
  }
  await using work = await openToolBench({
    files: { 'a.ipynb': JSON.stringify(notebook), 'broken.ipynb': '{"cells": 3' },
  })
  const said = await work.say(readFile, { path: 'a.ipynb' })
  for (const part of [
    'cell 1 (markdown)',
    '# Title',
    'print(1)',
    '[image/png]',
    'ValueError: no',
  ]) {
    expect(said).toContain(part)
  }
  expect(await work.say(readFile, { path: 'broken.ipynb' })).toBe('1: {"cells": 3')
})

describe('a missing file', () => {
  test('brings the similar names beside it', async () => {
    await using work = await openToolBench({ files: { 'src/config.ts': '', 'src/other.ts': '' } })
    const error = await failure(work.run(readFile, { path: 'src/confg.ts' }))
    expect(error.kind).toBe('not_found')
    expect(error.message).toBe('There is no file src/confg.ts; did you mean src/config.ts?')
  })

  test('brings files of that name elsewhere in the workspace', async () => {
    await using work = await openToolBench({
      files: {
        'packages/core/src/loop.ts': '',
        'packages/ui/x.ts': '',
        'node_modules/loop.ts': '',
      },
      services: { ripgrep: async () => rgPath },
    })
    await work.write('.gitignore', 'node_modules\n')
    await runProgram(['git', 'init', '-q'], { cwd: work.root })
    const error = await failure(work.run(readFile, { path: 'src/loop.ts' }))
    expect(error.message).toBe(
      'There is no file src/loop.ts; did you mean packages/core/src/loop.ts?',
    )
  })

  test('says how to search when nothing is like it', async () => {
    await using work = await openToolBench()
    expect((await failure(work.run(readFile, { path: 'zzz' }))).message).toContain('use glob')
  })
})

test('the gate is told the resolved path', async () => {
  await using work = await openToolBench({ files: { 'a.txt': '' } })
  expect(await readFile.request?.({ path: 'a.txt' }, work.context)).toEqual({
    summary: 'read a.txt',
    paths: [work.path('a.txt')],
    hosts: [],
  })
})

const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
