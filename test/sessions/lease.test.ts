/** One writer a session over all processes, and readers that need no leave. */
import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { about, openStoreBench, type StoreBench, texts, user } from './support.ts'

const storeModule = join(import.meta.dir, '../../src/sessions/store.ts')

/** A process that writes to the session until it is ended; it also leaves a child of its own. */
async function holdElsewhere(bench: StoreBench, session: string) {
  const program = `
    import { openSessionStore } from ${JSON.stringify(storeModule)}
    const session = openSessionStore({ path: ${JSON.stringify(bench.path)}, notice() {} }).resume(${JSON.stringify(session)})
    session.append(${JSON.stringify(user('from elsewhere'))})
    const child = Bun.spawn(['sleep', '30'], { stdin: 'ignore' })
    console.log('held ' + child.pid)
    setInterval(() => {}, 1000)
  `
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', cwd: '/' })
  const reader = child.stdout.getReader()
  const { value } = await reader.read()
  const grandchild = Number(new TextDecoder().decode(value).split(' ')[1])
  return { child, grandchild }
}

function started(bench: StoreBench): string {
  const session = bench.open().create(about)
  session.append(user('begin'))
  session.close()
  return session.id
}

describe('a session that another process writes to', () => {
  test('is refused to a second writer, who is told who it is, and is free to readers', async () => {
    using bench = openStoreBench()
    const id = started(bench)
    const { child, grandchild } = await holdElsewhere(bench, id)
    try {
      const store = bench.open()
      const who = `another codi (process ${child.pid})`
      expect(() => store.resume(id)).toThrow(who)
      expect(() => store.resume(id)).toThrow('codi fork')
      expect(() => store.open(id).append(user('me too'))).toThrow(who)
      expect(() => store.remove(id)).toThrow(who)
      expect(texts(store.open(id))).toEqual(['begin', 'from elsewhere'])
      expect(store.summary(id).heldBy).toMatchObject({ pid: child.pid, cwd: '/' })
      expect(store.list()[0]?.heldBy?.pid).toBe(child.pid)
      expect(store.prune({ olderThanDays: -1 })).toEqual([])
      expect(texts(store.fork(id))).toEqual(['begin', 'from elsewhere'])
    } finally {
      child.kill('SIGKILL')
      await child.exited
      process.kill(grandchild)
    }
  })

  test('is free the moment that process is killed, whatever it had started lives on', async () => {
    using bench = openStoreBench()
    const id = started(bench)
    const { child, grandchild } = await holdElsewhere(bench, id)
    child.kill('SIGKILL')
    await child.exited
    try {
      const store = bench.open()
      expect(store.list()[0]?.heldBy).toBeUndefined()
      const session = store.resume(id)
      session.append(user('mine'))
      expect(texts(session)).toEqual(['begin', 'from elsewhere', 'mine'])
    } finally {
      process.kill(grandchild)
    }
  })

  test('gets a name from outside, between the entries of its writer', () => {
    using bench = openStoreBench()
    const session = bench.open().create(about)
    session.append(user('a'))
    const outside = bench.open()
    outside.rename(session.id, 'The shop')
    session.append(user('b'))
    outside.archive(session.id, true)
    outside.rename(session.id, '')
    session.append(user('c'))
    expect(texts(session)).toEqual(['a', 'b', 'c'])
    expect(texts(outside.open(session.id))).toEqual(['a', 'b', 'c'])
    expect(outside.list()).toEqual([])
    expect(outside.list({ archived: 'only' })).toMatchObject([{ id: session.id, archived: true }])
    expect(outside.summary(session.id).name).toBeUndefined()
  })
})

test('a second writer in the same process is one too', () => {
  using bench = openStoreBench()
  const first = bench.open().create(about)
  first.append(user('a'))
  const second = bench.open()
  expect(() => second.resume(first.id)).toThrow('this codi')
  first.close()
  expect(texts(second.resume(first.id))).toEqual(['a'])
})

test('nothing is left of a lease that was let go, nor of one whose holder died', () => {
  using bench = openStoreBench()
  const leases = join(bench.directory, 'leases')
  const id = started(bench)
  expect(readdirSync(leases)).toEqual([])
  const program = `
    import { openSessionStore } from ${JSON.stringify(storeModule)}
    openSessionStore({ path: ${JSON.stringify(bench.path)}, notice() {} }).resume(${JSON.stringify(id)})
    process.kill(process.pid, 'SIGKILL')
  `
  Bun.spawnSync([process.execPath, '-e', program])
  expect(readdirSync(leases)).toEqual([`${id}.lease`])
  expect(bench.open().list()).toHaveLength(1)
  expect(readdirSync(leases)).toEqual([])
})
