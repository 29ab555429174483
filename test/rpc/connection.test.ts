/** Calls across the worker line: values, errors, events, aborts, many and large ones. */
import { afterAll, describe, expect, test } from 'bun:test'
import { CodiError } from '../../src/base/errors.ts'
import { openConnection } from '../../src/rpc/connection.ts'
import type { Options, PartsEvent, PartsService } from '../fixtures/workers/parts.ts'

const events: PartsEvent[] = []
const connection = openConnection<PartsService>({
  name: 'parts',
  entry: fixture('parts'),
  options: { greeting: 'Hello' } satisfies Options,
  onEvent: (event) => events.push(event as PartsEvent),
  abortGraceMs: 0,
  endLimitMs: 300,
})
const { service } = connection
afterAll(() => connection.close())

describe('values', () => {
  test('the options of the handshake reach the service', async () => {
    expect(await service.greet({ name: 'Ada' })).toBe('Hello Ada')
  })

  test('plain data arrives as it was sent', async () => {
    const value = {
      text: 'grüße 😀\0',
      list: [1, -2.5, 2 ** 40, true, null, []],
      nested: { '': 1, '0': 2, constructor: 3, undefined: undefined },
    }
    expect(await service.echo(value)).toEqual(value)
  })

  test('a Float32Array arrives as a Float32Array', async () => {
    expect(await service.square(new Float32Array([1.5, -2]))).toEqual(new Float32Array([2.25, 4]))
  })

  test('a Uint8Array arrives as a Uint8Array', async () => {
    const answer = await service.echo({ bytes: new Uint8Array([0, 255, 7]) })
    expect(answer.bytes).toBeInstanceOf(Uint8Array)
    expect([...answer.bytes]).toEqual([0, 255, 7])
  })

  test('an array that was sent still belongs to the sender', async () => {
    const sent = new Float32Array([1, 2, 3])
    await service.square(sent)
    expect([...sent]).toEqual([1, 2, 3])
  })

  test('32 MB come back whole, and small calls go on afterwards', async () => {
    const answer = await service.bytes({ length: 32 * 1024 * 1024 })
    expect(answer.length).toBe(32 * 1024 * 1024)
    expect(answer.every((byte) => byte === 7)).toBe(true)
    const text = 'x'.repeat(3_000_000)
    expect(await service.echo(text)).toBe(text)
    expect(await service.greet({ name: 'again' })).toBe('Hello again')
  })

  test('a thousand calls at once each get their own answer', async () => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index)
    expect(await Promise.all(numbers.map((number) => service.echo(number)))).toEqual(numbers)
  })

  test('a signal that was left out is no argument', async () => {
    expect(await service.echo('value', undefined)).toBe('value')
  })

  test('the service is not taken for a promise', async () => {
    expect(await Promise.resolve(service)).toBe(service)
  })
})

describe('errors', () => {
  test('a CodiError keeps its kind, message and stack', async () => {
    const error = await failure(service.fail({ kind: 'stale', message: 'It changed' }))
    expect(error).toBeInstanceOf(CodiError)
    expect(error).toMatchObject({ kind: 'stale', message: 'It changed' })
    expect(error.stack).toContain('parts.ts')
  })

  test('any other throw becomes a CodiError of kind internal', async () => {
    expect(await failure(service.failPlainly())).toMatchObject({
      kind: 'internal',
      message: 'x is not a function',
    })
  })

  test('an answer that cannot be sent is an error, and the worker lives on', async () => {
    expect(await failure(service.unsendable())).toBeInstanceOf(CodiError)
    expect(await service.greet({ name: 'you' })).toBe('Hello you')
  })

  test('an argument that cannot be sent is an error', async () => {
    expect(await failure(service.echo(() => 1))).toBeInstanceOf(CodiError)
  })

  test.each(['nothingLikeThis', 'constructor', 'toString'])(
    'a call that the service does not have is an error: %s',
    async (name) => {
      const call = Reflect.get(service, name) as () => Promise<never>
      expect((await failure(call())).message).toContain(`no call named ${name}`)
    },
  )
})

describe('events', () => {
  test('every event arrives, in order, before the answer of its call', async () => {
    events.length = 0
    expect(await service.count({ to: 500 })).toBe(500)
    expect(events.map(({ value }) => value)).toEqual(
      Array.from({ length: 500 }, (_, index) => index + 1),
    )
  })
})

describe('abort', () => {
  test('rejects as cancelled and tells the worker', async () => {
    const { cancelled } = await service.waited()
    const abort = new AbortController()
    const waiting = failure(service.wait({}, abort.signal))
    await service.echo('sent after it')
    abort.abort()
    expect(await waiting).toMatchObject({ kind: 'cancelled' })
    expect(await service.waited()).toEqual({ cancelled: cancelled + 1 })
  })

  test('a signal that has fired already starts nothing', async () => {
    const { cancelled } = await service.waited()
    expect(await failure(service.wait({}, AbortSignal.abort()))).toMatchObject({
      kind: 'cancelled',
    })
    expect(await service.waited()).toEqual({ cancelled })
  })

  test('stops one call and leaves the others', async () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const first = failure(service.wait({}, one.signal))
    const second = service.wait({}, other.signal)
    one.abort()
    await first
    expect(await Promise.race([second, service.echo('still waiting')])).toBe('still waiting')
    other.abort()
    expect(await failure(second)).toMatchObject({ kind: 'cancelled' })
  })

  test('with a grace, the worker itself may answer an abort', async () => {
    const patient = openConnection<PartsService>({
      name: 'patient',
      entry: fixture('parts'),
      options: { greeting: '' },
      onEvent: () => {},
      abortGraceMs: 5000,
      endLimitMs: 300,
    })
    const abort = new AbortController()
    const waiting = patient.service.wait({}, abort.signal)
    await patient.ping()
    abort.abort()
    expect(await waiting).toBe('stopped')
    await patient.close()
  })

  test('leaves no listener on the signal of a call that ended', async () => {
    const abort = new AbortController()
    await service.echo(1, abort.signal)
    const { cancelled } = await service.waited()
    abort.abort()
    expect(await service.waited()).toEqual({ cancelled })
  })
})

test('a collected proxy loses no call in flight', async () => {
  const calls = [1, 2, 3].map((number) => service.echo(number))
  const abort = new AbortController()
  const waiting = failure(service.wait({}, abort.signal))
  for (let round = 0; round < 20; round++) {
    Bun.gc(true)
    await service.echo(round)
  }
  abort.abort()
  expect(await Promise.all(calls)).toEqual([1, 2, 3])
  expect(await waiting).toMatchObject({ kind: 'cancelled' })
})

test('the self-test of the worker is asked through the connection', async () => {
  expect(await connection.selfTest()).toEqual([{ name: 'parts', ok: true, note: 'all there' }])
})

function fixture(name: string): URL {
  return new URL(`../fixtures/workers/${name}.ts`, import.meta.url)
}

async function failure(promise: Promise<unknown>): Promise<CodiError> {
  try {
    await promise
  } catch (thrown) {
    return thrown as CodiError
  }
  throw new Error('It did not fail')
}
