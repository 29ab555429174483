/** Who imports what, what a change reaches, and the page that shows a repository. */
import { describe, expect, test } from 'bun:test'
import type { CodeGraph } from '../../../src/contract/code-graph.ts'
import { charsPerToken, mapFileLine, mapSymbolLine } from '../../../src/contract/code-map-text.ts'
import { makeProject } from './project.ts'

const project = makeProject({
  'src/base/text.ts': [
    'export function oneLine(text: string): string {',
    '  return text',
    '}',
    'export function unused(): void {}',
  ].join('\n'),
  'src/model.ts': [
    "import { readFileSync } from 'node:fs'",
    "import { oneLine } from './base/text.ts'",
    'export interface Row { name: string }',
    'export function load(path: string): Row {',
    '  return { name: oneLine(readFileSync(path, "utf8")) }',
    '}',
  ].join('\n'),
  'src/view.ts': [
    "import { oneLine } from './base/text.ts'",
    "import { load, type Row } from './model.ts'",
    'export function show(row: Row): string {',
    '  return oneLine(row.name)',
    '}',
    'export function main(): void {',
    '  show(load("x"))',
    '}',
  ].join('\n'),
  'src/a.ts': "import { b } from './b.ts'\nexport const a = () => b()\n",
  'src/b.ts': "import { a } from './a.ts'\nexport const b = () => a()\n",
  'src/side.ts': "import './base/text.ts'\n",
  'test/view.test.ts':
    "import { show } from '../src/view.ts'\ntest('shows', () => {\n  show({ name: 'x' })\n})\n",
  'go/go.mod': 'module example.org/bank\n',
  'go/ledger/entry.go': 'package ledger\n\ntype Entry struct{}\n',
  'go/ledger/sum.go': 'package ledger\n\nfunc Sum(all []Entry) int { return len(all) }\n',
  'go/main.go':
    'package main\n\nimport "example.org/bank/ledger"\n\nfunc main() {\n\tledger.Sum(nil)\n}\n',
})
await project.index.update({})

const base = { direction: 'both', depth: 1, limit: 50 } as const

function edges({ nodes, edges: all }: CodeGraph): string[] {
  const name = (at: number) => nodes[at]?.path
  return all.map(({ from, to }) => `${name(from)} -> ${name(to)}`).toSorted()
}

describe('dependency graph', () => {
  test('imports and importers of a file, packages on request', async () => {
    const graph = await project.index.dependencyGraph({ ...base, path: 'src/model.ts' })
    expect(edges(graph)).toEqual([
      'src/model.ts -> src/base/text.ts',
      'src/view.ts -> src/base/text.ts',
      'src/view.ts -> src/model.ts',
    ])
    const all = await project.index.dependencyGraph({
      ...base,
      path: 'src/model.ts',
      external: true,
    })
    expect(all.nodes).toContainEqual(
      expect.objectContaining({ kind: 'external', path: 'node:fs', distance: 1 }),
    )
  })

  test('importers further away, cycles, and the whole of a directory', async () => {
    const far = await project.index.dependencyGraph({
      path: 'src/base/text.ts',
      direction: 'in',
      depth: 5,
      limit: 50,
    })
    expect(far.nodes.find((node) => node.path === 'test/view.test.ts')?.distance).toBe(2)
    expect(edges(await project.index.dependencyGraph({ ...base, path: 'src/a.ts' }))).toEqual([
      'src/a.ts -> src/b.ts',
      'src/b.ts -> src/a.ts',
    ])
    const directory = await project.index.dependencyGraph({ ...base, path: 'src/base' })
    expect(directory.roots).toHaveLength(1)
    expect(edges(directory)).toContain('src/view.ts -> src/base/text.ts')
  })

  test('of a Go package the files whose names are used', async () => {
    const graph = await project.index.dependencyGraph({ ...base, path: 'go/main.go' })
    expect(edges(graph)).toEqual(['go/main.go -> go/ledger/sum.go'])
    const entry = await project.index.dependencyGraph({ ...base, path: 'go/ledger/entry.go' })
    expect(edges(entry)).toEqual([])
  })

  test('what is not indexed is refused', async () => {
    await expect(
      project.index.dependencyGraph({ ...base, path: 'src/none.ts' }),
    ).rejects.toMatchObject({ kind: 'not_found' })
    await expect(project.index.dependencyGraph({ ...base, path: '../x' })).rejects.toMatchObject({
      kind: 'outside',
    })
  })
})

describe('impact', () => {
  const bounds = { depth: 3, limit: 100 }
  test('of a symbol: users, their users, nearest first, and the tests', async () => {
    const { changed, affected, tests } = await project.index.impact({ ...bounds, name: 'oneLine' })
    expect(changed.map((row) => row.name)).toEqual(['oneLine'])
    expect(affected.map((row) => `${row.distance} ${row.name || row.path} ${row.why}`)).toEqual([
      '1 load call',
      '1 show call',
      '2 main call',
      '2 test/view.test.ts call',
    ])
    expect(tests).toEqual(['test/view.test.ts'])
  })

  test('of a type: those who have it', async () => {
    const { affected } = await project.index.impact({ depth: 1, limit: 100, name: 'Row' })
    expect(affected.map((row) => `${row.name} ${row.why}`)).toEqual(['load type', 'show type'])
  })

  test('of a file: also who imports it for nothing that is named', async () => {
    const { affected, files } = await project.index.impact({ ...bounds, path: 'src/base/text.ts' })
    expect(affected).toContainEqual(
      expect.objectContaining({ path: 'src/side.ts', name: '', kind: 'file', why: 'import' }),
    )
    expect(files[0]).toEqual({ path: 'src/base/text.ts', distance: 0, test: false })
    expect(files.at(-1)).toEqual({ path: 'test/view.test.ts', distance: 2, test: true })
  })

  test('a name narrowed to a file; nothing at all; nothing of that name', async () => {
    const { affected } = await project.index.impact({
      ...bounds,
      name: 'unused',
      path: 'src/base/text.ts',
    })
    expect(affected).toEqual([])
    await expect(project.index.impact(bounds)).rejects.toMatchObject({ kind: 'invalid' })
    await expect(project.index.impact({ ...bounds, name: 'nowhere' })).rejects.toMatchObject({
      kind: 'not_found',
    })
  })

  test('a limit cuts, and says so', async () => {
    const found = await project.index.impact({ depth: 3, limit: 2, name: 'oneLine' })
    expect(found.affected).toHaveLength(2)
    expect(found.truncated).toBe(true)
  })
})

describe('map', () => {
  test('what many use comes first, tests last, and the page fits its budget', async () => {
    for (const budgetTokens of [1, 20, 60, 400]) {
      const map = await project.index.map({ budgetTokens })
      const lines = map.files.flatMap((file) => [
        mapFileLine(file.path),
        ...file.symbols.map(mapSymbolLine),
      ])
      const tokens = Math.ceil(lines.map((line) => `${line}\n`).join('').length / charsPerToken)
      expect(tokens).toBeLessThanOrEqual(budgetTokens)
      expect(map.tokens).toBe(tokens)
    }
    const map = await project.index.map({ budgetTokens: 400 })
    const paths = map.files.map((file) => file.path)
    expect(map.files[0]?.rank).toBe(1)
    expect(paths.indexOf('src/base/text.ts')).toBeLessThan(paths.indexOf('src/side.ts'))
    expect(paths.indexOf('src/view.ts')).toBeLessThan(paths.indexOf('src/side.ts'))
    const text = map.files.find((file) => file.path === 'src/base/text.ts')
    expect(text?.symbols.map((row) => row.name)).toContain('oneLine')
    expect(map.files.at(-1)?.path).toBe('test/view.test.ts')
  })

  test('what the reader speaks of comes first', async () => {
    for (const focus of [['src/a.ts'], ['a.ts'], ['a']]) {
      const map = await project.index.map({ budgetTokens: 400, focus })
      expect(
        map.files
          .slice(0, 2)
          .map((file) => file.path)
          .toSorted(),
      ).toEqual(['src/a.ts', 'src/b.ts'])
    }
  })

  test('only a directory, and what did not fit is counted', async () => {
    const map = await project.index.map({ budgetTokens: 400, path: 'go' })
    expect(map.files.every((file) => file.path.startsWith('go/'))).toBe(true)
    const small = await project.index.map({ budgetTokens: 20 })
    expect(small.files.length + small.omitted).toBe(map.files.length + map.omitted + 7)
  })
})
