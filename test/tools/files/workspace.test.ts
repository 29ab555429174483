import { describe, expect, test } from 'bun:test'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import type { Workspace } from '../../../src/contract/tool.ts'
import { openWorkspace } from '../../../src/tools/workspace.ts'

interface Place extends AsyncDisposable {
  /** Holds `work` (the root), `work-secret`, `outside` and `added`. */
  directory: string
  root: string
  workspace: Workspace
}

async function place(): Promise<Place> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'codi-workspace-')))
  for (const name of ['work/src', 'work-secret', 'outside/deep', 'added']) {
    await mkdir(join(directory, name), { recursive: true })
  }
  await writeFile(join(directory, 'work/src/a.ts'), 'a')
  await writeFile(join(directory, 'outside/secret'), 's')
  const root = join(directory, 'work')
  return {
    directory,
    root,
    workspace: await openWorkspace(root, [join(directory, 'added')]),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

async function kindOf(promise: Promise<string>): Promise<string> {
  return promise.then(
    (path) => `resolved to ${path}`,
    (thrown) => (thrown instanceof CodiError ? thrown.kind : String(thrown)),
  )
}

describe('resolve answers the real absolute path', () => {
  test('of relative and absolute names, of what does not exist yet, and of the root', async () => {
    await using at = await place()
    const { workspace, root } = at
    expect(await workspace.resolve('src/a.ts')).toBe(join(root, 'src/a.ts'))
    expect(await workspace.resolve(join(root, 'src/a.ts'))).toBe(join(root, 'src/a.ts'))
    expect(await workspace.resolve('./src/../src//a.ts')).toBe(join(root, 'src/a.ts'))
    expect(await workspace.resolve('new/deep/file')).toBe(join(root, 'new/deep/file'))
    expect(await workspace.resolve('.')).toBe(root)
    expect(await workspace.resolve('src/')).toBe(join(root, 'src'))
    expect(await workspace.resolve('..odd/...')).toBe(join(root, '..odd/...'))
  })

  test('of a file in an added directory', async () => {
    await using at = await place()
    expect(await at.workspace.resolve('../added/x')).toBe(join(at.directory, 'added/x'))
  })

  test('behind links that stay inside', async () => {
    await using at = await place()
    await symlink('src', join(at.root, 'link'))
    await symlink(join(at.root, 'link'), join(at.root, 'chain'))
    expect(await at.workspace.resolve('chain/a.ts')).toBe(join(at.root, 'src/a.ts'))
    expect(await at.workspace.resolve('chain/new')).toBe(join(at.root, 'src/new'))
  })

  test('for a root that is itself reached through a link', async () => {
    await using at = await place()
    await symlink(at.root, join(at.directory, 'alias'))
    const workspace = await openWorkspace(join(at.directory, 'alias'), [])
    expect(workspace.root).toBe(at.root)
    expect(await workspace.resolve(join(at.directory, 'alias/src/a.ts'))).toBe(
      join(at.root, 'src/a.ts'),
    )
  })
})

describe('resolve refuses what leads outside', () => {
  const direct = [
    '..',
    '../outside/secret',
    'src/../../outside/secret',
    'missing/../../outside',
    '../work-secret/x',
    '/etc/passwd',
    '/',
    '//etc/passwd',
    '/proc/self/root/etc/passwd',
    '/proc/self/cwd/../../../../etc/passwd',
  ]
  test.each(direct)('%s', async (path) => {
    await using at = await place()
    expect(await kindOf(at.workspace.resolve(path))).toBe('outside')
  })

  test('the home directory, written with a tilde', async () => {
    await using at = await place()
    const error = await at.workspace.resolve('~/.ssh/id_rsa').catch((thrown) => thrown)
    // The system itself refuses a look into a home directory that is not one's own.
    expect(['outside', 'io']).toContain(error.kind)
    expect(error.message).toContain(homedir())
  })

  test('through a link to a file, to a directory, and to nothing', async () => {
    await using at = await place()
    await symlink('../outside/secret', join(at.root, 'file'))
    await symlink('../outside', join(at.root, 'dir'))
    await symlink('../outside/not-there', join(at.root, 'dangling'))
    await symlink('/etc', join(at.root, 'etc'))
    for (const path of ['file', 'dir', 'dir/new', 'dangling', 'dangling/deeper', 'etc/passwd']) {
      expect(await kindOf(at.workspace.resolve(path))).toBe('outside')
    }
  })

  test('by .. after a link, which leads to the parent of where the link leads', async () => {
    await using at = await place()
    await symlink('../../outside/deep', join(at.root, 'src/link'))
    await symlink(join(at.directory, 'added'), join(at.root, 'added'))
    expect(await kindOf(at.workspace.resolve('src/link/../secret'))).toBe('outside')
    expect(await kindOf(at.workspace.resolve('added/../outside/secret'))).toBe('outside')
  })

  test('through a chain of links, the last of which leaves', async () => {
    await using at = await place()
    await symlink('b', join(at.root, 'a'))
    await symlink('src/c', join(at.root, 'b'))
    await symlink('../../outside', join(at.root, 'src/c'))
    expect(await kindOf(at.workspace.resolve('a/secret'))).toBe('outside')
  })
})

test('a link that leads to itself ends with an error', async () => {
  await using at = await place()
  await symlink('loop', join(at.root, 'loop'))
  expect(await kindOf(at.workspace.resolve('loop/x'))).toBe('invalid')
})

test('an empty path and one with a NUL byte are invalid', async () => {
  await using at = await place()
  expect(await kindOf(at.workspace.resolve(''))).toBe('invalid')
  expect(await kindOf(at.workspace.resolve('src/a.ts\0.png'))).toBe('invalid')
})

test('display is relative inside the root and absolute elsewhere', async () => {
  await using at = await place()
  expect(at.workspace.display(join(at.root, 'src/a.ts'))).toBe('src/a.ts')
  expect(at.workspace.display(at.root)).toBe('.')
  expect(at.workspace.display(join(at.directory, 'added/x'))).toBe(join(at.directory, 'added/x'))
  expect(at.workspace.display(join(at.directory, 'work-secret/x'))).toBe(
    join(at.directory, 'work-secret/x'),
  )
})

test('a root that is no directory is refused by name', async () => {
  await using at = await place()
  for (const root of ['nothing', 'outside/secret']) {
    const error = await openWorkspace(join(at.directory, root), []).catch((thrown) => thrown)
    expect(error.kind).toBe('not_found')
    expect(error.message).toContain(root)
  }
})

test('random walks of parts, links and dots never resolve to a path outside', async () => {
  await using at = await place()
  await symlink('../outside', join(at.root, 'out'))
  await symlink('..', join(at.root, 'src/up'))
  await symlink('../..', join(at.root, 'src/up2'))
  await symlink('src/up/src', join(at.root, 'round'))
  const parts = ['..', '.', 'src', 'out', 'up', 'up2', 'round', 'a.ts', 'missing', 'work', 'deep']
  let seed = 7
  const random = (limit: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * limit)
  }
  let inside = 0
  for (let round = 0; round < 2000; round++) {
    const path = Array.from({ length: 1 + random(6) }, () => parts[random(parts.length)]).join('/')
    const resolved = await at.workspace.resolve(path).catch(() => undefined)
    if (resolved === undefined) continue
    inside++
    // What the kernel makes of the same words must be the same place, where it exists.
    const real = await realpath(`${at.root}/${path}`).catch(() => undefined)
    if (real !== undefined) expect(resolved).toBe(real)
    expect(`${resolved}/`.startsWith(`${at.root}/`)).toBe(true)
  }
  expect(inside).toBeGreaterThan(300)
})
