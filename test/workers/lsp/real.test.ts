/** Real language servers, through the worker: what they say about files, and about changes. */
import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { FileDiagnostics } from '../../../src/contract/lsp-service.ts'
import { createProject, type Project } from './project.ts'

const opened: Project[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

function project(files: Record<string, string | Uint8Array>): Project {
  const created = createProject(files)
  opened.push(created)
  return created
}

describe('typescript-language-server', () => {
  test('finds errors, knows a clean file, and follows changes of this and of other files', async () => {
    const ts = project({
      'tsconfig.json': '{"compilerOptions":{"strict":true}}',
      'one.ts': 'export const one: number = 1\n',
      'src/two.ts': 'import { one } from "../one"\n/* 😀 */ export const two: string = one\n',
    })
    ts.install('typescript-language-server')
    ts.link('typescript5', 'typescript')

    const [one, two] = await ts.ask(['one.ts', 'src/two.ts'])
    expect(one).toEqual({ path: 'one.ts', server: 'typescript', state: 'fresh', items: [] })
    expect(two).toEqual({
      path: 'src/two.ts',
      server: 'typescript',
      state: 'fresh',
      items: [
        {
          severity: 'error',
          line: 2,
          column: 23,
          message: "Type 'number' is not assignable to type 'string'.",
          source: 'typescript',
          code: '2322',
        },
      ],
    })

    ts.write('one.ts', 'export const one: string = ""\n')
    expect(messages(await ts.ask(['src/two.ts']))).toEqual([])
    ts.write('src/two.ts', 'const = 3\n')
    expect(messages(await ts.ask(['src/two.ts']))).toContain('Variable declaration expected.')
    expect(await ts.connection.service.status()).toMatchObject([
      { server: 'typescript', state: 'ready' },
    ])
  }, 60_000)

  test('is replaced by the compiler itself where the project has TypeScript 7', async () => {
    const ts = project({ 'tsconfig.json': '{}', 'a.ts': 'const a: string = 1\n' })
    ts.install('tsc')
    ts.link('typescript', 'typescript')
    const [file] = await ts.ask(['a.ts'])
    expect(file).toMatchObject({ server: 'typescript-native', state: 'fresh' })
    expect(file?.items[0]).toMatchObject({ line: 1, column: 7, code: '2322', severity: 'error' })
  }, 60_000)
})

test('pyright finds errors, and says when they are gone', async () => {
  const python = project({ 'app/main.py': 'x: int = "a"\n', 'pyproject.toml': '' })
  python.install('pyright-langserver')
  const [file] = await python.ask(['app/main.py'])
  expect(file).toMatchObject({ server: 'pyright', state: 'fresh' })
  expect(file?.items).toHaveLength(1)
  expect(file?.items[0]).toMatchObject({
    severity: 'error',
    line: 1,
    column: 10,
    code: 'reportAssignmentType',
  })
  python.write('app/main.py', 'x: int = 1\n')
  expect(messages(await python.ask(['app/main.py']))).toEqual([])
  expect(messages(await python.ask(['app/main.py']))).toEqual([])
}, 60_000)

test('bash-language-server speaks about a file, and again about the same file', async () => {
  const bash = project({ 'run.sh': 'echo hello\n' })
  bash.install('bash-language-server')
  expect(await bash.ask(['run.sh'])).toMatchObject([{ server: 'bash', state: 'fresh' }])
  expect(await bash.ask(['run.sh'])).toMatchObject([{ server: 'bash', state: 'fresh' }])
}, 60_000)

test.skipIf(!Bun.which('clangd'))(
  'clangd finds errors (skipped where it is not installed)',
  async () => {
    const c = project({ 'main.c': 'int main(void) { return missing; }\n' })
    const [file] = await c.ask(['main.c'])
    expect(file).toMatchObject({ server: 'clangd', state: 'fresh' })
    expect(file?.items[0]).toMatchObject({ severity: 'error', line: 1, column: 25 })
    expect(messages(await c.ask(['main.c']))).toHaveLength(1)
  },
  60_000,
)

test.skipIf(!goRuns())(
  'gopls finds errors (skipped where it or go is not installed, or has no place for its cache)',
  async () => {
    const go = project({
      'go.mod': 'module example.com/m\n\ngo 1.18\n',
      'main.go': 'package main\n\nfunc main() {\n\tvar n int = ""\n\t_ = n\n}\n',
    })
    const [file] = await go.ask(['main.go'])
    expect(file).toMatchObject({ server: 'gopls', state: 'fresh' })
    expect(file?.items[0]).toMatchObject({ severity: 'error', line: 4 })
  },
  60_000,
)

const typescriptFiles = {
  'tsconfig.json': '{"compilerOptions":{"strict":true}}',
  'math.ts':
    '/** Adds. */\nexport function add(a: number, b: number): number {\n  return a + b\n}\n',
  'use.ts': [
    "import { add } from './math'",
    'export interface Shape { area(): number }',
    'export class Square implements Shape {',
    '  /* 😀 */ area() { return add(1, 1) }',
    '}',
    'export const shorthand = { add }',
    'const wrong: Shap = 1',
    '',
  ].join('\n'),
}

/** A real server, installed under the given names, and the questions that it answers. */
describe.each([
  ['typescript-language-server', 'typescript5', 'typescript'],
  ['tsc', 'typescript', 'typescript-native'],
])('questions to %s of %s', (program, from, server) => {
  test('are answered by name, place, callers and edits', async () => {
    const ts = project(typescriptFiles)
    ts.install(program)
    ts.link(from, 'typescript')
    const lsp = ts.connection.service
    const call = { path: 'use.ts', line: 4, column: 28, waitMs: 40_000 }
    const definition = {
      path: 'math.ts',
      ...{ line: 2, column: 17, endLine: 2, endColumn: 20 },
      text: 'export function add(a: number, b: number): number {',
    }
    expect(await lsp.definition(call)).toEqual({ state: 'ok', server, value: [definition] })
    const references = (await lsp.references(call)).value.map(({ path, line }) => `${path}:${line}`)
    expect(references.sort()).toEqual(['math.ts:2', 'use.ts:1', 'use.ts:4', 'use.ts:6'])
    const hover = (await lsp.hover(call)).value
    expect(hover).toContain('add(a: number, b: number): number')
    expect(hover).toContain('Adds.')
    const shape = { ...call, line: 2, column: 18 }
    expect((await lsp.implementation(shape)).value).toMatchObject([{ path: 'use.ts', line: 3 }])
    const symbols = (await lsp.documentSymbols({ path: 'use.ts' })).value
    expect(symbols).toContainEqual(
      expect.objectContaining({ name: 'area', kind: 'method', container: 'Square', line: 4 }),
    )
    expect(
      (await lsp.workspaceSymbols({ query: 'Squar', path: 'use.ts', limit: 5 })).value,
    ).toMatchObject([{ path: 'use.ts', name: 'Square', kind: 'class' }])
    const callers = await lsp.callHierarchy({ ...call, direction: 'in' })
    expect(callers.value).toContainEqual(
      expect.objectContaining({ path: 'use.ts', name: 'area', line: 4, calls: [4] }),
    )
    const edits = await lsp.rename({
      ...call,
      path: 'math.ts',
      line: 2,
      column: 17,
      newName: 'sum',
    })
    const texts = edits.value.flatMap(({ path, edits: own }) =>
      own.map(({ line, column, newText }) => `${path}:${line}:${column} ${newText}`),
    )
    expect(texts.sort()).toEqual([
      'math.ts:2:17 sum',
      'use.ts:1:10 sum',
      'use.ts:4:28 sum',
      expect.stringMatching(/^use.ts:6:\d+ (add: sum|: sum)$/),
    ])
    const fixes = await lsp.codeActions({ ...call, line: 7, column: 14, endLine: 7, endColumn: 18 })
    expect(fixes.state).toBe('ok')
    if (server === 'typescript')
      expect(fixes.value).toContainEqual(
        expect.objectContaining({
          title: "Change spelling to 'Shape'",
          edits: [{ path: 'use.ts', edits: [expect.objectContaining({ newText: 'Shape' })] }],
        }),
      )
  }, 60_000)
})

test('pyright knows every file of the project before it answers about all of them', async () => {
  const files = Array.from({ length: 30 }, (_, at) => [`pkg/u${at}.py`, 'from m import add\n'])
  const python = project({ 'm.py': 'def add(): ...\n', ...Object.fromEntries(files) })
  python.install('pyright-langserver')
  const at = { path: 'm.py', line: 1, column: 5, waitMs: 40_000 }
  const { value } = await python.connection.service.references(at)
  expect(value).toHaveLength(31)
}, 60_000)

test('pyright renames in every file, and does not offer implementations', async () => {
  const python = project({
    'pyproject.toml': '',
    'm.py': 'def add(a: int) -> int:\n    return a\n',
    'use.py': 'from m import add\n\nprint(add(1))\n',
  })
  python.install('pyright-langserver')
  const lsp = python.connection.service
  const at = { path: 'use.py', line: 3, column: 7, waitMs: 40_000 }
  expect((await lsp.definition(at)).value).toMatchObject([{ path: 'm.py', line: 1, column: 5 }])
  const { value } = await lsp.rename({ ...at, newName: 'plus' })
  expect(value.map(({ path, edits }) => [path, edits.length]).sort()).toEqual([
    ['m.py', 1],
    ['use.py', 2],
  ])
  expect(await lsp.implementation(at)).toMatchObject({ state: 'unsupported', server: 'pyright' })
}, 60_000)

test('the servers of JSON, CSS, HTML and YAML find errors and answer questions', async () => {
  const web = project({
    'a.json': '{"a": 1,}\n',
    'a.css': '.a { colr: red; --x: 1 }\n.b { width: var(--x) }\n',
    'a.html': '<p>x</p><script>let y = ;</script>\n',
    'a.yaml': 'a: 1\n b: 2\n',
    'b.yaml': 'x: &here 1\ny: *here\n',
  })
  for (const name of ['json', 'css', 'html']) web.install(`vscode-${name}-language-server`)
  web.install('yaml-language-server')
  const files = await web.ask(['a.json', 'a.css', 'a.html', 'a.yaml', 'b.yaml'])
  expect(files.map(({ server, state }) => `${server} ${state}`)).toEqual([
    'json fresh',
    'css fresh',
    'html fresh',
    'yaml fresh',
    'yaml fresh',
  ])
  expect(files[0]?.items[0]).toMatchObject({
    severity: 'error',
    line: 1,
    message: 'Trailing comma',
  })
  expect(files[1]?.items[0]).toMatchObject({ severity: 'warning', line: 1, column: 6 })
  expect(files[2]?.items[0]).toMatchObject({ severity: 'error', line: 1 })
  expect(files[3]?.items[0]).toMatchObject({ severity: 'error' })
  expect(files[4]?.items).toEqual([])
  const lsp = web.connection.service
  const variable = { path: 'a.css', line: 2, column: 18 }
  expect((await lsp.references(variable)).value).toHaveLength(2)
  expect((await lsp.rename({ ...variable, newName: '--y' })).value[0]?.edits).toHaveLength(2)
  expect((await lsp.definition({ path: 'b.yaml', line: 2, column: 5 })).value).toMatchObject([
    { path: 'b.yaml', line: 1 },
  ])
  const hover = (await lsp.hover({ path: 'a.html', line: 1, column: 2 })).value
  expect(hover).toContain('paragraph')
  expect(hover).not.toContain('data:image')
  expect((await lsp.documentSymbols({ path: 'a.json' })).value).toMatchObject([{ name: 'a' }])
}, 60_000)

test.skipIf(!Bun.which('clangd'))(
  'clangd renames in files that were never open (skipped where it is not installed)',
  async () => {
    const c = project({
      'compile_flags.txt': '-xc\n',
      'm.h': 'int add(int a);\n',
      'src/m.c': '#include "../m.h"\nint add(int a) { return a; }\n',
      'use.c': '#include "m.h"\nint twice(int n) { return add(n) + add(n); }\n',
      'other.c': 'int unrelated(void) { return 1; }\n',
    })
    const lsp = c.connection.service
    const at = { path: 'use.c', line: 2, column: 27, waitMs: 40_000 }
    const { value } = await lsp.rename({ ...at, newName: 'plus' })
    expect(value.map(({ path, edits }) => [path, edits.length]).sort()).toEqual([
      ['m.h', 1],
      ['src/m.c', 1],
      ['use.c', 2],
    ])
    expect((await lsp.references(at)).value).toHaveLength(4)

    // Without any flags it takes the header for C++, in which that is another function.
    const unknown = project({
      'm.h': 'int add(int a);\n',
      'use.c': '#include "m.h"\nint twice(int n) { return add(n); }\n',
    })
    expect(await unknown.connection.service.rename({ ...at, newName: 'plus' })).toMatchObject({
      state: 'failed',
      note: expect.stringContaining('leave the definition at m.h:1 as it is'),
    })
  },
  60_000,
)

test.skipIf(!goRuns())(
  'gopls answers by place, name and callers (skipped where it or go is not installed, or has no place for its cache)',
  async () => {
    const go = project({
      'go.mod': 'module example.com/m\n\ngo 1.18\n',
      'm.go': 'package main\n\n// add adds.\nfunc add(a int) int { return a }\n',
      'main.go': 'package main\n\nfunc main() {\n\t_ = add(1)\n}\n',
    })
    const lsp = go.connection.service
    const at = { path: 'main.go', line: 4, column: 6, waitMs: 40_000 }
    expect((await lsp.definition(at)).value).toMatchObject([{ path: 'm.go', line: 4 }])
    expect((await lsp.hover(at)).value).toContain('add adds.')
    expect((await lsp.callHierarchy({ ...at, direction: 'in' })).value).toMatchObject([
      { path: 'main.go', name: 'main', calls: [4] },
    ])
    const { value } = await lsp.rename({ ...at, newName: 'plus' })
    expect(value.map(({ path }) => path).sort()).toEqual(['m.go', 'main.go'])
  },
  60_000,
)

test.skipIf(!Bun.which('rust-analyzer') || !Bun.which('cargo') || !rustAnalyzerRuns())(
  'rust-analyzer answers (skipped where it or cargo is not installed)',
  async () => {
    const rust = project({
      'Cargo.toml': '[package]\nname = "m"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': 'fn add(a: u8) -> u8 {\n    a\n}\n\nfn main() {\n    add(1);\n}\n',
    })
    const at = { path: 'src/main.rs', line: 6, column: 5, waitMs: 60_000 }
    const answer = await rust.connection.service.definition(at)
    expect(answer.value).toMatchObject([{ path: 'src/main.rs', line: 1 }])
  },
  90_000,
)

/** rustup has a program of that name also where the component is not installed. */
/** gopls answers nothing where Go has no cache: without a home directory that can be written to. */
function goRuns(): boolean {
  if (!Bun.which('gopls') || !Bun.which('go')) return false
  const cache = Bun.spawnSync(['go', 'env', 'GOCACHE']).stdout.toString().trim()
  try {
    if (isAbsolute(cache)) mkdirSync(cache, { recursive: true })
    return isAbsolute(cache)
  } catch {
    return false
  }
}

function rustAnalyzerRuns(): boolean {
  return Bun.spawnSync(['rust-analyzer', '--version']).exitCode === 0
}

function messages(files: FileDiagnostics[]): string[] {
  return files.flatMap(({ items }) => items.map(({ message }) => message))
}
