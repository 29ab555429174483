/** Real language servers, through the worker: what they say about files, and about changes. */
import { afterEach, describe, expect, test } from 'bun:test'
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

test.skipIf(!Bun.which('gopls') || !Bun.which('go'))(
  'gopls finds errors (skipped where it or go is not installed)',
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

function messages(files: FileDiagnostics[]): string[] {
  return files.flatMap(({ items }) => items.map(({ message }) => message))
}
