/** The review recipe: where its diff comes from, and what becomes of the answer. */
import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Prepared, PreparedRun, RecipeFlags } from '../../../src/app/recipes/recipe.ts'
import { review, reviewExitCode } from '../../../src/app/recipes/review.ts'
import { makeRepository, type Repository } from './repository.ts'

const { signal } = new AbortController()
const made: Repository[] = []
afterEach(() => {
  for (const repository of made.splice(0)) repository.remove()
})

async function repositoryWith(files: Record<string, string>): Promise<Repository> {
  const repository = await makeRepository()
  made.push(repository)
  await repository.commit('feat: begin', files)
  return repository
}

function prepare(
  repository: Repository,
  options: { flags?: RecipeFlags; stdin?: string; args?: string[]; cwd?: string } = {},
): Promise<Prepared> {
  return review.prepare(
    {
      args: options.args ?? [],
      flags: options.flags ?? {},
      cwd: options.cwd ?? repository.root,
      approve: async () => {},
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    },
    signal,
  )
}

function asRun(prepared: Prepared): PreparedRun {
  if (prepared.kind !== 'run') throw new Error(prepared.message)
  return prepared
}

describe('What is reviewed', () => {
  test('is the working tree against HEAD, staged or not, with new text files', async () => {
    const repository = await repositoryWith({
      'a.ts': 'one\n',
      'b.ts': 'two\n',
      '.gitignore': 'out\n',
    })
    repository.write({
      'a.ts': 'ONE\n',
      'b.ts': 'TWO\n',
      'new file.ts': 'three\n',
      out: 'ignored\n',
    })
    await repository.git('add', 'b.ts')
    const { stdin, prompt, mode, recipe } = asRun(await prepare(repository))
    expect(stdin).toContain('+ONE')
    expect(stdin).toContain('+TWO')
    expect(stdin).toContain('+++ b/new file.ts')
    expect(stdin).toContain('+three')
    expect(stdin).not.toContain('ignored')
    expect(prompt).toContain('"findings"')
    expect([mode, recipe]).toEqual(['plan', 'review'])
  })

  test('is only what is staged with --staged', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n', 'b.ts': 'two\n' })
    repository.write({ 'a.ts': 'ONE\n', 'b.ts': 'TWO\n' })
    await repository.git('add', 'b.ts')
    const { stdin } = asRun(await prepare(repository, { flags: { staged: true } }))
    expect(stdin).toContain('+TWO')
    expect(stdin).not.toContain('+ONE')
  })

  test('is everything since the branch point with --base, whatever the base did since', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    await repository.git('checkout', '-q', '-b', 'topic')
    await repository.commit('feat: topic', { 'topic.ts': 'mine\n' })
    await repository.git('checkout', '-q', 'main')
    await repository.commit('feat: other', { 'other.ts': 'theirs\n' })
    await repository.git('checkout', '-q', 'topic')
    repository.write({ 'a.ts': 'not committed\n' })
    const { stdin } = asRun(await prepare(repository, { flags: { base: 'main' } }))
    expect(stdin).toContain('+mine')
    expect(stdin).toContain('+not committed')
    expect(stdin).not.toContain('theirs')
  })

  test('is one commit with --commit, the first one too', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    await repository.commit('feat: second', { 'b.ts': 'two\n' })
    const second = asRun(await prepare(repository, { flags: { commit: 'HEAD' } }))
    expect(second.stdin).toContain('+two')
    expect(second.stdin).not.toContain('+one')
    const first = asRun(await prepare(repository, { flags: { commit: 'HEAD~1' } }))
    expect(first.stdin).toContain('+one')
  })

  test('is what was piped in, when something was', async () => {
    const repository = await makeRepository({ git: false })
    made.push(repository)
    const stdin = '--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-a\n+b\n'
    expect(asRun(await prepare(repository, { stdin })).stdin).toBe(stdin)
  })

  test('works before the first commit', async () => {
    const repository = await makeRepository()
    made.push(repository)
    repository.write({ 'a.ts': 'one\n' })
    expect(asRun(await prepare(repository)).stdin).toContain('+one')
    await repository.git('add', 'a.ts')
    expect(asRun(await prepare(repository)).stdin).toContain('+one')
  })

  test('is the same whatever the person configured for git diff', async () => {
    const repository = await repositoryWith({ 'ä.ts': 'one\n' })
    for (const [key, value] of [
      ['color.ui', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.external', 'false'],
      ['core.quotePath', 'true'],
    ] as const)
      await repository.git('config', key, value)
    repository.write({ 'ä.ts': 'two\n' })
    const { stdin } = asRun(await prepare(repository))
    expect(stdin).toContain('+++ b/ä.ts\n')
    expect(stdin).not.toContain('\x1b')
  })

  test('names paths from the directory it runs in', async () => {
    const repository = await repositoryWith({ 'pkg/a.ts': 'one\n', 'b.ts': 'two\n' })
    repository.write({ 'pkg/a.ts': 'ONE\n', 'b.ts': 'TWO\n', 'pkg/new.ts': 'new\n' })
    const { stdin } = asRun(await prepare(repository, { cwd: join(repository.root, 'pkg') }))
    expect(stdin).toContain('+++ b/a.ts')
    expect(stdin).toContain('+++ b/new.ts')
    expect(stdin).not.toContain('TWO')
  })

  test('leaves the bodies of lock files out and says so', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    repository.write({ 'a.ts': 'two\n', 'package-lock.json': '{ "x": 1 }\n'.repeat(2000) })
    const { stdin, notices } = asRun(await prepare(repository))
    expect(stdin?.length).toBeLessThan(2000)
    expect(stdin).toContain('+two')
    expect(notices.join()).toContain('package-lock.json (generated')
  })

  test('holds new binary files by name only', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    repository.write({ 'logo.png': new Uint8Array([137, 80, 0, 1, 2, 3]) })
    expect(asRun(await prepare(repository)).stdin).toContain(
      'Binary files /dev/null and b/logo.png',
    )
  })
})

describe('Nothing to review, or no way to', () => {
  test('a clean tree says so and ends well', async () => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    for (const flags of [{}, { staged: true }, { base: 'main' }] as RecipeFlags[]) {
      const prepared = await prepare(repository, { flags })
      expect(prepared).toMatchObject({ kind: 'nothing', exitCode: 0 })
    }
    expect(await prepare(repository, { stdin: '\n' })).toMatchObject({
      kind: 'nothing',
      exitCode: 0,
    })
  })

  test.each([
    [{ base: 'mian' }, 'did you mean main?'],
    [{ commit: '--output=/tmp/x' }, 'There is no commit'],
    [{ staged: true, base: 'main' }, 'exclude each other'],
  ] as [RecipeFlags, string][])('%j is refused with what to do', async (flags, message) => {
    const repository = await repositoryWith({ 'a.ts': 'one\n' })
    const refusal = prepare(repository, { flags })
    await expect(refusal).rejects.toMatchObject({ kind: 'usage' })
    await expect(prepare(repository, { flags })).rejects.toThrow(message)
  })

  test('outside of a repository it asks for a piped diff', async () => {
    const repository = await makeRepository({ git: false })
    made.push(repository)
    await expect(prepare(repository)).rejects.toThrow('not inside a git repository')
    await expect(prepare(repository, { stdin: 'hello\n' })).rejects.toThrow('is not a diff')
  })
})

describe('The answer', () => {
  const answer = JSON.stringify({
    summary: 'One thing.',
    findings: [
      { severity: 'warning', file: 'a.ts', line: 3, title: 'Off by one', detail: 'Use <.' },
    ],
  })
  const finish = (
    text: string,
    options: { format?: string; flags?: RecipeFlags; color?: boolean } = {},
  ) =>
    review.finish(
      {
        text,
        flags: options.flags ?? {},
        cwd: '/',
        approve: async () => {},
        format: options.format ?? 'text',
        color: options.color ?? false,
      },
      signal,
    )

  test('reads as file:line: severity: title', async () => {
    const { text, notices, exitCode } = await finish(answer)
    expect(text).toBe('a.ts:3: warning: Off by one\n  Use <.\n\nOne thing.')
    expect([notices, exitCode]).toEqual([[], 0])
    expect((await finish(answer, { color: true })).text).toContain('\x1b[33mwarning:\x1b[0m')
  })

  test('is JSON or SARIF when asked for', async () => {
    expect(JSON.parse((await finish(answer, { format: 'json' })).text)).toEqual(JSON.parse(answer))
    const sarif = JSON.parse((await finish(answer, { format: 'sarif' })).text)
    expect(sarif.version).toBe('2.1.0')
    const [result] = sarif.runs[0].results
    expect(result).toMatchObject({ level: 'warning', ruleId: 'off-by-one', ruleIndex: 0 })
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'a.ts' },
      region: { startLine: 3 },
    })
  })

  test('ends with status 7 from the level that --fail-on names', async () => {
    expect((await finish(answer, { flags: { 'fail-on': 'warning' } })).exitCode).toBe(7)
    expect((await finish(answer, { flags: { 'fail-on': 'error' } })).exitCode).toBe(0)
    expect(reviewExitCode([], 'info')).toBe(0)
  })

  test('that is not what was asked for is shown as it is, and that is said', async () => {
    const { text, notices, exitCode } = await finish('Looks good to me.', {
      flags: { 'fail-on': 'info' },
    })
    expect(text).toBe('Looks good to me.')
    expect(notices.join()).toContain('did not answer in the form')
    expect(exitCode).toBe(0)
  })

  test('cannot smuggle escape sequences to the terminal', async () => {
    const evil = {
      summary: '\x1b]0;x\x07',
      findings: [{ severity: 'info', file: 'a\x1b[2J', line: 1, title: 't', detail: 'd\x1b[31m' }],
    }
    expect((await finish(JSON.stringify(evil))).text).not.toContain('\x1b')
  })
})
