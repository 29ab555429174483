/** Finding symbols by what a person remembers of their names, and the answers to bad questions. */
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { SymbolQuery } from '../../../src/contract/index-service.ts'
import { fixtures, makeProject } from './project.ts'

const project = makeProject({
  'src/deep/request.ts': [
    'export class RequestQueue {',
    '  retryRequest() {}',
    '  close() {}',
    '}',
    'export function getSymbolDefinition() {}',
    'export function parseHTTPHeader() {}',
    'function retry() {}',
    'export class Store {',
    '  close() {}',
    '}',
  ].join('\n'),
  'src/other.ts': 'export const retryLimit = 3\nexport function retry_count() {}\n',
  'test/request.test.ts': 'export function retryRequest() {}\n',
  'main.py': 'def parse_http_header():\n    pass\n',
})
await project.index.update({})

async function find(name: string, more: Partial<SymbolQuery> = {}): Promise<string[]> {
  const rows = await project.index.findSymbols({ name, match: 'fuzzy', limit: 10, ...more })
  return rows.map((row) => (row.container ? `${row.container}.${row.name}` : row.name))
}

describe('fuzzy look-up', () => {
  test('the very name comes first, a test last', async () => {
    const rows = await project.index.findSymbols({
      name: 'retryRequest',
      match: 'fuzzy',
      limit: 5,
    })
    expect(rows[0]?.path).toBe('src/deep/request.ts')
    expect(rows[1]?.path).toBe('test/request.test.ts')
  })

  test('case, separators, sub-words, initials and typing errors are forgiven', async () => {
    expect((await find('requestqueue'))[0]).toBe('RequestQueue')
    expect((await find('symdef'))[0]).toBe('getSymbolDefinition')
    expect((await find('symbol def'))[0]).toBe('getSymbolDefinition')
    expect((await find('gsd'))[0]).toBe('getSymbolDefinition')
    expect((await find('reqestqueue'))[0]).toBe('RequestQueue')
    expect((await find('parse_http_header')).slice(0, 2)).toEqual([
      'parse_http_header',
      'parseHTTPHeader',
    ])
  })

  test('a container narrows', async () => {
    expect((await find('Store.close'))[0]).toBe('Store.close')
    expect((await find('RequestQueue#close'))[0]).toBe('RequestQueue.close')
    expect(await find('Store.close', { match: 'exact' })).toEqual(['Store.close'])
  })

  test('nothing alike is nothing', async () => {
    expect(await find('zzyzx')).toEqual([])
  })
})

describe('filters', () => {
  test('kind, visibility, path and limit', async () => {
    expect(await find('retry', { kinds: ['constant'] })).toEqual(['retryLimit'])
    expect(await find('retry', { match: 'exact', exportedOnly: true })).toEqual([])
    expect(await find('', { path: 'src/other.ts' })).toEqual(['retryLimit', 'retry_count'])
    expect(await find('', { path: './src/deep/', kinds: ['class'] })).toEqual([
      'RequestQueue',
      'Store',
    ])
    expect(await find('', { path: 'src/dee' })).toEqual([])
    expect(await find('retry', { limit: 1 })).toHaveLength(1)
    expect(await find('retry', { limit: 0 })).toEqual([])
  })

  test('quotes and wildcards of SQL are plain characters', async () => {
    expect(await find("'; DROP TABLE symbols; --")).toEqual([])
    expect(await find('%')).toEqual([])
    expect(await find('Store')).toContain('Store')
  })
})

describe('outline', () => {
  test('it reads the file as it is now, indexed or not', async () => {
    project.write('fresh.ts', 'export function justNow() {}')
    const rows = await project.index.outline({ path: 'fresh.ts' })
    expect(rows.map((row) => `${row.path} ${row.name}`)).toEqual(['fresh.ts justNow'])
  })

  test('what cannot be outlined is told by kind', async () => {
    const outline = (path: string) => project.index.outline({ path })
    project.write('notes.md', '# Notes')
    project.write('blob.ts', new Uint8Array([0, 1, 2]))
    await expect(outline('missing.ts')).rejects.toMatchObject({ kind: 'not_found' })
    await expect(outline('src')).rejects.toMatchObject({ kind: 'unsupported' })
    await expect(outline('notes.md')).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('typescript'),
    })
    await expect(outline('blob.ts')).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

test('dependencies of an unknown file are not found', async () => {
  await expect(project.index.dependencies({ path: 'missing.ts' })).rejects.toMatchObject({
    kind: 'not_found',
  })
})

test('status counts files, symbols, bytes and languages', async () => {
  const { index } = makeProject({ from: join(fixtures, 'python') })
  const before = await index.status()
  expect(before).toMatchObject({ files: 0, symbols: 0 })
  expect(before.updatedAt).toBeUndefined()
  await index.update({})
  const status = await index.status()
  expect(status.languages).toEqual({ python: 5 })
  expect(status.files).toBe(5)
  expect(status.bytes).toBeGreaterThan(500)
  expect(status.updatedAt).toBeGreaterThan(1_600_000_000_000)
})

test('a larger JavaScript and TypeScript code base is understood', async () => {
  const from = join(import.meta.dir, '../../../node_modules/vscode-jsonrpc/lib/common')
  const { index } = makeProject({ from })
  const report = await index.update({})
  expect(report.parsed).toBeGreaterThan(20)
  const [row] = await index.findSymbols({
    name: 'Emitter',
    match: 'exact',
    kinds: ['class'],
    limit: 1,
  })
  expect(row).toMatchObject({ name: 'Emitter', kind: 'class', exported: true })
  const { importedBy } = await index.dependencies({ path: 'events.js' })
  expect(importedBy.map((other) => other.path)).toContain('connection.js')
})
