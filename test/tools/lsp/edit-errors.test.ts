/** What an edit tells of the files that depend on the one that changed, by a real server and a real index. */
import { expect, test } from 'bun:test'
import { editFile } from '../../../src/tools/files/edit-file.ts'
import { readFile } from '../../../src/tools/files/read-file.ts'
import { diagnostics } from '../../../src/tools/lsp/diagnostics.ts'
import { applyPatch } from '../../../src/tools/patch/apply-patch.ts'
import { openTypeScriptBench } from './server-bench.ts'

const files = {
  'src/math.ts': 'export function add(a: number) {\n  return a\n}\n',
  'src/use.ts':
    "import { add } from './math'\nexport const two = add(2)\nexport const old: string = 1\n",
  'src/far.ts': "import { two } from './use'\nexport const far = two\n",
}

test('an edit tells the new errors of files that import it, not the old ones', async () => {
  await using bench = await openTypeScriptBench(files)
  const { services } = bench.context
  await services.index.update({})
  await bench.run(readFile, { path: 'src/math.ts' })
  // The first edit starts the server, and does not wait for it.
  const edit = (old_string: string, new_string: string) =>
    bench.say(editFile, { path: 'src/math.ts', old_string, new_string })
  expect(await edit('(a: number) {', '(a: number): number {')).not.toContain('error')
  await services.lsp.diagnostics({ paths: ['src/math.ts'], waitMs: 40_000 })

  const said = await edit('(a: number)', '(a: number, b: number)')
  expect(said).toContain(
    '1 error new in files that depend on it (typescript):\nsrc/use.ts:2:20 Expected 2 arguments',
  )
  expect(said).not.toContain('src/use.ts:3')
  // It is old now.
  expect(await edit('return a', 'return a + b')).not.toContain('error')
  expect(await edit('return a + b', 'return c')).toContain('1 error there now (typescript)')

  const gone = '*** Begin Patch\n*** Delete File: src/math.ts\n*** End Patch\n'
  expect(await bench.say(applyPatch, { patch: gone })).toContain(
    "src/use.ts:1:21 Cannot find module './math'",
  )
}, 60_000)

test('an edit asks who imports the file, though nobody asked the index yet', async () => {
  await using bench = await openTypeScriptBench(files)
  const { services } = bench.context
  await bench.run(readFile, { path: 'src/math.ts' })
  await services.lsp.diagnostics({ paths: ['src/math.ts'], waitMs: 40_000 })
  const edit = (old_string: string, new_string: string) =>
    bench.say(editFile, { path: 'src/math.ts', old_string, new_string })
  // The index may be late for the first one; it is there when that has been asked for.
  const said = [await edit('(a: number)', '(a: number, b: number)')]
  await services.index.update({})
  said.push(await edit('return a', 'return a + b'))
  expect(said.join('\n')).toContain('src/use.ts:2:20 Expected 2 arguments')
  expect(await edit('a + b', 'b + a')).not.toContain('error')
}, 60_000)

test('diagnostics of a directory, and of what git calls changed', async () => {
  await using bench = await openTypeScriptBench(files)
  const of = (input: object) => bench.say(diagnostics, input)
  const said = await of({ paths: ['src'] })
  expect(said).toStartWith('src/use.ts (typescript): 1 error\n  3:14 error 2322: ')
  expect(said).toContain('src/far.ts (typescript): no problems')
  const git = (...argv: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
    expect(Bun.spawnSync(['git', ...identity, ...argv], { cwd: bench.root }).exitCode).toBe(0)
  }
  git('init', '-q')
  expect(await of({})).toContain('src/use.ts (typescript): 1 error')
  git('add', '.')
  git('commit', '-qm', 'all')
  await expect(of({})).rejects.toThrow('Nothing changed by git; name files')
  await bench.write('src/new.ts', 'const = 1\n')
  await bench.write('src/far.ts', 'export const far = 1\n')
  const changed = await of({})
  expect(changed).toContain('src/new.ts (typescript): ')
  expect(changed).toContain('src/far.ts (typescript): no problems')
  expect(changed).toEndWith('[2 changed files by git]')
  expect(changed).not.toContain('src/use.ts')
}, 60_000)
