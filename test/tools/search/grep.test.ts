import { expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { runProgram } from '../../../src/base/process.ts'
import { grep } from '../../../src/tools/search/grep.ts'
import { openSearchBench } from './search-bench.ts'

const tree = {
  'src/a.ts': 'one\nconst needle = 1\nthree\nfour\nneedle()\n',
  'src/b.py': 'needle = 2\n',
  'docs/n.md': 'NEEDLE\n',
  '.gitignore': 'out/\ngen.ts\n',
  'out/x.ts': 'needle',
  'gen.ts': 'needle',
  '.hidden/h.ts': 'needle',
}

test('matches are grouped by file, in order, without ignored and hidden files', async () => {
  await using bench = await openSearchBench({ files: tree })
  const result = await bench.run(grep, { pattern: 'needle' })
  expect(result.content).toBe(
    'src/a.ts\n  2: const needle = 1\n  5: needle()\n\nsrc/b.py\n  1: needle = 2',
  )
  expect(result.data).toEqual([
    { file: 'src/a.ts', line: 2, text: 'const needle = 1' },
    { file: 'src/a.ts', line: 5, text: 'needle()' },
    { file: 'src/b.py', line: 1, text: 'needle = 2' },
  ])
})

test('context lines are marked and gaps shown', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(grep, { pattern: 'needle', path: 'src/a.ts', context: 1 })).toBe(
    'src/a.ts\n  1- one\n  2: const needle = 1\n  3- three\n  4- four\n  5: needle()',
  )
})

test('file_pattern narrows without bringing back ignored files', async () => {
  await using bench = await openSearchBench({ files: tree })
  const files = async (file_pattern: string) =>
    bench.say(grep, { pattern: 'needle', mode: 'files', file_pattern })
  expect(await files('*.ts')).toBe('src/a.ts')
  expect(await files('*')).toBe('src/a.ts\nsrc/b.py')
  expect(await files('src/**/*.{py,js}')).toBe('src/b.py')
  expect(await files('*.ts, *.py')).toBe('src/a.ts\nsrc/b.py')
  expect(await files('!*.py')).toBe('src/a.ts')
  expect(await files('src')).toBe('src/a.ts\nsrc/b.py')
  expect(await files('.hidden/**')).toBe('.hidden/h.ts')
})

test('a path that is ignored or hidden is searched when it is named', async () => {
  await using bench = await openSearchBench({ files: tree })
  expect(await bench.say(grep, { pattern: 'needle', path: 'out', mode: 'files' })).toBe('out/x.ts')
  expect(await bench.say(grep, { pattern: 'needle', path: '.hidden' })).toContain('h.ts')
  expect(await bench.say(grep, { pattern: 'needle', path: 'gen.ts' })).toContain('1: needle')
})

test('counts are told by file and in total', async () => {
  await using bench = await openSearchBench({ files: tree })
  const result = await bench.run(grep, { pattern: 'needle', mode: 'count', ignore_case: true })
  expect(result.content).toBe('docs/n.md: 1\nsrc/a.ts: 2\nsrc/b.py: 1\n[3 files, 4 matching lines]')
  expect(result.data).toContainEqual({ file: 'src/a.ts', count: 2 })
})

test('the limit holds and the exact total is told', async () => {
  const many = Array.from({ length: 500 }, (_, at) => `hit ${at}`).join('\n')
  await using bench = await openSearchBench({ files: { 'a.txt': many, 'b.txt': many } })
  const result = await bench.run(grep, { pattern: 'hit', head_limit: 7 })
  expect((result.data as unknown[]).length).toBe(7)
  expect(result.content).toContain('7 of 1,000 matching lines in 2 files')
})

test('an invalid regex says why and names literal, which then finds the text', async () => {
  await using bench = await openSearchBench({ files: { 'a.c': 'foo(bar\n' } })
  await expect(bench.run(grep, { pattern: 'foo(' })).rejects.toThrow(
    /unclosed group.*literal: true/,
  )
  expect(await bench.say(grep, { pattern: 'foo(', literal: true })).toContain('1: foo(bar')
})

test('look-around works, and a newline in the pattern searches across lines', async () => {
  await using bench = await openSearchBench({ files: { 'a.c': 'foobar\nfoobaz\nend\n' } })
  expect(await bench.say(grep, { pattern: 'foo(?=baz)' })).toBe('a.c\n  2: foobaz')
  expect(await bench.say(grep, { pattern: 'baz\\nend' })).toBe('a.c\n  2: foobaz\n  3: end')
  expect(await bench.say(grep, { pattern: 'bar.*end', multiline: true })).toContain('3: end')
})

test('a pattern that looks like a flag is a pattern', async () => {
  await using bench = await openSearchBench({ files: { '-x.txt': 'a --help b\n' } })
  expect(await bench.say(grep, { pattern: '--help' })).toBe('-x.txt\n  1: a --help b')
  expect(await bench.say(grep, { pattern: '--help', path: '-x.txt' })).toContain('1: a')
})

test('a long line is cut around its match', async () => {
  const line = `${'x'.repeat(50_000)}needle${'y'.repeat(50_000)}`
  await using bench = await openSearchBench({ files: { 'min.js': line } })
  const said = await bench.say(grep, { pattern: 'needle' })
  expect(said).toContain('xneedley')
  expect(said.length).toBeLessThan(400)
})

test('binary files are skipped and odd names shown', async () => {
  await using bench = await openSearchBench({
    files: { 'b.bin': 'a\0needle', 'sp ace\n.txt': 'needle' },
  })
  const bad = Buffer.concat([Buffer.from(`${bench.root}/bad`), Buffer.from([0xff])])
  await writeFile(bad, 'needle\n')
  const said = await bench.say(grep, { pattern: 'needle' })
  expect(said).not.toContain('b.bin')
  expect(said).toContain('"sp ace\\n.txt"\n  1: needle')
  expect(said).toContain('bad\ufffd\n  [1 matching line, not shown: its name is not UTF-8]')
})

test('no match is explained', async () => {
  await using bench = await openSearchBench({ files: tree })
  const said = await bench.say(grep, { pattern: 'Absent.x' })
  expect(said).toContain('No match in 3 files below .')
  expect(said).toContain('ignore_case: true')
  expect(said).toContain('literal: true')
  expect(await bench.say(grep, { pattern: 'x', file_pattern: '*.zig' })).toContain(
    'No file matches file_pattern *.zig',
  )
  await using empty = await openSearchBench()
  expect(await empty.say(grep, { pattern: 'x' })).toContain('No files below .')
})

test('bad input is refused with what to do', async () => {
  await using bench = await openSearchBench({ files: tree })
  await expect(bench.run(grep, { pattern: '' })).rejects.toMatchObject({ kind: 'invalid' })
  await expect(bench.run(grep, { pattern: 'x', mode: 'lines' })).rejects.toThrow(
    'content, files or count',
  )
  await expect(bench.run(grep, { pattern: 'x', path: '../..' })).rejects.toMatchObject({
    kind: 'outside',
  })
  await expect(bench.run(grep, { pattern: 'x', path: 'src/a.tx' })).rejects.toThrow(
    'did you mean src/a.ts',
  )
})

test('a line of many megabytes is told, not shown', async () => {
  const line = `needle${'x'.repeat(40 * 1024 * 1024)}\n`
  await using bench = await openSearchBench({ files: { 'a.json': line, 'b.txt': 'needle\n' } })
  expect(await bench.say(grep, { pattern: 'needle' })).toStartWith(
    'a.json\n  [1 matching line, not shown: too long]\n\nb.txt\n  1: needle',
  )
})

test('a pipe is not opened and a wildcard in path is explained', async () => {
  await using bench = await openSearchBench({ files: tree })
  await runProgram(['mkfifo', bench.path('pipe')])
  await expect(bench.run(grep, { pattern: 'x', path: 'pipe' })).rejects.toThrow('neither a file')
  expect(await bench.say(grep, { pattern: 'needle', mode: 'files' })).toBe('src/a.ts\nsrc/b.py')
  await expect(bench.run(grep, { pattern: 'x', path: 'src/*.ts' })).rejects.toThrow('file_pattern')
})

test('an abort ends the search', async () => {
  await using bench = await openSearchBench({ files: tree })
  const over = { signal: AbortSignal.abort() }
  await expect(bench.run(grep, { pattern: 'needle' }, over)).rejects.toMatchObject({
    kind: 'cancelled',
  })
})
