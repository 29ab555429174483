/** What a command may do, from policy, access and what lies in the file system. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandAccess, SandboxPolicy } from '../../../../src/contract/sandbox-service.ts'
import { openHiddenFiles } from '../../../../workers/sandbox/confine/hidden-files.ts'
import { makePlan } from '../../../../workers/sandbox/confine/plan.ts'
import { sandboxOptions } from '../../../support/sandbox-options.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-plan-')))
const home = join(root, 'home')
const workspace = join(home, 'project')
const own = join(root, 'codi')

afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  rmSync(home, { recursive: true, force: true })
  mkdirSync(workspace, { recursive: true })
  mkdirSync(join(own, 'tmp-1'), { recursive: true })
  mkdirSync(join(own, 'caches', 'mine'), { recursive: true })
  mkdirSync(join(own, 'caches', 'other'), { recursive: true })
})

function plan(
  policy: Partial<SandboxPolicy> = {},
  { access, cwd = workspace }: { access?: CommandAccess; cwd?: string } = {},
) {
  return makePlan({
    policy: sandboxOptions({
      mode: 'workspace',
      writable: [workspace],
      protected: [join(workspace, '.git'), join(workspace, '.codi')],
      ...policy,
    }).policy,
    access,
    cwd,
    temporary: join(own, 'tmp-1'),
    caches: [join(own, 'caches', 'mine')],
    directory: own,
    network: 'off',
    hidden: [],
  })
}

function git(cwd: string, ...args: string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const name = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always']
  const ran = Bun.spawnSync(['git', ...name, ...args], { cwd, env })
  if (ran.exitCode !== 0) throw new Error(ran.stderr.toString())
}

describe('unreadable', () => {
  test('is what a link leads to, and the rest of codi’s own directory', () => {
    mkdirSync(join(root, 'elsewhere'), { recursive: true })
    symlinkSync(join(root, 'elsewhere'), join(home, '.ssh'))
    const { unreadable } = plan({ unreadable: [join(home, '.ssh'), join(home, '.aws')] })
    expect(unreadable).toEqual([join(root, 'elsewhere'), join(own, 'caches', 'other')])
  })

  test('what is missing in a writable home is watched, so that it cannot be planted', () => {
    const startUp = [join(home, '.bashrc'), join(home, '.zshrc')]
    writeFileSync(join(home, '.bashrc'), '')
    const planned = plan({ writable: [home], startUp, unreadable: [join(home, '.ssh')] })
    expect(planned.watched).toEqual([join(home, '.zshrc'), join(home, '.ssh')])
    expect(planned.protected).toContain(join(home, '.bashrc'))
  })

  test('a place that holds the workspace is left open', () => {
    expect(plan({ unreadable: [home] }).unreadable).not.toContain(home)
  })

  test('globs name files at any depth, directories, and places in the home directory', () => {
    mkdirSync(join(workspace, 'a', 'keys'), { recursive: true })
    for (const name of ['.env', 'a/.env', 'a/key.pem', 'a/keys/x'])
      writeFileSync(join(workspace, name), '')
    const find = (...globs: string[]) =>
      [...openHiddenFiles(globs, [workspace]).find()].sort().map((path) => path.slice(root.length))
    expect(find('.env')).toEqual(['/home/project/.env', '/home/project/a/.env'])
    expect(find('a/*.pem', 'keys/')).toEqual(['/home/project/a/key.pem', '/home/project/a/keys'])
    expect(find(join(home, 'project/a/*.pem'))).toEqual(['/home/project/a/key.pem'])
    expect(find('a/**', 'a/*.pem')).toEqual(['/home/project/a'])
    expect(find('nothing', '/no/such/**')).toEqual([])

    const odd = join(workspace, 'b[1]')
    mkdirSync(join(odd, 'deep'), { recursive: true })
    writeFileSync(join(odd, 'deep', 'x.db'), '')
    expect(find(`${workspace}/b\\[1\\]/**/*.db`)).toEqual(['/home/project/b[1]/deep/x.db'])
    expect(find(`${workspace}/b\\[1\\]/deep`)).toEqual(['/home/project/b[1]/deep'])
  })
})

test('an empty directory looks empty, and what is planted there is watched', () => {
  const git = join(workspace, '.git')
  expect(plan()).toMatchObject({ protected: [], watched: [git, join(workspace, '.codi')] })
  writeFileSync(join(workspace, 'a'), '')
  expect(plan()).toMatchObject({ protected: [git, join(workspace, '.codi')], watched: [] })
})

describe('access', () => {
  test('to read only leaves nothing writable, and the workspace to be seen', () => {
    const { writable, visible, protected: closed } = plan({}, { access: { readOnly: true } })
    expect({ writable, visible, closed }).toEqual({
      writable: [],
      visible: [workspace],
      closed: [],
    })
  })

  test('to a further path has the protected names there, too', () => {
    const other = join(home, 'other')
    mkdirSync(other)
    const widened = plan({}, { access: { writePath: other } })
    expect(widened.writable).toContain(other)
    expect(widened.protected).toContain(join(other, '.git'))
  })

  test('to what does not exist names its directory', () => {
    expect(() => plan({}, { access: { writePath: join(home, 'no/such') } })).toThrow(
      join(home, 'no'),
    )
  })

  test('to credentials is refused, also through a link', () => {
    mkdirSync(join(home, '.aws'))
    symlinkSync(join(home, '.aws'), join(workspace, 'link'))
    const access = { writePath: join(workspace, 'link') }
    expect(() => plan({ unreadable: [join(home, '.aws')] }, { access })).toThrow('credentials')
  })
})

describe('git', () => {
  const open = (cwd = workspace) => plan({}, { access: { gitWrite: true }, cwd })

  test('is read-only, and opened for a command of git', () => {
    git(workspace, 'init', '-q')
    expect(plan().protected).toContain(join(workspace, '.git'))
    expect(open().gitWrite).toEqual([join(workspace, '.git')])
    expect(open().protected).not.toContain(join(workspace, '.git'))
  })

  test('that is not there cannot be planted, but be made by git init', () => {
    writeFileSync(join(workspace, 'a'), '')
    expect(plan().protected).toContain(join(workspace, '.git'))
    expect(open().protected).not.toContain(join(workspace, '.git'))
  })

  test('of a worktree is its repository', () => {
    const main = join(home, 'main')
    mkdirSync(main)
    git(main, 'init', '-q')
    git(main, 'commit', '-q', '--allow-empty', '-m', 'a')
    rmSync(workspace, { recursive: true })
    git(main, 'worktree', 'add', '-q', workspace)
    expect(open().gitWrite).toEqual([join(main, '.git')])
    expect(open().gitNames).toEqual([join(workspace, '.git')])
    expect(plan().visible).toContain(join(main, '.git'))
  })

  test('a file that points at what does not point back opens nothing', () => {
    const other = join(home, 'other')
    mkdirSync(other)
    git(other, 'init', '-q')
    writeFileSync(join(workspace, '.git'), `gitdir: ${join(other, '.git')}\n`)
    expect(open().gitWrite).toEqual([])
  })

  test('of a nested repository and a submodule is read-only, too', () => {
    const nested = join(workspace, 'vendor')
    mkdirSync(nested)
    git(nested, 'init', '-q')
    git(nested, 'commit', '-q', '--allow-empty', '-m', 'a')
    git(workspace, 'init', '-q')
    git(workspace, 'submodule', '--quiet', 'add', nested, 'deep/sub')
    expect(plan().protected).toEqual(
      expect.arrayContaining([join(nested, '.git'), join(workspace, 'deep/sub/.git')]),
    )
    expect(open(nested).gitWrite.sort()).toEqual(
      [join(workspace, '.git'), join(nested, '.git')].sort(),
    )
    // Its directory lies in the one that is open.
    expect(open(join(workspace, 'deep/sub')).gitWrite).toEqual([join(workspace, '.git')])
  })

  test('of a bare repository keeps hooks and settings', () => {
    git(workspace, 'init', '-q', '--bare')
    expect(plan().protected).toEqual(
      expect.arrayContaining([join(workspace, 'hooks'), join(workspace, 'config')]),
    )
  })
})
