/** A look at a hostile repository: whatever its configuration names stays a name. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lookGit, quietDiff } from '../../src/base/look-git.ts'
import { runProgram } from '../../src/base/process.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-look-')))
const proof = join(root, 'ran')
const program = join(root, 'program')

async function git(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await runProgram(['git', ...args], {
    cwd: root,
    env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  })
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
}

beforeAll(async () => {
  await git('init', '-q')
  await git('config', 'user.email', 'a@example.org')
  await git('config', 'user.name', 'a')
  writeFileSync(join(root, 'a.txt'), 'one\n')
  await git('add', 'a.txt')
  await git('commit', '-qm', 'one')
  writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\ncat\n`)
  chmodSync(program, 0o755)
  writeFileSync(join(root, '.gitattributes'), '*.txt filter=x=y diff=x\n')
  for (const [key, value] of [
    ['filter.x=y.clean', program],
    ['filter.x=y.smudge', program],
    ['filter.x=y.required', 'true'],
    ['diff.external', program],
    ['diff.x.command', program],
    ['diff.x.textconv', program],
    ['core.fsmonitor', program],
    ['core.hooksPath', root],
    ['core.pager', program],
    ['log.showSignature', 'true'],
    ['gpg.program', program],
  ] as const)
    await git('-c', 'core.fsmonitor=false', 'config', key, value)
  writeFileSync(join(root, 'post-index-change'), `#!/bin/sh\ntouch '${proof}'\n`)
  chmodSync(join(root, 'post-index-change'), 0o755)
  writeFileSync(join(root, 'a.txt'), 'one\ntwo\n')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a look at a hostile repository', () => {
  test.each([
    [['diff', ...quietDiff, 'HEAD'], '+two'],
    [['blame', '--no-textconv', 'a.txt'], 'two'],
    [['status', '--short', '--ignore-submodules=dirty'], ' M a.txt'],
    [['show', ...quietDiff, 'HEAD'], '+one'],
    [['log', '--oneline'], 'one'],
  ])('%j runs none of its programs', async (args, shown) => {
    const { exitCode, stdout } = await lookGit(args, { cwd: root })
    expect(stdout).toContain(shown)
    expect(exitCode).toBe(0)
    expect(existsSync(proof)).toBe(false)
  })

  test('which git alone would run', async () => {
    await runProgram(['git', 'diff'], { cwd: root })
    expect(existsSync(proof)).toBe(true)
  })
})
