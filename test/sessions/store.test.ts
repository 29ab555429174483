import { Database } from 'bun:sqlite'
import { afterEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../src/contract/message.ts'
import { openSessionStore } from '../../src/sessions/store.ts'

const directories: string[] = []
const notices: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
  notices.length = 0
})

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'codi-sessions-'))
  directories.push(path)
  return path
}

function open(path: string) {
  return openSessionStore({ path, notice: (text) => notices.push(text) })
}

const about = { cwd: '/w', provider: 'mock', model: 'm' }
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const calling: Message = {
  role: 'assistant',
  content: [
    { type: 'call', id: 'c1', name: 'read_file', input: {} },
    { type: 'call', id: 'c2', name: 'bash', input: {} },
  ],
}

test('what was said is for the person alone, also in a directory that others may enter', () => {
  const path = join(directory(), 'sessions.db')
  writeFileSync(path, '', { mode: 0o644 })
  const store = open(path)
  store.create(about).append({ type: 'message', message: user('a secret plan') })
  const modes = readdirSync(join(path, '..')).map((name) => {
    const { mode } = statSync(join(path, '..', name))
    return `${name} ${(mode & 0o777).toString(8)}`
  })
  expect(modes.sort()).toEqual([
    'leases 700',
    'sessions.db 600',
    'sessions.db-shm 600',
    'sessions.db-wal 600',
  ])
  store.close()
})

test('a session exists from its first entry and is found again by another process', () => {
  const path = join(directory(), 'deep', 'sessions.db')
  const store = open(path)
  const session = store.create(about)
  expect(store.list()).toHaveLength(0)
  session.append({ type: 'message', message: user('fix the   bug\nplease') })
  const again = open(path)
  expect(again.list({ cwd: '/w' })[0]).toMatchObject({
    id: session.id,
    label: 'fix the bug please',
    messages: 1,
  })
  expect(again.list({ cwd: '/elsewhere' })).toHaveLength(0)
  expect(again.open(session.id.slice(0, 10)).messages()).toEqual([user('fix the   bug\nplease')])
})

test('results are put together in call order, and calls that were never answered get an error', () => {
  const session = open(':memory:').create(about)
  session.append({ type: 'message', message: user('go') })
  session.append({ type: 'message', message: calling })
  session.append({
    type: 'result',
    result: {
      type: 'result',
      callId: 'c2',
      name: 'bash',
      content: [{ type: 'text', text: 'ok' }],
      isError: false,
    },
  })
  const [, , results] = session.messages()
  expect(results?.content).toMatchObject([
    { callId: 'c1', isError: true },
    { callId: 'c2', isError: false },
  ])
})

test('a killed process loses nothing it has shown but the last moment', async () => {
  const path = join(directory(), 'sessions.db')
  const program = `
    import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
    const session = openSessionStore({ path: ${JSON.stringify(path)}, notice() {} }).create(${JSON.stringify(about)})
    session.append({ type: 'message', message: ${JSON.stringify(user('question'))} })
    session.draft('half an answer')
    setImmediate(() => console.log('written'))
    setInterval(() => {}, 1000)
  `
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' })
  for await (const chunk of child.stdout)
    if (new TextDecoder().decode(chunk).includes('written')) break
  child.kill('SIGKILL')
  await child.exited
  const store = open(path)
  const [summary] = store.list()
  expect(store.resume(summary?.id ?? '').messages()).toEqual([
    user('question'),
    { role: 'assistant', content: [{ type: 'text', text: 'half an answer' }] },
  ])
})

test('lines are written when they are streamed, and what is voided is not there after a crash', () => {
  const path = join(directory(), 'sessions.db')
  const session = open(path).create(about)
  session.append({ type: 'message', message: user('q') })
  using database = new Database(path, { readonly: true })
  const drafts = () => database.query('SELECT text FROM drafts').values().flat()
  session.draft('line\n'.repeat(100))
  expect(drafts()).toEqual(['line\n'.repeat(100)])
  session.draft('and ')
  session.draft('more\n')
  expect(drafts()).toEqual(['line\n'.repeat(100), 'and more\n'])
  session.draft('')
  expect(drafts()).toEqual([])
})

test('looking at a session does not take its draft', () => {
  const path = join(directory(), 'sessions.db')
  const store = open(path)
  const session = store.create(about)
  session.append({ type: 'message', message: user('q') })
  session.draft('streaming')
  expect(store.open(session.id).messages()).toHaveLength(1)
  session.close()
  expect(store.resume(session.id).messages()).toHaveLength(2)
})

test('two processes write to one store at the same time', async () => {
  const path = join(directory(), 'sessions.db')
  open(path).close()
  const program = `
    import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
    const session = openSessionStore({ path: ${JSON.stringify(path)}, notice() {} }).create(${JSON.stringify(about)})
    for (let i = 0; i < 100; i++) session.append({ type: 'message', message: ${JSON.stringify(user('x'))} })
  `
  const children = [1, 2, 3].map(() =>
    Bun.spawn([process.execPath, '-e', program], { stderr: 'inherit' }),
  )
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0])
  expect(
    open(path)
      .list()
      .map((row) => row.messages),
  ).toEqual([100, 100, 100])
})

test('a damaged store is set aside and said aloud', () => {
  const folder = directory()
  const path = join(folder, 'sessions.db')
  writeFileSync(path, 'this is not a database, but it is long enough to look like one'.repeat(100))
  const store = open(path)
  store.create(about).append({ type: 'message', message: user('works') })
  expect(store.list()).toHaveLength(1)
  expect(notices[0]).toContain('damaged')
  expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true)
})

test('an id that is not there, or that fits several, is a clear error', () => {
  const store = open(':memory:')
  store.create(about).append({ type: 'message', message: user('a') })
  store.create(about).append({ type: 'message', message: user('b') })
  expect(() => store.open('nope')).toThrow('There is no session "nope"')
  expect(() => store.open('2')).toThrow('several sessions')
  expect(() => store.open('%')).toThrow('There is no session')
})

test('a removed session is gone with its entries', () => {
  const path = join(directory(), 'sessions.db')
  const store = open(path)
  const session = store.create(about)
  session.append({ type: 'message', message: user('a') })
  expect(() => store.remove(session.id)).toThrow('is the one you are in')
  session.close()
  store.remove(session.id)
  expect(store.list()).toHaveLength(0)
  expect(existsSync(path)).toBe(true)
  expect(() => store.open(session.id)).toThrow('There is no session')
})
