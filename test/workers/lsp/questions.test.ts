/** Questions to servers that answer badly: in disorder, never, for another version, with what contradicts itself. */
import { afterEach, describe, expect, test } from 'bun:test'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, type Project } from './project.ts'

const opened: Project[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((project) => project.close()))
})

function answering(mode: string): Project {
  const project = createProject({ 'a.zig': 'first b\n', 'b.zig': 'other\n' })
  project.script('zls', mode, 'question-server.ts')
  opened.push(project)
  return project
}
const at = { path: 'a.zig', line: 1, column: 1, waitMs: 30_000 }
const service = (project: Project) => project.connection.service

describe('a question', () => {
  test('that nobody answers ends with its wait, and the server is told to stop', async () => {
    const project = answering('never')
    await service(project).hover(at)
    const answer = await service(project).definition({ ...at, waitMs: 200 })
    expect(answer).toMatchObject({ state: 'timeout', server: 'zls', value: [] })
    expect(await service(project).hover(at)).toMatchObject({ state: 'ok' })
    expect(project.started()).toContain('cancelled')
  })

  test('is left alone when its signal fires', async () => {
    const project = answering('never')
    await service(project).hover(at)
    const abort = new AbortController()
    const asking = service(project)
      .definition(at, abort.signal)
      .catch((thrown) => thrown)
    await project.connection.ping()
    abort.abort()
    expect(await asking).toMatchObject({ kind: 'cancelled' })
  })

  test('answered after a later one still gets its own answer', async () => {
    const project = answering('disorder')
    await service(project).hover(at)
    const answers = await Promise.all([
      service(project).definition({ ...at, column: 3 }),
      service(project).definition({ ...at, column: 5 }),
    ])
    expect(answers.map(({ value }) => value[0]?.line)).toEqual([3, 5])
  })

  test('overtaken by a change is asked again', async () => {
    expect(await service(answering('overtaken')).definition(at)).toMatchObject({
      state: 'ok',
      value: [{ path: 'a.zig', line: 1, column: 1, text: 'first b' }],
    })
  })

  test('to a server that still reads the project is answered with doubt, and renames nothing', async () => {
    const project = answering('reading')
    await service(project).hover({ ...at, waitMs: 2000 })
    const asked = { ...at, waitMs: 500 }
    const found = await service(project).definition(asked)
    expect(found).toMatchObject({ state: 'ok', note: expect.stringContaining('there may be more') })
    const renamed = await service(project).rename({ ...asked, newName: 'x' })
    expect(renamed).toMatchObject({ state: 'failed', value: [] })
    expect(renamed.note).toStartWith('it is still reading the project')
  })

  test('refused, not offered, or about what no server knows says so', async () => {
    const project = answering('refuses')
    const lsp = service(project)
    expect(await lsp.definition(at)).toMatchObject({ state: 'failed', note: 'this is a keyword' })
    expect(await lsp.implementation(at)).toMatchObject({ state: 'unsupported' })
    expect(await lsp.callHierarchy({ ...at, direction: 'in' })).toMatchObject({
      state: 'unsupported',
    })
    expect(await lsp.hover({ ...at, path: 'a.unknown' })).toMatchObject({ state: 'none' })
    expect(await lsp.hover({ ...at, path: 'gone.zig' })).toMatchObject({ state: 'failed' })
    rmSync(join(project.root, 'node_modules'), { recursive: true })
    expect(await lsp.hover({ ...at, path: 'b.zig' })).toMatchObject({
      state: 'missing',
      note: expect.stringContaining('install zls'),
    })
  })

  test('in which the server dies fails with its last words, and the next one starts it again', async () => {
    const project = answering('dies')
    expect(await service(project).definition(at)).toMatchObject({
      state: 'failed',
      note: 'it ended with status 4: fatal: the stack is gone',
    })
    expect(await service(project).hover(at)).toMatchObject({ state: 'ok' })
    expect(project.started()).toHaveLength(2)
  })

  test.each([
    ['noise', 'no message of the protocol: "no protocol at all'],
    ['giant', 'a message of 92 GB, more than 64 MB'],
  ])('answered with %s fails at once', async (mode, note) => {
    expect(await service(answering(mode)).definition(at)).toMatchObject({
      state: 'failed',
      note: expect.stringContaining(note),
    })
  })

  test('after a line that is no message is answered', async () => {
    expect(await service(answering('garbage')).definition(at)).toMatchObject({ state: 'ok' })
  })

  test('with an answer of 20 MB is answered', async () => {
    const [file] = await answering('huge').ask(['a.zig'])
    expect(file).toMatchObject({ state: 'fresh' })
    expect(file?.items[0]?.message).toHaveLength(20_000_000)
  })

  test('to a server that counts in other units is refused', async () => {
    expect(await service(answering('encoding')).hover(at)).toMatchObject({
      state: 'failed',
      note: expect.stringContaining('utf-8'),
    })
  })
})

describe('what the server was shown', () => {
  test('is the file after each change, told as ranges', async () => {
    const project = answering('plain')
    const text = async () => (await service(project).hover(at)).value
    expect(await text()).toBe('```zig\nfirst b\n\n```')
    for (const content of ['first line\r\nb 😀\r\n', 'first line\r\nb 😁\n', '', 'x', 'xx\rxx']) {
      project.write('a.zig', content)
      expect(await text()).toBe(`\`\`\`zig\n${content}\n\`\`\``)
    }
    expect(project.started().filter((line) => line === 'a range')).toHaveLength(5)
  })

  test('is closed again when many others came after it', async () => {
    const project = answering('opens')
    const names = Array.from({ length: 110 }, (_, at) => `many/${at}.zig`)
    for (const name of names) project.write(name, 'x\n')
    await project.ask(names)
    const log = project.started()
    expect(log.filter((line) => line.startsWith('open'))).toHaveLength(110)
    expect(log.filter((line) => line.startsWith('close'))).toHaveLength(10)
  })

  test('and what it watches is told when others change it', async () => {
    const project = answering('watches')
    mkdirSync(join(project.root, 'sub'))
    await service(project).hover(at)
    project.write('build.zon', '')
    project.write('build.txt', '')
    project.write('a.zig', 'changed by another\n')
    const names = ['build.zon', 'build.txt', 'sub/gone.txt', 'a.zig']
    await service(project).changed({ paths: names })
    project.write('build.zon', '1')
    await service(project).changed({ paths: ['build.zon'] })
    expect((await service(project).hover(at)).value).toContain('changed by another')
    expect(project.started().slice(1)).toEqual([
      'watched 1 build.zon',
      'watched 3 gone.txt',
      'a range',
      'watched 2 build.zon',
    ])
    project.write('a.zig', 'and again\n')
    await service(project).changed({})
    expect((await service(project).hover(at)).value).toContain('and again')
  })
})

describe('edits', () => {
  const rename = (mode: string) => service(answering(mode)).rename({ ...at, newName: 'other' })

  test('with files created, moved and deleted come one row a file', async () => {
    const whole = { line: 1, column: 1, endLine: 1, endColumn: 6, newText: 'other' }
    const fresh = { line: 1, column: 1, endLine: 1, endColumn: 1, newText: 'fresh\n' }
    expect(await rename('operations')).toEqual({
      state: 'ok',
      server: 'zls',
      value: [
        { path: 'moved.zig', operation: { type: 'move', from: 'a.zig' }, edits: [whole] },
        { path: 'new.zig', operation: { type: 'create' }, edits: [fresh] },
        { path: 'b.zig', operation: { type: 'delete' }, edits: [] },
      ],
    })
  })

  test.each([
    ['overlap', 'edits of a.zig that overlap at line 1'],
    ['version', 'answered for version 99 of a.zig, which is at 1'],
  ])('that are wrong (%s) are refused', async (mode, note) => {
    expect(await rename(mode)).toMatchObject({
      state: 'failed',
      value: [],
      note: expect.stringContaining(note),
    })
  })

  test('that are none are said to be none', async () => {
    expect(await rename('nothing')).toMatchObject({
      state: 'ok',
      value: [],
      note: expect.stringContaining('finds nothing'),
    })
  })

  test('of actions are resolved, commands are told, what is disabled is left out', async () => {
    const { value } = await service(answering('plain')).codeActions(at)
    expect(value).toEqual([
      { title: 'Run something', kind: '', preferred: false },
      {
        title: 'Fix it',
        kind: 'quickfix',
        preferred: true,
        edits: [
          {
            path: 'a.zig',
            edits: [{ line: 1, column: 1, endLine: 1, endColumn: 6, newText: 'fixed' }],
          },
        ],
      },
    ])
  })
})

describe('diagnostics that are asked for', () => {
  test('and did not change are those of before', async () => {
    const project = answering('unchanged')
    expect(await project.ask(['a.zig'])).toMatchObject([{ items: [{ message: 'pulled' }] }])
    const again = await project.ask(['a.zig'])
    expect(again).toMatchObject([
      { items: [{ message: 'pulled' }], before: [{ message: 'pulled' }] },
    ])
    expect(project.started().slice(1)).toEqual(['pull first', 'pull r1'])
  })

  test('of many files are asked for at once where the server offers it, though it never ends', async () => {
    const project = answering('workspace')
    const names = Array.from({ length: 31 }, (_, at) => `many/${at}.zig`)
    for (const name of names) project.write(name, 'x\n')
    const files = await project.ask(names)
    expect(files.every(({ state, items }) => state === 'fresh' && items.length === 1)).toBe(true)
    // The last one was not in the answer.
    expect(project.started().slice(1)).toEqual(['pull all', 'pull first'])
  })

  test('only of servers that are ready, or only of files never spoken about, do not wait', async () => {
    const project = answering('plain')
    const ask = (paths: string[], only: 'ready' | 'unknown') =>
      service(project).diagnostics({ paths, waitMs: 30_000, only })
    expect(await ask(['a.zig'], 'ready')).toMatchObject([{ state: 'timeout' }])
    await project.ask(['a.zig'])
    expect(await ask(['a.zig'], 'ready')).toMatchObject([{ state: 'fresh' }])
    expect(await ask(['a.zig', 'b.zig'], 'unknown')).toMatchObject([{ path: 'b.zig' }])
  })
})

test('the servers of files are found, running or not, and none is started by that', async () => {
  const project = answering('plain')
  project.write('c.go', '')
  const detect = () => service(project).detect({ paths: ['a.zig', 'b.zig', 'sub/x.unknown'] })
  const row = { server: 'zls', root: '', paths: ['a.zig', 'b.zig'] }
  expect(await detect()).toMatchObject([{ ...row, state: 'stopped' }])
  expect(project.started()).toEqual([])
  await service(project).hover(at)
  expect(await detect()).toMatchObject([{ ...row, state: 'ready', pid: expect.any(Number) }])
})
