/** Which commits changed a file or its lines, over real repositories. */
import { expect, test } from 'bun:test'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../../../src/base/process.ts'
import { gitLog } from '../../../src/tools/code/git-log.ts'
import { openSearchBench } from '../search/search-bench.ts'

const author = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'a@b.c',
}

async function git(cwd: string, ...args: string[]): Promise<void> {
  const env = { ...author, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const done = await runProgram(['git', ...args], { cwd, env })
  expect(done.stderr + done.exitCode).toEndWith('0')
}

/** Two commits: the first brings both functions, the second changes `two`. */
async function openHistory() {
  const bench = await openSearchBench({ files: { 'a.ts': 'one()\n\ntwo(1)\n' } })
  await git(bench.root, 'init', '-q')
  await git(bench.root, 'add', '-A')
  await git(bench.root, 'commit', '-qm', 'feat: both')
  writeFileSync(join(bench.root, 'a.ts'), 'one()\n\ntwo(2)\n')
  await git(bench.root, 'commit', '-qam', 'fix: two takes two')
  return bench
}

const subjects = (data: unknown): string[] =>
  (data as { subject: string }[]).map((row) => row.subject)

test('of a file every commit, of lines only theirs', async () => {
  await using bench = await openHistory()
  const subjectsOf = async (input: { path: string; lines?: string }) =>
    subjects((await bench.run(gitLog, input)).data)
  expect(await subjectsOf({ path: 'a.ts' })).toEqual(['fix: two takes two', 'feat: both'])
  expect(await subjectsOf({ path: 'a.ts', lines: '1' })).toEqual(['feat: both'])
  expect(await subjectsOf({ path: 'a.ts', lines: '3-3' })).toEqual(['fix: two takes two'])
  expect(await subjectsOf({ path: '.' })).toHaveLength(2)
})

test('lines are found where they stand now, though others were put before them', async () => {
  await using bench = await openHistory()
  writeFileSync(join(bench.root, 'a.ts'), 'zero()\n\none()\n\ntwo(2)\nthree()\n')
  const result = await bench.run(gitLog, { path: 'a.ts', lines: '5' })
  expect(subjects(result.data)).toEqual(['fix: two takes two'])
  expect(await bench.say(gitLog, { path: 'a.ts', lines: '6' })).toContain('not committed yet')
})

test('a file without a commit has none, a directory without git says so, a bad range is refused', async () => {
  await using bench = await openHistory()
  writeFileSync(join(bench.root, 'new.ts'), 'x\n')
  expect(await bench.say(gitLog, { path: 'new.ts', lines: '1' })).toContain('No commit has new.ts')
  expect(bench.run(gitLog, { path: 'a.ts', lines: 'five' })).rejects.toThrow('is no range of lines')
  await using plain = await openSearchBench({ files: { 'a.ts': 'x\n' } })
  expect(await plain.say(gitLog, { path: 'a.ts' })).toContain('There is no history here')
})

test('starts nothing that the repository configures', async () => {
  await using bench = await openHistory()
  const trap = join(bench.root, 'trap.sh')
  const sprung = join(bench.root, 'sprung')
  writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\ncat\n`)
  chmodSync(trap, 0o755)
  writeFileSync(join(bench.root, '.gitattributes'), '*.ts diff=trap filter=trap\n')
  for (const [key, value] of [
    ['core.fsmonitor', trap],
    ['diff.trap.textconv', trap],
    ['filter.trap.clean', trap],
    ['filter.trap.smudge', trap],
    ['core.pager', trap],
  ] as const)
    await git(bench.root, 'config', key, value)
  writeFileSync(join(bench.root, 'a.ts'), 'one()\n\ntwo(2)\n\n')
  await bench.run(gitLog, { path: 'a.ts', lines: '3' })
  await bench.run(gitLog, { path: 'a.ts' })
  expect(existsSync(sprung)).toBe(false)
})
