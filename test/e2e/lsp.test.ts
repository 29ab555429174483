/** codi lsp and codi diagnostics, as a person or CI types them, with a real server. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isBelowTmp } from '../support/below-tmp.ts'
import { type Bench, openBench } from '../support/codi.ts'

const modules = join(import.meta.dir, '../../node_modules')
const files = {
  'tsconfig.json': '{"compilerOptions":{"strict":true}}',
  '.gitignore': 'node_modules\n',
  'src/math.ts': '/** Adds. */\nexport function add(a: number): number {\n  return a\n}\n',
  'src/use.ts': "import { add } from './math'\nexport const two = add(2)\n",
}

/** With the server of TypeScript 7, which is the compiler. */
function typescriptBench(): Bench {
  const bench = openBench(files)
  mkdirSync(join(bench.root, 'node_modules/.bin'), { recursive: true })
  symlinkSync(join(modules, '.bin/tsc'), join(bench.root, 'node_modules/.bin/tsc'))
  symlinkSync(join(modules, 'typescript'), join(bench.root, 'node_modules/typescript'))
  return seeingServers(bench)
}

/** The servers are those of this checkout, which nothing confined sees where it lies below /tmp. */
function seeingServers(bench: Bench): Bench {
  if (!isBelowTmp) return bench
  const env = { CODI_SANDBOX: 'off' }
  return { ...bench, run: (argv, options) => bench.run(argv, { env, ...options }) }
}

describe('codi lsp', () => {
  test('answers about a place and about a name', async () => {
    await using bench = typescriptBench()
    const lsp = async (...argv: string[]) => (await bench.run(['lsp', ...argv])).stdout
    const definition = 'src/math.ts:2:17  export function add(a: number): number {\n'
    expect(await lsp('definition', 'src/use.ts:2:20')).toBe(definition)
    expect(await lsp('definition', 'add')).toBe(definition)
    expect(JSON.parse(await lsp('references', 'add', '--json'))).toContainEqual({
      file: 'src/use.ts',
      ...{ line: 2, column: 20, endLine: 2, endColumn: 23 },
      text: 'export const two = add(2)',
    })
    expect(await lsp('hover', 'src/math.ts:2:17')).toContain('Adds.')
    expect(await lsp('symbols', 'src/math.ts')).toBe('src/math.ts:2-4  function add\n')
    expect(await lsp('symbols', 'ad')).toContain('src/math.ts:2-')
    expect(await lsp('calls', 'add')).toContain('<- src/use.ts:')
    expect(await lsp('status')).toMatch(/^typescript-native: 2 files, not running: .*tsc --lsp/)
  }, 60_000)

  test('rename shows the diff, and makes it with --apply', async () => {
    await using bench = typescriptBench()
    const shown = await bench.run(['lsp', 'rename', 'add', 'sum'])
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' })
    expect(shown.stdout).toStartWith('--- a/src/')
    expect(bench.text('src/math.ts')).toBe(files['src/math.ts'])
    const json = await bench.run(['lsp', 'rename', 'src/use.ts:2:20', 'sum', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ applied: false, added: 3, removed: 3 })
    const plan = await bench.run(['--mode', 'plan', 'lsp', 'rename', 'add', 'sum', '--apply'])
    expect(plan.exitCode).toBe(3)
    const made = await bench.run(['lsp', 'rename', 'add', 'sum', '--apply'])
    expect(made.exitCode).toBe(0)
    expect(made.stdout).toStartWith('Renamed add to sum: 3 places in 2 files')
    expect(bench.text('src/use.ts')).toBe(
      "import { sum } from './math'\nexport const two = sum(2)\n",
    )
  }, 60_000)

  test('says what is wrong with what was typed, or missing here', async () => {
    await using bench = openBench({ ...files, 'lib/a.rb': 'def one; end\n', 'notes.txt': 'x\n' })
    for (const [argv, exitCode, message] of [
      [[], 2, 'wants one of definition,'],
      [['defintion', 'x'], 2, 'Did you mean definition?'],
      [['hover'], 2, 'wants FILE:LINE:COLUMN, or a NAME'],
      [['hover', 'src/math.ts'], 2, 'name a place in it as src/math.ts:LINE:COLUMN'],
      [['hover', 'src/math.ts:2'], 2, 'has no column'],
      [['hover', 'src/nope.ts:1:1'], 1, 'src/nope.ts does not exist'],
      [['hover', 'src:1:1'], 1, 'src is a directory'],
      [['hover', 'src/math.ts:99:1'], 1, 'no line 99'],
      [['hover', 'src/math.ts:1:99'], 1, 'no column 99'],
      [['hover', 'noSuchName'], 1, 'No definition named noSuchName'],
      [['hover', 'notes.txt:1:1'], 1, 'No language server knows notes.txt'],
      [['hover', 'add', '--no-index'], 2, 'found by the index, which is off'],
      [['rename', 'add'], 2, 'and the new name'],
      [['hover', 'add', 'more'], 2, '"more" is too much'],
      [['hover', 'add', '--apply'], 2, '--apply belongs to codi lsp rename'],
    ] as const) {
      const ran = await bench.run(['lsp', ...argv])
      expect({ argv, exitCode: ran.exitCode, stdout: ran.stdout }).toEqual({
        ...{ argv, exitCode, stdout: '' },
      })
      expect(ran.stderr).toContain(message)
    }
    const tool = await bench.run(['tool', 'hover', '{"name":"add"}', '--no-index'])
    expect(tool).toMatchObject({ exitCode: 1 })
    expect(tool.stdout + tool.stderr).toContain('The index is off (--no-index)')
    if (Bun.which('ruby-lsp') || Bun.which('solargraph')) return
    const missing = await bench.run(['lsp', 'hover', 'lib/a.rb:1:5'])
    expect(missing.stderr).toContain('needs the language server ruby-lsp, which is not installed')
    expect((await bench.run(['lsp', 'status'])).stdout).toContain('ruby-lsp: not installed')
    const unchecked = await bench.run(['diagnostics', 'lib'])
    expect(unchecked).toMatchObject({ exitCode: 1, stdout: '' })
    expect(unchecked.stderr).toContain('nothing was checked')
  }, 60_000)
})

describe('codi diagnostics', () => {
  test('of what changed, of a directory and of all, with the exit status of what was found', async () => {
    await using bench = typescriptBench()
    const run = (...argv: string[]) => bench.run(['diagnostics', ...argv])
    const all = await run()
    expect(all).toMatchObject({ exitCode: 0 })
    expect(all.stdout).toContain('src/math.ts (typescript-native): no problems')
    expect(all.stderr).toContain('codi: the whole project')
    bench.git('init', '-q')
    bench.git('add', '.')
    bench.git('commit', '-qm', 'all')
    bench.write('src/use.ts', "import { add } from './math'\nexport const two: string = add(2)\n")
    const changed = await run()
    expect(changed).toMatchObject({ exitCode: 1 })
    expect(changed.stdout).toBe(
      "src/use.ts:2:14: error: Type 'number' is not assignable to type 'string'. [2322]\n",
    )
    expect(changed.stderr).toContain('1 changed file by git')
    const json = JSON.parse((await run('src', '--json')).stdout)
    expect(json.map(({ file }: { file: string }) => file)).toEqual(['src/math.ts', 'src/use.ts'])
    bench.write('src/use.ts', 'const = 1\n')
    expect(await run('src/math.ts')).toMatchObject({ exitCode: 0 })
    expect(await run('src/nope.ts')).toMatchObject({ exitCode: 1, stdout: '' })
  }, 60_000)

  test('fails on warnings only when told to', async () => {
    await using bench = seeingServers(openBench({ 'a.css': '.a { colr: red }\n' }))
    mkdirSync(join(bench.root, 'node_modules/.bin'), { recursive: true })
    const server = '.bin/vscode-css-language-server'
    symlinkSync(join(modules, server), join(bench.root, 'node_modules', server))
    const run = (...argv: string[]) => bench.run(['diagnostics', 'a.css', ...argv])
    expect(await run()).toMatchObject({ exitCode: 0 })
    expect(await run('--fail-on', 'error')).toMatchObject({ exitCode: 0 })
    expect(await run('--fail-on', 'warning')).toMatchObject({ exitCode: 7 })
    expect(await run('--fail-on', 'nonsense')).toMatchObject({ exitCode: 2 })
    const clean = Array.from({ length: 11 }, (_, at) => `clean${at}.css`)
    for (const name of clean) bench.write(name, '.a { color: red }\n')
    expect((await run(...clean)).stdout).toMatch(
      /^a.css:1:6: warning: .*\n11 files: no problems\n$/,
    )
  }, 60_000)
})
