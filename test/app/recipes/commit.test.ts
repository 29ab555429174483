/** The commit recipe: what is staged, the cleaned message, and the commit itself. */
import { afterEach, describe, expect, test } from 'bun:test'
import { cleanMessage, commit } from '../../../src/app/recipes/commit.ts'
import type { RecipeFlags } from '../../../src/app/recipes/recipe.ts'
import { makeRepository, type Repository } from './repository.ts'

const { signal } = new AbortController()
const approve = async () => {}
const made: Repository[] = []
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove()
})

async function repository(): Promise<Repository> {
  const fresh = await makeRepository()
  made.push(fresh)
  return fresh
}

const prepare = (root: string, flags: RecipeFlags = {}, stdin?: string) =>
  commit.prepare(
    { approve, args: [], flags, cwd: root, ...(stdin === undefined ? {} : { stdin }) },
    signal,
  )

describe('Preparing', () => {
  test('takes what is staged and shows how subjects are written here', async () => {
    const { root, commit: make, write, git } = await repository()
    await make('feat(core): begin', { 'a.ts': 'one\n' })
    write({ 'a.ts': 'two\n', 'b.ts': 'not staged\n' })
    await git('add', 'a.ts')
    const prepared = await prepare(root)
    expect(prepared).toMatchObject({ kind: 'run', recipe: 'commit', mode: 'plan' })
    if (prepared.kind !== 'run') return
    expect(prepared.stdin).toContain('+two')
    expect(prepared.stdin).not.toContain('not staged')
    expect(prepared.prompt).toContain('- feat(core): begin')
  })

  test('says git add when nothing is staged, and when nothing changed at all', async () => {
    const { root, commit: make, write } = await repository()
    await make('feat: begin', { 'a.ts': 'one\n' })
    const clean = await prepare(root)
    expect(clean).toEqual({
      kind: 'nothing',
      exitCode: 1,
      message: 'There is nothing to commit: nothing changed here.',
    })
    write({ 'a.ts': 'two\n' })
    const unstaged = await prepare(root)
    expect(unstaged).toMatchObject({ kind: 'nothing', exitCode: 1 })
    expect(unstaged.kind === 'nothing' && unstaged.message).toContain('git add')
  })

  test('refuses what is no diff, and --apply of a piped diff', async () => {
    const { root } = await repository()
    await expect(prepare(root, {}, 'hello')).rejects.toThrow('is not a diff')
    const diff = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n'
    await expect(prepare(root, { apply: true }, diff)).rejects.toThrow('--apply')
    expect(await prepare(root, {}, diff)).toMatchObject({ kind: 'run' })
  })
})

describe('Finishing', () => {
  const finish = (root: string, text: string, flags: RecipeFlags = {}) =>
    commit.finish({ approve, text, flags, cwd: root, format: 'text', color: false }, signal)

  test('prints the message alone', async () => {
    expect(await finish('/', '```\nfix: x\n```')).toEqual({
      text: 'fix: x',
      notices: [],
      exitCode: 0,
    })
  })

  test('commits with --apply and shows what git said', async () => {
    const { root, write, git } = await repository()
    write({ 'a.ts': 'one\n' })
    await git('add', 'a.ts')
    const message = 'feat(a): add one\n\n- #1 is kept, it is no comment'
    const { text, exitCode } = await finish(root, message, { apply: true })
    expect(exitCode).toBe(0)
    expect(text).toContain('1 file changed')
    expect((await git('log', '-1', '--format=%B')).trim()).toBe(message)
  })

  test('commits nothing that the gate forbids, and says so before a model is asked', async () => {
    const { root, write, git } = await repository()
    write({ 'a.ts': 'one\n' })
    await git('add', 'a.ts')
    const asked: string[] = []
    const refuse = async (command: string) => {
      asked.push(command)
      throw new Error('a rule forbids it')
    }
    const flags = { apply: true } as const
    const about = { flags, cwd: root, approve: refuse }
    const prepared = commit.prepare({ ...about, args: [] }, signal)
    await expect(prepared).rejects.toThrow('a rule forbids it')
    const finished = commit.finish({ ...about, text: 'x', format: 'text', color: false }, signal)
    await expect(finished).rejects.toThrow('a rule forbids it')
    expect(asked).toEqual(Array(2).fill('git commit --cleanup=whitespace -F -'))
    await expect(git('rev-parse', 'HEAD')).rejects.toThrow()
  })

  test('a hook that refuses is a failure that keeps the message', async () => {
    const { root, write, git } = await repository()
    write({ 'a.ts': 'one\n', '.git/hooks/pre-commit': '#!/bin/sh\necho no way >&2\nexit 1\n' })
    await git('add', 'a.ts')
    const { chmodSync } = await import('node:fs')
    chmodSync(`${root}/.git/hooks/pre-commit`, 0o755)
    const { text, notices, exitCode } = await finish(root, 'feat: x', { apply: true })
    expect([text, exitCode]).toEqual(['feat: x', 1])
    expect(notices.join('\n')).toContain('no way')
  })

  test('an empty answer is an error', async () => {
    await expect(finish('/', '```\n\n```')).rejects.toThrow('no commit message')
  })
})

test.each([
  ['fix: a', 'fix: a'],
  ['"fix: a"', 'fix: a'],
  ['`fix: a`', 'fix: a'],
  ['**fix: a**', 'fix: a'],
  ['fix: a.', 'fix: a'],
  ["Here's the commit message:\n\nfix: a\n\nbody", 'fix: a\n\nbody'],
  ['Commit message: fix: a', 'fix: a'],
  ['Sure:\n\n```text\nfix: a\n\n- b\n```\nBye', 'fix: a\n\n- b'],
  ['fix: a\n- b', 'fix: a\n\n- b'],
  ['fix: say "no" to "yes"', 'fix: say "no" to "yes"'],
  ['fix: a\r\n\r\nb \r\n', 'fix: a\n\nb'],
])('%j becomes the message', (text, message) => {
  expect(cleanMessage(text)).toBe(message)
})
