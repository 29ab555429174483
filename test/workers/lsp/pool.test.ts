/** How long servers run. */
import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createCommittedCheck } from '../../../workers/lsp/committed.ts'
import { findServer } from '../../../workers/lsp/find.ts'
import { createPool, type FoundServer } from '../../../workers/lsp/pool.ts'
import { createProject, type Project } from './project.ts'

const opened: Project[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

test('an idle server is stopped in order, and the next question starts it again', async () => {
  const { found, project } = scripted()
  const running = new Set<number>()
  const pool = createPool(
    { started: (pid) => running.add(pid), ended: (pid) => running.delete(pid) },
    50,
  )
  const first = await pool.client(found)
  pool.answered(found)
  await first.ended
  expect(project.started().at(-1)).toBe('shutdown')
  expect(pool.status()).toMatchObject([{ server: 'zls', state: 'stopped' }])
  expect(running.size).toBe(0)

  const second = await pool.client(found)
  expect(second).not.toBe(first)
  expect(pool.status()).toMatchObject([{ server: 'zls', state: 'ready' }])
  await pool.close()
  expect(running.size).toBe(0)
})

test('a project program comes before one on PATH, and a nearer one before a farther one', () => {
  const { project } = scripted()
  project.write('sub/node_modules/.bin/.keep', '')
  project.write('sub/c.zig', '')
  expect(found(project, 'sub/c.zig').argv[0]).toBe(join(project.root, 'node_modules/.bin/zls'))
  project.script('../../sub/node_modules/.bin/zls', 'parts')
  expect(found(project, 'sub/c.zig').argv[0]).toBe(join(project.root, 'sub/node_modules/.bin/zls'))
})

test('a program that came with the commits of a repository is not run', async () => {
  const { project } = scripted()
  const git = (...argv: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
    expect(Bun.spawnSync(['git', ...identity, ...argv], { cwd: project.root }).exitCode).toBe(0)
  }
  git('init', '-q')
  expect(found(project, 'a.zig').argv[0]).toBe(join(project.root, 'node_modules/.bin/zls'))
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
  expect(found(project, 'in/src/a.go').root).toBe(join(project.root, 'in'))
  expect(found(project, 'in/src/a.rs').root).toBe(project.root)
  expect(found(project, 'in/src/a.zig').root).toBe(project.root)
})

function scripted() {
  const project = createProject({ 'a.zig': '' })
  opened.push(project)
  project.script('zls', 'parts')
  return { project, found: found(project, 'a.zig') }
}

function found(project: Project, name: string): FoundServer {
  const server = findServer(join(project.root, name), {
    workspace: project.root,
    isCommitted: createCommittedCheck(),
  })
  if (server.state !== 'found') throw new Error(`No server for ${name}`)
  return server
}
