/** How long servers run. */
import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { LspClient } from '../../../workers/lsp/client.ts'
import { createCommittedCheck } from '../../../workers/lsp/committed.ts'
import { findServer } from '../../../workers/lsp/find.ts'
import { treeMemory } from '../../../workers/lsp/memory.ts'
import { createPool, type FoundServer, type PoolOptions } from '../../../workers/lsp/pool.ts'
import { createProject, type Project } from './project.ts'

const opened: Project[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

test('an idle server is stopped in order, and the next question starts it again', async () => {
  const { found, project } = scripted()
  const { pool, running } = openPool({ idleMs: 50 })
  const first = await pool.use(found, async (client) => client, forever)
  await first?.ended
  expect(project.started().at(-1)).toBe('shutdown')
  expect(await pool.status()).toMatchObject([{ server: 'zls', state: 'stopped' }])
  expect(running.size).toBe(0)

  const states = pool.use(
    found,
    async (second) => {
      expect(second).not.toBe(first as LspClient)
      return pool.status()
    },
    forever,
  )
  expect(await states).toMatchObject([{ server: 'zls', state: 'ready', pid: expect.any(Number) }])
  await pool.close()
  expect(running.size).toBe(0)
})

test('the memory of a server counts with all that it started', async () => {
  const { found } = scripted()
  const { pool } = openPool({})
  await pool.use(found, async () => {}, forever)
  const [status] = await pool.status()
  expect(status?.memoryBytes).toBeGreaterThan(10 * 1024 * 1024)
  await pool.close()
})

test.skipIf(process.platform !== 'linux' || !Bun.which('ps'))(
  'the memory is the same by ps as by /proc (skipped where there is only one of them)',
  async () => {
    const own = [process.pid]
    const [proc, ps] = [await treeMemory(own, 'linux'), await treeMemory(own, 'darwin')]
    const ratio = (proc.get(process.pid) ?? 0) / (ps.get(process.pid) ?? 1)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
    expect(await treeMemory([2 ** 30])).toEqual(new Map())
  },
)

test('a server that grew too big is started again once, then left stopped with the reason', async () => {
  const { found, project } = scripted()
  const stopped = Promise.withResolvers<void>()
  const { pool, notices } = openPool({ memoryLimitBytes: 1, memoryCheckMs: 20 }, (count) => {
    if (count === 2) stopped.resolve()
  })
  await pool.use(found, (client) => client.ended, forever)
  await stopped.promise
  expect(notices[0]).toMatch(
    /language server zls was stopped: it had grown to .* started again once/,
  )
  expect(notices[1]).toContain('it stays stopped')
  expect(project.started().filter((line) => /^\d+$/.test(line))).toHaveLength(2)
  await expect(pool.use(found, async () => {}, forever)).rejects.toThrow(
    'twice; it stays stopped in this session',
  )
  await pool.close()
})

test('at most so many servers run, and the one that rested longest makes room', async () => {
  const { found, project } = scripted()
  project.script('gopls', 'parts')
  project.write('a.go', '')
  const { pool } = openPool({ maxServers: 1 })
  const first = await pool.use(found, async (client) => client, forever)
  const other = serverOf(project, 'a.go')
  await pool.use(
    other,
    async () => {
      await expect(pool.use(found, async () => {}, forever)).rejects.toThrow('are busy already')
    },
    forever,
  )
  await first?.ended
  expect(await pool.status()).toMatchObject([
    { server: 'zls', state: 'stopped' },
    { server: 'gopls', state: 'ready' },
  ])
  await pool.close()
})

test('a server that is not ready is started, and not waited for by who does not want to', async () => {
  const { found } = scripted()
  const { pool } = openPool({})
  const asked = () => pool.use(found, async () => 'answered', { ...forever, onlyReady: true })
  expect(await asked()).toBeUndefined()
  expect(await pool.use(found, async () => 'answered', forever)).toBe('answered')
  expect(await asked()).toBe('answered')
  await pool.close()
})

test('the end comes at once for a server that is starting and says nothing', async () => {
  const { found, project } = scripted()
  const { pool, running } = openPool({})
  // A program that reads and answers nothing.
  const mute = { ...found, argv: [process.execPath, '-e', 'setInterval(() => {}, 60_000)'] }
  const asked = pool.use(mute, async () => 'answered', { ...forever, onlyReady: true })
  expect(await asked).toBeUndefined()
  expect(await pool.status()).toMatchObject([{ state: 'starting' }])
  await pool.close()
  expect(running.size).toBe(0)
  expect(project.started()).toEqual([])
})

test('a project program comes before one on PATH, and a nearer one before a farther one', () => {
  const { project } = scripted()
  project.write('sub/node_modules/.bin/.keep', '')
  project.write('sub/c.zig', '')
  expect(serverOf(project, 'sub/c.zig').argv[0]).toBe(join(project.root, 'node_modules/.bin/zls'))
  project.script('../../sub/node_modules/.bin/zls', 'parts')
  expect(serverOf(project, 'sub/c.zig').argv[0]).toBe(
    join(project.root, 'sub/node_modules/.bin/zls'),
  )
})

test('in a part of a repository, what its top has installed is used', () => {
  const { project } = scripted()
  project.write('.git/HEAD', '')
  project.write('packages/ui/c.zig', '')
  const workspace = join(project.root, 'packages/ui')
  const options = { workspace, isCommitted: createCommittedCheck() }
  expect(findServer(join(workspace, 'c.zig'), options)).toMatchObject({
    ...{ state: 'found', root: workspace },
    argv: [join(project.root, 'node_modules/.bin/zls')],
  })
})

test('a program that came with the commits of a repository is not run', async () => {
  const { project } = scripted()
  const git = (...argv: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
    expect(Bun.spawnSync(['git', ...identity, ...argv], { cwd: project.root }).exitCode).toBe(0)
  }
  git('init', '-q')
  expect(serverOf(project, 'a.zig').argv[0]).toBe(join(project.root, 'node_modules/.bin/zls'))
  git('add', '--force', 'node_modules')
  git('commit', '-q', '-m', 'planted')
  const [verdict] = await project.ask(['a.zig'])
  expect(verdict).toMatchObject({ state: 'missing', items: [] })
  expect(verdict?.note).toContain('node_modules/.bin/zls is part of this repository')
  expect(project.started()).toEqual([])
})

test('the root is the nearest marked directory, or the outermost where the server wants that', () => {
  const { project } = scripted()
  for (const program of ['gopls', 'rust-analyzer']) project.script(program, 'parts')
  for (const name of ['Cargo.toml', 'in/Cargo.toml', 'go.mod', 'in/go.mod']) project.write(name, '')
  expect(serverOf(project, 'in/src/a.go').root).toBe(join(project.root, 'in'))
  expect(serverOf(project, 'in/src/a.rs').root).toBe(project.root)
  expect(serverOf(project, 'in/src/a.zig').root).toBe(project.root)
})

const forever = { signal: new AbortController().signal }

/** A pool whose processes and notices can be seen. */
function openPool(options: Partial<PoolOptions>, onNotice: (count: number) => void = () => {}) {
  const running = new Set<number>()
  const notices: string[] = []
  const pool = createPool({
    groups: { started: (pid) => running.add(pid), ended: (pid) => running.delete(pid) },
    notice: (text) => onNotice(notices.push(text)),
    ...options,
  })
  return { pool, running, notices }
}

function scripted() {
  const project = createProject({ 'a.zig': '' })
  opened.push(project)
  project.script('zls', 'parts')
  return { project, found: serverOf(project, 'a.zig') }
}

function serverOf(project: Project, name: string): FoundServer {
  const server = findServer(join(project.root, name), {
    workspace: project.root,
    isCommitted: createCommittedCheck(),
  })
  if (server.state !== 'found') throw new Error(`No server for ${name}`)
  return server
}
