/** The commands about code as a shell sees them: text, JSON, exit status, and what is said where nothing is found. */
import { describe, expect, test } from 'bun:test'
import { type Bench, openBench } from '../support/codi.ts'

const files = {
  'src/store.ts': [
    'export interface Closeable {',
    '  close(): void',
    '}',
    '/** Keeps rows. */',
    'export class Store implements Closeable {',
    '  close(): void {}',
    '}',
    'export function openStore(): Store {',
    '  return new Store()',
    '}',
    'function hidden(): void {}',
  ].join('\n'),
  'src/app.ts': [
    "import { readFileSync } from 'node:fs'",
    "import { openStore } from './store.ts'",
    'export function main(): void {',
    '  const store = openStore()',
    '  store.close()',
    '  readFileSync("x")',
    '}',
  ].join('\n'),
  'test/app.test.ts': "import { main } from '../src/app.ts'\ntest('runs', () => {\n  main()\n})\n",
}

async function json(bench: Bench, ...argv: string[]) {
  const ran = await bench.run([...argv, '--json'])
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  return JSON.parse(ran.stdout)
}

describe('codi symbols and refs', () => {
  test('list by path, name, kind and export; a misspelt name is answered with the right one', async () => {
    await using bench = openBench(files)
    const all = await json(bench, 'symbols', 'src/store.ts')
    expect(all.at(-1)).toMatchObject({
      file: 'src/store.ts',
      name: 'hidden',
      kind: 'function',
      line: 11,
      end: 11,
      container: '',
      exported: false,
    })
    const chosen = await json(bench, 'symbols', '--kind', 'class,interface', '--exported')
    expect(chosen.map((row: { name: string }) => row.name)).toEqual(['Closeable', 'Store'])
    expect((await json(bench, 'symbols', '--name', 'Store.close'))[0]).toMatchObject({ line: 6 })
    expect((await json(bench, 'symbols', '--name', 'opnstore', '--fuzzy'))[0].name).toBe(
      'openStore',
    )
    const wrong = await bench.run(['symbols', '--name', 'openStor'])
    expect(wrong).toMatchObject({ exitCode: 1, stdout: '' })
    expect(wrong.stderr).toContain('did you mean openStore')
    expect(await bench.run(['symbols', '--name', 'x', '--kind', 'functon'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('function'),
    })
  })

  test('refs of a name, and of one definition', async () => {
    await using bench = openBench(files)
    expect(await json(bench, 'refs', 'Store.close')).toMatchObject([
      { file: 'src/app.ts', line: 5, kind: 'call', enclosing: 'main', sure: true },
    ])
    const text = await bench.run(['refs', 'openStore'])
    expect(text.stdout).toContain('src/app.ts\n  4 call in main: const store = openStore()\n')
    for (const of of ['src/store.ts:openStore', 'src/store.ts:8'])
      expect((await json(bench, 'refs', of)).map((row: { file: string }) => row.file)).toContain(
        'src/app.ts',
      )
    expect(await bench.run(['refs', 'src/store.ts'])).toMatchObject({ exitCode: 2 })
    const none = await bench.run(['refs', 'hidden'])
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Nothing uses') })
  })
})

describe('codi impact, graph, map and outline', () => {
  test('impact of a name, of a file and of a line', async () => {
    await using bench = openBench(files)
    const reached = { tests: ['test/app.test.ts'], truncated: false }
    for (const of of ['openStore', 'src/store.ts', 'src/store.ts:9', 'src/store.ts:openStore'])
      expect(await json(bench, 'impact', of)).toMatchObject(reached)
    expect((await bench.run(['impact', 'openStore'])).stdout).toContain('    3 main calls')
    const missing = await bench.run(['impact', 'openStoer'])
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('openStore') })
    expect(await bench.run(['impact'])).toMatchObject({ exitCode: 2 })
  })

  test('graph says who calls, imports and inherits what', async () => {
    await using bench = openBench(files)
    const { nodes, edges } = await json(bench, 'graph', 'calls', 'main', '--direction', 'callees')
    expect(edges.map((edge: { to: number }) => nodes[edge.to].name)).toEqual([
      'openStore',
      'Store.close',
    ])
    const imports = await bench.run(['graph', 'imports', 'src/app.ts', '--external'])
    expect(imports.stdout).toContain('test/app.test.ts')
    expect(imports.stdout).toContain('node:fs (outside)')
    const types = await bench.run(['graph', 'inherits', 'Closeable'])
    expect(types.stdout).toContain('src/store.ts:5-7 Store implements')
    expect(await bench.run(['graph', 'calls', 'mainn'])).toMatchObject({ exitCode: 1 })
    expect(await bench.run(['graph', 'sings', 'main'])).toMatchObject({ exitCode: 2 })
    const wrong = await bench.run(['graph', 'calls', 'main', '--direction', 'up'])
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('callers') })
  })

  test('map fits its tokens; outline of a directory is a map, of a file its definitions', async () => {
    await using bench = openBench(files)
    const map = await json(bench, 'map', '--tokens', '60', '--focus', 'main')
    expect(map.tokens).toBeLessThanOrEqual(60)
    expect(map.files[0].file).toBe('src/app.ts')
    expect((await bench.run(['outline', 'src'])).stdout).toContain('src/store.ts\n')
    const rows = await json(bench, 'outline', 'src/store.ts')
    expect(rows.map((row: { name: string }) => row.name)).toContain('openStore')
    expect((await bench.run(['outline', 'src/store.ts'])).stdout).toContain('  6 method close')
    expect(await bench.run(['map', 'nowhere'])).toMatchObject({ exitCode: 1 })
  })

  test('the tools say what the commands say', async () => {
    await using bench = openBench(files)
    for (const [tool, input, argv] of [
      ['show_impact', { name: 'openStore' }, ['impact', 'openStore']],
      ['get_call_graph', { name: 'openStore' }, ['graph', 'calls', 'openStore']],
      ['get_inheritance', { name: 'Store' }, ['graph', 'inherits', 'Store']],
      ['outline', { path: '.' }, ['map']],
      ['find_symbol', { name: 'Store', exact: true }, ['symbols', '--name', 'Store']],
      ['find_references', { name: 'openStore()' }, ['refs', 'openStore()']],
    ] as const) {
      const said = await bench.run(['tool', tool, JSON.stringify(input)])
      expect(said.stdout.trim()).toBe((await bench.run([...argv])).stdout.trim())
    }
    for (const [tool, input, argv] of [
      ['show_impact', { path: 'src/stor.ts' }, ['impact', 'src/stor.ts']],
      ['show_impact', { path: '/etc' }, ['impact', '/etc']],
      ['outline', { path: 'src/stor.ts' }, ['outline', 'src/stor.ts']],
      ['find_references', { name: '()' }, ['refs', '()']],
      ['find_symbol', { name: '' }, ['symbols', '--name', '']],
      ['find_references', { name: '' }, ['lsp', 'hover', '']],
      ['find_references', { name: 'x', path: 'scr' }, ['refs', 'x', '--path', 'scr']],
    ] as const) {
      const refused = await bench.run(['tool', tool, JSON.stringify(input)])
      expect(refused.exitCode).toBe(1)
      expect(await bench.run([...argv])).toEqual({ ...refused, stderr: `codi: ${refused.stderr}` })
    }
  })

  test('a name that something else has is said to be that', async () => {
    await using bench = openBench(files)
    const { stderr } = await bench.run(['graph', 'inherits', 'openStore'])
    expect(stderr).toContain('there is the function openStore at src/store.ts:8')
    expect((await bench.run(['graph', 'calls', 'src/stor.ts:main'])).stderr).toContain(
      'src/stor.ts does not exist; did you mean src/store.ts',
    )
  })
})

test('a model host that is down stops no command that needs no model', async () => {
  await using bench = openBench(files)
  const env = { OPENAI_BASE_URL: 'http://127.0.0.1:1', OPENAI_API_KEY: 'none' }
  for (const argv of [['index'], ['search', 'rows'], ['refs', 'openStore'], ['tool', '--list']])
    expect(await bench.run(argv, { env })).toMatchObject({ exitCode: 0 })
})
