/** What the author says of a staged change reaches the message, also without a model. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, openBench } from '../support/codi.ts'

test('codi commit NOTE puts the note into the body of the message', async () => {
  await using bench = openBench({ 'a.ts': 'export const one = 1\n' })
  bench.git('init', '-q')
  bench.git('add', 'a.ts')
  const ran = await bench.run(['-p', 'builtin', 'commit', 'closes #12,', 'the first of many'])
  expect(ran.exitCode).toBe(0)
  expect(ran.stdout).toMatch(/^feat: .+\n\ncloses #12, the first of many\n/)
})

describe('codi commit --apply', () => {
  const rules = (bench: Bench, decision: string) => {
    mkdirSync(join(bench.home, 'config'), { recursive: true })
    const text = JSON.stringify({ rules: [{ prefix: ['git', 'commit'], decision }] })
    writeFileSync(join(bench.home, 'config', 'rules.json'), text)
  }
  const env = {
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@example.org',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@example.org',
  }
  const staged = () => {
    const bench = openBench({ 'a.txt': 'a\n' })
    bench.git('init', '-q')
    bench.git('add', '.')
    return bench
  }

  test('is the word of a person: what only asks is answered by it, and it is in the audit log', async () => {
    await using bench = staged()
    rules(bench, 'ask')
    const ran = await bench.run(['commit', '--apply', '--audit', '-p', 'builtin'], { env })
    expect(ran.exitCode).toBe(0)
    expect(bench.git('log', '--format=%s')).toContain('a.txt')
    const [log] = new Bun.Glob('**/audit/*.jsonl').scanSync({ cwd: bench.home })
    const audited = readFileSync(join(bench.home, log ?? ''), 'utf8')
    expect(audited).toContain('"command":"git commit --cleanup=whitespace -F -"')
    expect(audited).toContain('"by":"person"')
  })

  test('does not commit in plan mode, nor where a rule denies it', async () => {
    await using bench = staged()
    const planned = await bench.run(['commit', '--apply', '-p', 'builtin', '--mode', 'plan'], {
      env,
    })
    expect(planned).toMatchObject({ exitCode: 3, stdout: '' })
    expect(planned.stderr).toContain('was not run: mode plan does not allow it')
    rules(bench, 'deny')
    const denied = await bench.run(['commit', '--apply', '-p', 'builtin'], { env })
    expect(denied).toMatchObject({ exitCode: 3, stdout: '' })
    expect(denied.stderr).toContain('a rule forbids it (git commit)')
    expect(() => bench.git('rev-parse', 'HEAD')).toThrow()
  })
})
