import { expect, test } from 'bun:test'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyTool } from '../../../src/contract/tool.ts'
import { findSymbol } from '../../../src/tools/code/find-symbol.ts'
import { outline } from '../../../src/tools/code/outline.ts'
import { searchCodebase } from '../../../src/tools/code/search-codebase.ts'
import { diagnostics } from '../../../src/tools/lsp/diagnostics.ts'
import { openCodeBench } from './code-bench.ts'
import { openSearchBench } from './search-bench.ts'

const tree = {
  'src/queue.ts': `/** Holds jobs until they run. */
export class JobQueue {
  /** Tries a failed job again after a pause. */
  retryLater(job: string): void {
    this.jobs.push(job)
  }
  private jobs: string[] = []
}

function hidden(): number {
  return 1
}
`,
  'src/net.py': 'class Fetcher:\n    def retry_later(self, url):\n        return url\n',
  'notes.txt': 'nothing here\n',
}

test('find_symbol finds by part of the name, with place, kind and signature', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(findSymbol, { name: 'retryLater' })
  expect(result.content).toMatch(
    /^src\/queue\.ts:4-6 method JobQueue\.retryLater {2}retryLater\(job/,
  )
  expect(result.content).toContain('Tries a failed job again')
  expect(result.data).toContainEqual({
    file: 'src/queue.ts',
    name: 'retryLater',
    kind: 'method',
    line: 4,
    end: 6,
    container: 'JobQueue',
    signature: expect.any(String),
    exported: expect.any(Boolean),
    doc: 'Tries a failed job again after a pause.',
  })
})

test('find_symbol narrows by container, kind, path, export and exactness', async () => {
  await using bench = await openCodeBench({ files: tree })
  const found = async (input: object) => {
    const { data } = await bench.run(findSymbol, input)
    return (data as { file: string; name: string }[]).map((row) => `${row.file} ${row.name}`)
  }
  expect(await found({ name: 'Fetcher.retry_later' })).toEqual(['src/net.py retry_later'])
  expect(await found({ name: 'JobQueue#retryLater()' })).toEqual(['src/queue.ts retryLater'])
  expect(await found({ name: 'JobQueue', kind: 'class', exact: true })).toEqual([
    'src/queue.ts JobQueue',
  ])
  expect(await found({ name: 'later', path: 'src/net.py' })).toEqual(['src/net.py retry_later'])
  expect(await found({ name: 'hidden', exported_only: true })).toEqual([])
})

test('find_symbol says when only similar names or other containers exist', async () => {
  await using bench = await openCodeBench({ files: tree })
  expect(await bench.say(findSymbol, { name: 'retrylatr', exact: true })).toContain(
    'Nothing is named exactly retrylatr; similar names:',
  )
  expect(await bench.say(findSymbol, { name: 'Nope.retryLater' })).toContain(
    'No retryLater in Nope; elsewhere there are:',
  )
  expect(await bench.say(findSymbol, { name: 'zzzqqq' })).toContain('grep finds it as text')
  await expect(bench.run(findSymbol, { name: 'x', kind: 'func' })).rejects.toThrow('function')
  await expect(bench.run(findSymbol, { name: ' . ' })).rejects.toMatchObject({ kind: 'invalid' })
})

test('outline nests what a file defines', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(outline, { path: 'src/queue.ts' })
  const lines = String(result.content).split('\n')
  expect(lines[0]).toMatch(/^2-8 class JobQueue: /)
  expect(lines[1]).toMatch(/^ {2}4-6 method retryLater: /)
  expect(lines.at(-1)).toMatch(/^10-12 function hidden: /)
  expect((result.data as object[])[0]).toMatchObject({ name: 'JobQueue', line: 2, end: 8 })
})

test('outline refuses what it cannot do and says what can', async () => {
  await using bench = await openCodeBench({ files: tree })
  await expect(bench.run(outline, { path: 'notes.txt' })).rejects.toThrow('read_file reads it')
  await expect(bench.run(outline, { path: 'src/que.ts' })).rejects.toThrow('src/queue.ts')
})

test('the index follows a file that changed between two questions', async () => {
  await using bench = await openCodeBench({ files: tree })
  expect(await bench.say(findSymbol, { name: 'freshName', exact: true })).toContain('No symbol')
  await bench.write('src/new.ts', 'export function freshName() {}\n')
  expect(await bench.say(findSymbol, { name: 'freshName', exact: true })).toContain('src/new.ts:1')
})

test('search_codebase finds by meaning, grouped by file, as rows for programs', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(searchCodebase, { query: 'where is a failed job tried again?' })
  expect(result.content).toContain('src/queue.ts:')
  expect(result.content).toContain('retryLater(job: string)')
  expect((result.data as object[])[0]).toEqual({
    file: 'src/queue.ts',
    start: expect.any(Number),
    end: expect.any(Number),
    score: expect.any(Number),
    symbol: expect.any(String),
    snippet: expect.any(String),
    snippetLine: expect.any(Number),
    matchedLines: expect.any(Array),
  })
  const below = await bench.run(searchCodebase, { query: 'retry later', path: 'src/net.py' })
  expect((below.data as { file: string }[]).every((row) => row.file === 'src/net.py')).toBe(true)
  await expect(bench.run(searchCodebase, { query: ' ' })).rejects.toMatchObject({ kind: 'invalid' })
})

test('search_codebase says that nothing fits a question about something else', async () => {
  await using bench = await openCodeBench({ files: tree })
  const nonsense = await bench.run(searchCodebase, { query: 'zzzz qqqq' })
  expect(nonsense.content).toStartWith('Nothing fits well, these are only the nearest')
  expect((nonsense.data as object[])[0]).toMatchObject({ weak: true })
  expect(await bench.say(searchCodebase, { query: 'failed job' })).not.toContain('Nothing fits')
})

test('diagnostics of a file that no server knows, and of what is no file', async () => {
  await using bench = await openCodeBench({ files: tree })
  const result = await bench.run(diagnostics, { paths: ['notes.txt', './notes.txt'] })
  expect(result.content).toBe('notes.txt: no language server knows this kind of file')
  expect(result.data).toEqual([
    { file: 'notes.txt', server: '', state: 'none', note: null, items: [] },
  ])
  await expect(bench.run(diagnostics, {})).rejects.toThrow('no git repository here; name files')
  await expect(bench.run(diagnostics, { paths: ['src/nope.ts'] })).rejects.toThrow('does not exist')
})

test('diagnostics of a wrong type, by the real language server', async () => {
  await using bench = await openCodeBench({
    files: { 'bad.ts': 'export const count: number = "three"\n', 'tsconfig.json': '{}' },
  })
  // The servers that codi's own checkout installed.
  await symlink(join(import.meta.dir, '../../../node_modules'), bench.path('node_modules'))
  const result = await bench.run(diagnostics, { paths: ['bad.ts'] })
  expect(result.content).toMatch(/^bad\.ts \(.+\): 1 error\n {2}1:14 error .*2322: Type 'string'/)
  expect(result.data).toMatchObject([
    { file: 'bad.ts', state: 'fresh', items: [{ severity: 'error', line: 1, column: 14 }] },
  ])
}, 40_000)

test('a service that fails names the way round, and an interrupt stays one', async () => {
  await using bench = await openSearchBench({ files: tree })
  const asks: [AnyTool, object, string][] = [
    [findSymbol, { name: 'x' }, 'use grep'],
    [searchCodebase, { query: 'x' }, 'use grep'],
    [outline, { path: 'src/queue.ts' }, 'use read_file'],
    [diagnostics, { paths: ['notes.txt'] }, 'use bash or run_tests'],
  ]
  for (const [tool, input, instead] of asks) {
    await expect(bench.run(tool, input)).rejects.toThrow(instead)
    await expect(bench.run(tool, input)).rejects.toMatchObject({ kind: 'worker' })
  }
})

test('paths outside the root are not in the index', async () => {
  await using bench = await openSearchBench({ files: tree, added: ['other'] })
  const path = `${bench.directory}/other`
  await expect(bench.run(findSymbol, { name: 'x', path })).rejects.toThrow('use grep there')
  await expect(bench.run(findSymbol, { name: 'x', path: '/etc' })).rejects.toMatchObject({
    kind: 'outside',
  })
})
