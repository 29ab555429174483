/** The watched index: never stale, whatever happens to the files, and cheap to ask. Linux, where watches are. */
import { describe, expect, test } from 'bun:test'
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { makeProject, type Project } from './project.ts'

const noWatches = process.platform !== 'linux'

async function names(project: Project): Promise<string[]> {
  const rows = await project.index.findSymbols({ name: '', match: 'exact', limit: 10_000 })
  return rows.map((row) => `${row.path} ${row.name}`)
}

async function watched(files: Record<string, string>): Promise<Project> {
  const project = makeProject(files)
  await project.index.watch({})
  expect(await project.index.status()).toMatchObject({ watching: true })
  return project
}

/** The names after an update right now, sorted. */
async function now(project: Project): Promise<string[]> {
  await project.index.update({})
  return (await names(project)).sort()
}

describe.skipIf(noWatches)('a watched project', () => {
  test('an answer is never older than the write before it, a thousand times', async () => {
    const project = await watched({ 'src/a.ts': 'export const a0 = 1', 'src/b.ts': '' })
    for (let turn = 1; turn <= 1000; turn++) {
      project.write('src/a.ts', `export const a${turn} = 1`)
      await project.index.update({})
      const found = await project.index.findSymbols({ name: `a${turn}`, match: 'exact', limit: 2 })
      if (found.length !== 1) throw new Error(`turn ${turn} was answered from the past`)
    }
    expect(await names(project)).toEqual(['src/a.ts a1000'])
  }, 60_000)

  test('new files, new directories and what is below them are seen at once', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1' })
    for (let turn = 0; turn < 20; turn++) {
      project.write(`d${turn}/deep/er/b.ts`, `export const b${turn} = 1`)
      project.write(`c${turn}.ts`, `export const c${turn} = 1`)
      const found = await now(project)
      expect(found).toContain(`d${turn}/deep/er/b.ts b${turn}`)
      expect(found).toContain(`c${turn}.ts c${turn}`)
      project.write(`d${turn}/deep/er/b.ts`, `export const bb${turn} = 1`)
      project.write(`d${turn}/deep/new.ts`, `export const n${turn} = 1`)
      const again = await now(project)
      expect(again).toContain(`d${turn}/deep/er/b.ts bb${turn}`)
      expect(again).toContain(`d${turn}/deep/new.ts n${turn}`)
    }
  })

  test('an empty directory is watched from the start, and one made in it', async () => {
    const project = makeProject({ 'a.ts': 'export const a = 1' })
    mkdirSync(join(project.root, 'empty/inner'), { recursive: true })
    await project.index.watch({})
    project.write('empty/inner/b.ts', 'export const b = 1')
    expect(await now(project)).toEqual(['a.ts a', 'empty/inner/b.ts b'])
  })

  test('files and directories that are moved, replaced and removed are followed', async () => {
    const project = await watched({
      'old/x/a.ts': 'export const a = 1',
      'old/b.ts': 'export const b = 1',
      'other/c.ts': 'export const c = 1',
    })
    const path = (name: string) => join(project.root, name)
    renameSync(path('old'), path('new'))
    expect(await project.index.update({})).toMatchObject({ renamed: 2, parsed: 0, removed: 0 })
    expect((await names(project)).sort()).toEqual(['new/b.ts b', 'new/x/a.ts a', 'other/c.ts c'])
    project.write('new/x/a.ts', 'export const a2 = 1')
    expect(await now(project)).toContain('new/x/a.ts a2')
    renameSync(path('new/b.ts'), path('other/c.ts'))
    expect(await now(project)).toEqual(['new/x/a.ts a2', 'other/c.ts b'])
    rmSync(path('new'), { recursive: true })
    renameSync(path('other'), path('new'))
    project.write('new/d.ts', 'export const d = 1')
    expect(await now(project)).toEqual(['new/c.ts b', 'new/d.ts d'])
    rmSync(path('new'), { recursive: true })
    expect(await now(project)).toEqual([])
  })

  test('a directory that was moved out of the project is no longer heard', async () => {
    const project = await watched({
      'a.ts': 'export const a = 1',
      'd/e/b.ts': 'export const b = 1',
    })
    const outside = `${project.root}-outside`
    renameSync(join(project.root, 'd'), outside)
    expect(await now(project)).toEqual(['a.ts a'])
    writeFileSync(join(outside, 'e/b.ts'), 'export const b2 = 1')
    expect(await now(project)).toEqual(['a.ts a'])
    renameSync(outside, join(project.root, 'd'))
    expect(await now(project)).toEqual(['a.ts a', 'd/e/b.ts b2'])
  })

  test('what is ignored stays out, and an ignore file that changes counts at once', async () => {
    const project = await watched({
      '.gitignore': 'out/\n*.gen.ts\n',
      'a.ts': 'export const a = 1',
      'out/b.ts': 'export const b = 1',
    })
    project.write('out/c.ts', 'export const c = 1')
    project.write('d.gen.ts', 'export const d = 1')
    expect(await now(project)).toEqual(['a.ts a'])
    project.write('d.gen.ts', 'export const d2 = 1')
    expect(await project.index.update({})).toMatchObject({ parsed: 0 })
    project.write('.gitignore', '*.gen.ts\n')
    expect(await now(project)).toEqual(['a.ts a', 'out/b.ts b', 'out/c.ts c'])
    project.write('out/b.ts', 'export const b2 = 1')
    expect(await now(project)).toContain('out/b.ts b2')
    project.write('.gitignore', 'out/\n')
    expect(await now(project)).toEqual(['a.ts a', 'd.gen.ts d2'])
  })

  test('a file that an ignore file hid is seen when another directory takes its place', async () => {
    const project = await watched({
      'd/.gitignore': 'x.ts\n',
      'd/a.ts': 'export const a = 1',
      'e/x.ts': 'export const e = 1',
    })
    project.write('d/x.ts', 'export const hidden = 1')
    expect(await now(project)).toEqual(['d/a.ts a', 'e/x.ts e'])
    rmSync(join(project.root, 'd'), { recursive: true })
    renameSync(join(project.root, 'e'), join(project.root, 'd'))
    expect(await now(project)).toEqual(['d/x.ts e'])
    project.write('d/x.ts', 'export const seen = 1')
    expect(await now(project)).toEqual(['d/x.ts seen'])
  })

  test('links are not followed, and a file that takes the place of one is seen', async () => {
    const project = await watched({ 'd/a.ts': 'export const a = 1' })
    symlinkSync('.', join(project.root, 'd/loop'))
    symlinkSync('a.ts', join(project.root, 'd/link.ts'))
    expect(await now(project)).toEqual(['d/a.ts a'])
    rmSync(join(project.root, 'd/link.ts'))
    project.write('d/link.ts', 'export const l = 1')
    expect(await now(project)).toEqual(['d/a.ts a', 'd/link.ts l'])
  })

  test('odd names are names, and one that is no UTF-8 is told as left out', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1' })
    project.write('new\nline/b c.ts', 'export const b = 1')
    const bytes = Buffer.concat([
      Buffer.from(`${project.root}/`),
      Buffer.from([0xff, 0x2e, 0x70, 0x79]),
    ])
    writeFileSync(bytes, 'x = 1')
    expect(await now(project)).toEqual(['a.ts a', 'new\nline/b c.ts b'])
    const fresh = project.another()
    const { skipped } = await fresh.update({})
    fresh.close()
    expect(skipped).toEqual([{ path: '\uFFFD.py', reason: 'its name is not UTF-8' }])
  })

  test('a file that grows while it is read ends up as it is', async () => {
    const project = await watched({ 'a.ts': '' })
    for (let at = 0; at < 200; at++) {
      appendFileSync(join(project.root, 'a.ts'), `export const a${at} = 1\n`)
      if (at % 3 === 0) void project.index.update({})
    }
    expect(await now(project)).toHaveLength(200)
  })

  test('more changes than the queue holds end in a full check', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1' })
    for (let at = 0; at < 9000; at++) project.write(`many/f${at}`, '')
    project.write('many/z.ts', 'export const z = 1')
    rmSync(join(project.root, 'a.ts'))
    expect(await now(project)).toEqual(['many/z.ts z'])
    project.write('many/z.ts', 'export const y = 1')
    expect(await now(project)).toEqual(['many/z.ts y'])
  })

  test('changes are told by themselves, with their names', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1', 'b.ts': 'export const b = 1' })
    const told = project.nextEvent((event) => event.type === 'files_changed')
    project.write('a.ts', 'export const a2 = 1')
    expect(await told).toEqual({ type: 'files_changed', paths: ['a.ts'] } as WorkerEvent)
    expect(await names(project)).toEqual(['a.ts a2', 'b.ts b'])
  })

  test('too many changes are told without names', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1' })
    const told = project.nextEvent((event) => event.type === 'files_changed')
    for (let at = 0; at < 600; at++) project.write(`f${at}.txt`, 'text')
    await project.index.update({})
    expect(await told).toEqual({ type: 'files_changed' })
  })

  test('a project that is moved away is answered for with a reason, and watched again when asked', async () => {
    const project = await watched({ 'a.ts': 'export const a = 1' })
    renameSync(project.root, `${project.root}-away`)
    await project.index.update({}).catch(() => {})
    expect(await project.index.status()).toMatchObject({
      watching: false,
      watchNote: expect.stringContaining('moved or deleted'),
    })
    renameSync(`${project.root}-away`, project.root)
    project.write('a.ts', 'export const a2 = 1')
    expect(await now(project)).toEqual(['a.ts a2'])
    await project.index.watch({})
    expect(await project.index.status()).toMatchObject({ watching: true })
  })
})
