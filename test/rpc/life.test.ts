/** Starting, crashing, coming back and ending. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { CodiError } from '../../src/base/errors.ts'
import { type Connection, openConnection } from '../../src/rpc/connection.ts'
import type { Options, PartsService } from '../fixtures/workers/parts.ts'

const opened: Connection<object>[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()))
})

function open<S extends object = PartsService>(name = 'parts', options?: Options): Connection<S> {
  const connection = openConnection<S>({
    name,
    entry: new URL(`../fixtures/workers/${name}.ts`, import.meta.url),
    options: options ?? { greeting: 'Hello' },
    onEvent: () => {},
    abortGraceMs: 0,
    endLimitMs: 300,
  })
  opened.push(connection)
  return connection
}

describe('start', () => {
  test('the first calls, all at once, start one worker', async () => {
    const { service } = open()
    const ids = await Promise.all([service.threadId(), service.threadId(), service.threadId()])
    expect(new Set(ids).size).toBe(1)
  })

  test('several workers asked for at once all start', async () => {
    const connections = Array.from({ length: 6 }, () => open())
    const ids = await Promise.all(connections.map(({ service }) => service.threadId()))
    expect(new Set(ids).size).toBe(6)
  })

  test('a worker that loads slowly loses no message', async () => {
    expect(await open<{ name(): Promise<string> }>('slow-load').service.name()).toBe('slow')
  })

  test('a worker that throws while loading fails the call and says why', async () => {
    const error = await failure(open('broken-load').service.threadId())
    expect(error.kind).toBe('worker')
    expect(error.message).toContain('this file cannot be loaded')
  })

  test('a worker whose file is not there fails the call', async () => {
    expect((await failure(open('nowhere').service.threadId())).kind).toBe('worker')
  })

  test('what create throws reaches the caller as it is', async () => {
    const connection = open('parts', { greeting: '', failCreate: true })
    expect(await failure(connection.service.threadId())).toMatchObject({
      kind: 'io',
      message: 'The database cannot be opened',
    })
  })

  test('bytes that are no message fail the call', async () => {
    expect(await failure(open('garbled').service.threadId())).toMatchObject({ kind: 'worker' })
  })
})

describe('crash', () => {
  test.each([
    ['throw', 'the roof fell in'],
    ['reject', 'nobody caught this'],
    ['exit', 'status 7'],
  ] as const)('by %s: every pending call is told why', async (how, why) => {
    const { service } = open()
    const waiting = [service.wait({}), service.wait({}), service.crash({ how })].map(failure)
    for (const error of await Promise.all(waiting)) {
      expect(error.kind).toBe('worker')
      expect(error.message).toContain(why)
    }
  })

  test('the next call starts a new worker with the same options', async () => {
    const { service } = open()
    const before = await service.threadId()
    await failure(service.crash({ how: 'throw' }))
    expect(await service.threadId()).not.toBe(before)
    expect(await service.greet({ name: 'Ada' })).toBe('Hello Ada')
  })

  test('its owner is told once; an end in order is none', async () => {
    const lost: string[] = []
    const connection = openConnection<PartsService>({
      name: 'parts',
      entry: new URL('../fixtures/workers/parts.ts', import.meta.url),
      options: { greeting: 'Hello' } satisfies Options,
      onEvent: () => {},
      onLost: (reason) => lost.push(reason),
      abortGraceMs: 0,
      endLimitMs: 300,
    })
    await failure(connection.service.crash({ how: 'exit' }))
    expect(lost).toEqual(['The parts worker ended with status 7'])
    await connection.service.threadId()
    await connection.rest()
    await connection.close()
    expect(lost).toHaveLength(1)
  })

  test('the third crash within a minute ends the restarts, and the error says so', async () => {
    const { service } = open()
    for (let crash = 0; crash < 3; crash++) await failure(service.crash({ how: 'throw' }))
    const error = await failure(service.threadId())
    expect(error.message).toContain('failed 3 times within a minute')
    expect(error.message).toContain('the roof fell in')
  })
})

describe('rest', () => {
  test('ends the worker; the next call starts another with the same options', async () => {
    const connection = open()
    const { service } = connection
    const seen = new Set([await service.threadId()])
    // More often than a worker may crash.
    for (let turn = 0; turn < 5; turn++) {
      await connection.rest()
      seen.add(await service.threadId())
    }
    expect(seen.size).toBe(6)
    expect(await service.greet({ name: 'Ada' })).toBe('Hello Ada')
  })

  test('costs no call, however soon it comes', async () => {
    const connection = open()
    for (let turns = 0; turns < 8; turns++) {
      await connection.ping()
      const resting = connection.rest()
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      expect(await connection.service.greet({ name: 'Ada' })).toBe('Hello Ada')
      await resting
    }
  })

  test('leaves a worker alone that is at work', async () => {
    const connection = open()
    const { service } = connection
    const before = await service.threadId()
    const controller = new AbortController()
    const waiting = service.wait({}, controller.signal)
    await connection.rest()
    expect(await service.threadId()).toBe(before)
    controller.abort()
    expect((await failure(waiting)).kind).toBe('cancelled')
  })

  test('of a worker that was never used starts nothing', async () => {
    await open('nowhere').rest()
  })

  test('is waited for by the end', async () => {
    const connection = open()
    await connection.ping()
    void connection.rest()
    await connection.close()
    expect((await failure(connection.service.threadId())).message).toContain('was closed')
  })
})

describe('close', () => {
  test('cancels what runs, and later calls are refused', async () => {
    const connection = open()
    await connection.ping()
    const waiting = connection.service.wait({})
    await connection.close()
    expect(await waiting).toBe('stopped')
    expect((await failure(connection.service.threadId())).message).toContain('was closed')
    await connection.close()
  })

  test('of a worker that was never used starts nothing', async () => {
    await open('nowhere').close()
  })

  test('while the worker loads waits until it may be terminated', async () => {
    const connection = open<{ name(): Promise<string> }>('slow-load')
    const answer = connection.service.name().catch(() => 'closed')
    await connection.close()
    expect(['slow', 'closed']).toContain(await answer)
  })

  test('ends a worker that no longer listens', async () => {
    const connection = open()
    await connection.ping()
    const spinning = failure(connection.service.spin())
    await connection.close()
    expect((await spinning).message).toContain('was closed')
  })
})

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  try {
    await promise
  } catch (thrown) {
    return thrown as CodiError
  }
  throw new Error('It did not fail')
}
