/** git under the helper: read-only by default, opened with its hooks and configuration closed, and what is checked afterwards. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtHelper, makePlace, type Place, whyNotMode } from './helper-run.ts'

const helper = builtHelper()
const missing = whyNotMode('full')
const full = ['--mode', 'full']
const identity = {
  ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C.UTF-8' },
  ...{ GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@example.org' },
  ...{ GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@example.org' },
}
const env = { PATH: process.env.PATH ?? '', HOME: '/dev/null', ...identity }

let place: Place
let git: string
beforeEach(() => {
  place = makePlace('path' in helper ? helper.path : '')
  git = join(place.workspace, '.git')
  outside('git init -q -b main && echo a > a && git add a && git commit -q -m one')
})
afterEach(() => place.clean())

function outside(script: string, cwd = place.workspace) {
  const run = Bun.spawnSync(['sh', '-ec', script], { cwd, env: { ...env, HOME: place.root } })
  if (run.exitCode !== 0) throw new Error(`${run.stderr}`)
  return `${run.stdout}`
}

const closed = () => [...full, '--protect', git]
const opened = () => [...full, '--protect', git, '--git-write', git]

describe.skipIf(missing !== undefined || !Bun.which('git'))('git', () => {
  test('can be asked everything, and changes nothing', async () => {
    const run = await place.sh(
      closed(),
      'echo b > b; git status --short; git log --oneline | wc -l; git diff; git add b',
      { env },
    )
    expect(run.stdout).toBe('?? b\n1\n')
    expect(run.exitCode).toBe(128)
    expect(run.stderr).toContain('Read-only file system')
  })

  test('opened, can commit, branch, merge, stash, tag, rebase and clean up', async () => {
    const script =
      'set -e; echo b > b; git add b; git commit -q -m two; git switch -q -c side; echo c > c; git add c; git commit -q -m three;' +
      'git switch -q main; git merge -q side; git tag v1; echo d >> a; git stash -q; git stash pop -q; git checkout -q -- a; git rebase -q HEAD~1; git gc -q; git log --oneline | wc -l'
    const run = await place.sh(opened(), script, { env })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('3\n')
    expect(run.status.slice(1)).toEqual([{ exit: 0 }])
    expect(outside('git fsck 2>&1; git status --short')).not.toContain('error')
  })

  test('opened, keeps hooks and configuration closed, and itself in place', async () => {
    const run = await place.sh(
      opened(),
      'git config core.fsmonitor evil; echo x > .git/hooks/pre-commit; rm -rf .git/hooks; mv .git/hooks .git/h; mv .git/config .git/c; mv .git g; echo x >> .git/config; rm .git/config',
      { env },
    )
    expect(
      run.stderr.match(/Read-only file system|Device or resource busy/g)?.length,
    ).toBeGreaterThan(6)
    expect(readFileSync(join(git, 'config'), 'utf8')).not.toContain('evil')
    expect(existsSync(join(git, 'hooks/pre-commit'))).toBe(false)
  })

  test('opened, has what would make it run programs taken back and told', async () => {
    const run = await place.sh(
      opened(),
      'echo ../evil > .git/commondir; echo "[core]" > .git/config.worktree; mkdir -p .git/info; echo "* filter=x" > .git/info/attributes; mkdir -p .git/modules/evil/hooks; mkdir -p .git/worktrees/w',
      { env },
    )
    const warnings = run.status.map(({ warning }) => warning).filter((text) => text !== undefined)
    expect(warnings).toEqual([
      `The command made ${git}/config.worktree, which was removed: git would obey it`,
      `The command made ${git}/commondir, which was removed: git would obey it`,
      `The command made ${git}/info/attributes, which was removed: git would obey it`,
      `The command made ${git}/modules/evil: git may run what its config and hooks say`,
      `The command made ${git}/worktrees/w: git may run what its config and hooks say`,
    ])
    for (const name of ['commondir', 'config.worktree', 'info/attributes'])
      expect(existsSync(join(git, name))).toBe(false)
    expect(run.status.at(-1)).toEqual({ exit: 0 })
  })

  test('opened without a hooks directory, cannot be given one', async () => {
    outside('rm -rf .git/hooks')
    const run = await place.sh(
      opened(),
      'mkdir -p .git/hooks/x; echo y > b; git add b; git commit -q -m two && echo ok',
      { env },
    )
    expect(run.stdout).toBe('ok\n')
    expect(existsSync(join(git, 'hooks'))).toBe(false)
  })

  test('of a worktree is protected in the repository it belongs to', async () => {
    const tree = join(place.workspace, 'tree')
    outside('git worktree add -q tree')
    const file = join(tree, '.git')
    const run = await place.run(
      [...full, '--write', place.workspace, '--cwd', tree, '--protect', file],
      [
        'sh',
        '-c',
        'git status --short; echo x >> ../.git/config; echo x > ../.git/worktrees/tree/commondir; echo gitdir: /evil > .git; rm .git; mv .git x; mv ../.git ../g',
      ],
      { env },
    )
    expect(
      run.stderr.match(/Read-only file system|Device or resource busy/g)?.length,
    ).toBeGreaterThan(4)
    expect(outside('git status --short', tree)).toBe('')
  })

  test('of a worktree whose repository lies outside, opened, commits there', async () => {
    const tree = join(place.root, 'tree')
    outside('git worktree add -q ../tree')
    const file = join(tree, '.git')
    const run = await place.run(
      [
        ...full,
        '--write',
        tree,
        '--cwd',
        tree,
        '--protect',
        file,
        '--git-write',
        file,
        '--visible',
        place.root,
      ],
      [
        'sh',
        '-c',
        'echo b > b; git add b; git commit -q -m two && git log --oneline | wc -l; echo x >> "$0/config"; echo x > "$0/hooks/pre-commit"; echo x > "$0/worktrees/tree/commondir"; echo x > ../outside',
        git,
      ],
      { env },
    )
    expect(run.stdout).toBe('2\n')
    expect(run.stderr.match(/Read-only file system/g)?.length).toBe(4)
    expect(outside('git log --oneline | wc -l', tree)).toBe('2\n')
  })

  test('of a submodule is protected in the modules of the repository', async () => {
    outside('git init -q ../lib && cd ../lib && git commit -q --allow-empty -m lib')
    outside(
      'git -c protocol.file.allow=always submodule add -q ../lib deps/lib && git commit -q -m sub',
    )
    const run = await place.sh(
      opened(),
      'cd deps/lib && echo b > b && git add b && git commit -q -m in-sub && git config core.fsmonitor evil; echo x > ../../.git/modules/deps/lib/hooks/x; git log --oneline | wc -l',
      { env },
    )
    expect(run.stdout).toBe('2\n')
    expect(run.stderr.match(/Read-only file system|Device or resource busy/g)?.length).toBe(2)
    expect(run.status.slice(1)).toEqual([{ exit: 0 }])
  })

  test('that is a bare file or a link stays as it is', async () => {
    outside('rm -rf .git')
    writeFileSync(git, 'nonsense\n')
    const run = await place.sh(opened(), 'echo x > .git; rm .git; cat .git', { env })
    expect(run.stdout).toBe('nonsense\n')
    outside('rm .git && mkdir elsewhere && ln -s elsewhere .git')
    const link = await place.sh(
      opened(),
      'rm .git; echo x > elsewhere/config; mv elsewhere e; readlink .git',
      { env },
    )
    expect(link.stdout).toBe('elsewhere\n')
    expect(existsSync(join(place.workspace, 'elsewhere/config'))).toBe(false)
    mkdirSync(join(place.workspace, 'other'))
  })
})
