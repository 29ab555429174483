/** The scripted provider, and the patience that is put round every other one. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonValue } from '../../src/base/json.ts'
import { createProvider } from '../../src/providers/create.ts'
import { resilient } from '../../src/providers/resilient.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'

const directory = mkdtempSync(join(tmpdir(), 'codi-mock-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
function play(script: JsonValue, env: Record<string, string> = {}) {
  const file = join(directory, `${files++}.json`)
  writeFileSync(file, typeof script === 'string' ? script : JSON.stringify(script))
  return createProvider('mock', { env: { CODI_MOCK_FILE: file, ...env }, stallMs: 1000 })
}

const request = requestOf({ model: 'mock' })

describe('the mock', () => {
  test('plays its responses in order, with calls, figures and reasons', async () => {
    const log = join(directory, 'log.jsonl')
    const provider = await play(
      {
        responses: [
          {
            content: 'Reading.',
            toolCalls: [{ id: 't1', name: 'read_file', input: { path: 'a' } }],
            usage: { inputTokens: 3, outputTokens: 4 },
          },
          { content: 'cut', stopReason: 'max_tokens', thinking: 'hm' },
        ],
        defaultResponse: { content: 'the rest' },
        config: { streamChunkSize: 3, model: 'scripted' },
      },
      { CODI_MOCK_LOG: log },
    )
    const first = await gather(provider.stream(request, never()))
    expect(first.texts).toEqual(['Rea', 'din', 'g.'])
    expect(first.calls).toMatchObject([{ id: 't1', name: 'read_file', input: { path: 'a' } }])
    expect(first.done).toMatchObject({
      stop: 'calls',
      model: 'scripted',
      usage: { inputTokens: 3, outputTokens: 4, cacheReadTokens: 0 },
    })
    const second = await gather(provider.stream(request, never()))
    expect(second.done.stop).toBe('length')
    expect(second.thinking).toBe('hm')
    expect((await gather(provider.stream(request, never()))).texts.join('')).toBe('the rest')
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).index)).toEqual([0, 1, 2])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ model: 'mock', system: 'You are codi.' })
  })

  test('fails as it is told', async () => {
    const provider = await play({
      responses: [
        { error: 'boom' },
        { error: { kind: 'rate_limit', message: 'slow', status: 429 } },
      ],
    })
    expect((await gather(provider.stream(request, never()))).error).toMatchObject({
      message: 'boom',
    })
    expect((await gather(provider.stream(request, never()))).error).toEqual({
      kind: 'rate_limit',
      message: 'slow',
      status: 429,
    })
    const spent = await gather(provider.stream(request, never()))
    expect(spent.error?.message).toContain('no response for request 3')
  })

  test('is cancelled within its delays', async () => {
    const provider = await play({
      responses: [{ content: 'a b c' }],
      config: { streamDelay: 30, streamChunkSize: 1 },
    })
    const abort = new AbortController()
    const got = await gather(provider.stream(request, abort.signal), (event) => {
      if (event.type === 'text') abort.abort()
    })
    expect(got.error?.kind).toBe('cancelled')
  })

  test('says what is wrong with its script', async () => {
    const bad = await play('not json').catch((error) => error)
    expect(bad).toMatchObject({ kind: 'invalid' })
    const env = { CODI_MOCK_FILE: join(directory, 'missing.json') }
    const missing = await createProvider('mock', { env, stallMs: 1 }).catch((error) => error)
    expect(missing.message).toContain('CODI_MOCK_FILE')
  })
})

describe('patience', () => {
  const failing = (error: JsonValue) => play({ responses: [], defaultResponse: { error } })
  const quick = { firstPauseMs: 1, maxPauseMs: 2 }

  test('is for what passes by itself only', async () => {
    for (const kind of [
      'credentials',
      'bad_request',
      'quota',
      'model_not_found',
      'context_overflow',
    ]) {
      const provider = resilient(await failing({ kind, message: 'no' }), {
        local: false,
        patience: quick,
      })
      expect((await gather(provider.stream(request, never()))).retries).toEqual([])
    }
    const provider = resilient(await failing({ kind: 'overloaded', message: 'busy' }), {
      local: false,
      patience: quick,
    })
    const got = await gather(provider.stream(request, never()))
    expect(got.retries.map((retry) => retry.attempt)).toEqual([2, 3, 4, 5])
    expect(got.error?.message).toBe('busy (tried 5 times)')
  })

  test('keeps the advice for a person until it is spent', async () => {
    const message = 'It is overloaded (529: a; b); try again later, or choose another model'
    const provider = resilient(await failing({ kind: 'overloaded', message }), {
      local: false,
      patience: quick,
    })
    const got = await gather(provider.stream(request, never()))
    expect(got.retries[0]?.failure.message).toBe('It is overloaded (529: a; b)')
    expect(got.error?.message).toBe(`${message} (tried 5 times)`)
  })

  test('has an end in time', async () => {
    const provider = resilient(await failing({ kind: 'overloaded', message: 'busy' }), {
      local: false,
      patience: { firstPauseMs: 1000, maxTotalMs: 100 },
    })
    const got = await gather(provider.stream(request, never()))
    expect(got.retries).toEqual([])
    expect(got.error?.kind).toBe('overloaded')
  })

  test('grows from pause to pause, up to a limit', async () => {
    const provider = resilient(await failing({ kind: 'server', message: 'no' }), {
      local: false,
      patience: { firstPauseMs: 8, maxPauseMs: 16 },
    })
    const got = await gather(provider.stream(request, never()))
    const pauses = got.retries.map((retry) => retry.delayMs)
    expect(pauses[0]).toBeWithin(4, 9)
    expect(pauses[1]).toBeWithin(8, 17)
    expect(pauses[3]).toBeWithin(8, 17)
  })
})
