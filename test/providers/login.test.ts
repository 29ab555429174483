import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { CodiError } from '../../src/base/errors.ts'
import type { KeySource, TokenOptions } from '../../src/contract/auth.ts'
import type { ModelEvent } from '../../src/contract/provider.ts'
import { createProvider } from '../../src/providers/create.ts'
import { chooseProvider, configuredProviders } from '../../src/providers/detect.ts'
import { type ModelServer, startModelServer } from '../support/model-server.ts'

let server: ModelServer
beforeEach(() => {
  server = startModelServer()
})
afterEach(() => server.close())

const never = () => new AbortController().signal

/** A login whose token is `token-N`, N growing with every one that was refused. */
function login(more: Partial<KeySource> = {}): KeySource & { asked: TokenOptions[] } {
  const asked: TokenOptions[] = []
  let count = 1
  return {
    asked,
    kind: 'oauth',
    bearer: true,
    baseUrl: server.url,
    async token({ refused }: TokenOptions = {}) {
      asked.push(refused === undefined ? {} : { refused })
      if (refused === `token-${count}`) count++
      return `token-${count}`
    },
    ...more,
  }
}

async function ask(id: string, stored: KeySource, env: Record<string, string> = {}) {
  const provider = await createProvider(id, { env, stallMs: 5000, stored })
  const events: ModelEvent[] = []
  const request = {
    model: 'm',
    system: [],
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }],
    tools: [],
  }
  for await (const event of provider.stream(request, never())) events.push(event)
  return events
}

const sent = (header: string) => server.requests.map(({ headers }) => headers[header])

describe('a request under a login', () => {
  test('carries the token as a bearer on every wire, and no other key', async () => {
    for (const [id, extra] of [
      ['anthropic', 'x-api-key'],
      ['openai', 'api-key'],
      ['azure', 'api-key'],
      ['openai-compatible', 'api-key'],
    ] as const) {
      server.script({ text: 'hello' })
      const events = await ask(id, login())
      expect(events.at(-1)).toMatchObject({ type: 'done' })
      expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer token-1' })
      expect(server.requests.at(-1)?.headers[extra]).toBeUndefined()
    }
  })

  test('is sent once more with a new token when the first is refused', async () => {
    server.script({ status: 401, body: { error: { message: 'expired' } } }, { text: 'hello' })
    const events = await ask('openai', login())
    expect(events.at(-1)).toMatchObject({ type: 'done' })
    expect(events.some((event) => event.type === 'retry')).toBe(false)
    expect(sent('authorization')).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(server.requests[1]?.body).toEqual(server.requests[0]?.body ?? {})
  })

  test('is not sent a third time: the host says no to the new token, too', async () => {
    const body = { error: { message: 'token-2 is not welcome' } }
    server.script({ status: 401, body }, { status: 401, body })
    const last = (await ask('openai', login())).at(-1)
    expect(last).toMatchObject({
      type: 'error',
      failure: {
        kind: 'credentials',
        message: expect.stringMatching(/refused the stored credential.*codi login openai/),
      },
    })
    expect(JSON.stringify(last)).not.toContain('token-2')
    expect(server.requests).toHaveLength(2)
  })

  test('begins anew when the token ends in the middle of an answer', async () => {
    server.script(
      {
        text: 'half of an ans',
        fault: 'error-in-stream',
        body: { type: 'error', error: { type: 'authentication_error', message: 'expired' } },
      },
      { text: 'a whole answer' },
    )
    const events = await ask('anthropic', login())
    expect(events.map((event) => event.type)).toContain('retry')
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      message: { content: [{ type: 'text', text: 'a whole answer' }] },
    })
    expect(sent('authorization')).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('fails with what to do when the login has ended', async () => {
    const ended = login({
      token: () => Promise.reject(new CodiError('credentials', 'ended: codi login openai')),
    })
    expect((await ask('openai', ended)).at(-1)).toMatchObject({
      type: 'error',
      failure: { kind: 'credentials', message: 'ended: codi login openai' },
    })
    expect(server.requests).toEqual([])
  })
})

describe('a stored key', () => {
  const key = () => login({ kind: 'key', bearer: false, token: async () => 'stored-key' })

  test('is sent as the host wants keys, as a bearer where it was stored as one', async () => {
    server.script({ text: 'hello' }, { text: 'hello' })
    await ask('anthropic', key())
    expect(sent('x-api-key')).toEqual(['stored-key'])
    await ask('anthropic', { ...key(), bearer: true })
    expect(sent('authorization')[1]).toBe('Bearer stored-key')
  })

  test('comes after one in the environment, unless the login has an address of its own', async () => {
    server.script({ text: 'hello' }, { text: 'hello' })
    const env = { OPENAI_API_KEY: 'env-key' }
    await ask('openai', { ...key(), baseUrl: undefined }, { ...env, OPENAI_BASE_URL: server.url })
    await ask('openai-compatible', key(), env)
    expect(sent('authorization')).toEqual(['Bearer env-key', 'Bearer stored-key'])
  })

  test('goes to no other host than its own', async () => {
    const env = { OPENAI_BASE_URL: server.url }
    await expect(ask('openai', { ...key(), baseUrl: undefined }, env)).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringMatching(
        /is for https:\/\/api.openai.com.*codi login openai --base-url/,
      ),
    })
    server.script({ text: 'hello' })
    const elsewhere = { ...key(), baseUrl: 'https://elsewhere.example/v1' }
    await ask('vllm', elsewhere, { VLLM_BASE_URL: server.url })
    expect(sent('authorization')).toEqual([undefined])
  })
})

describe('the choice of a provider', () => {
  const nobody = { OLLAMA_HOST: 'http://127.0.0.1:1' }
  const stored = { names: ['mcp:demo', 'groq', 'anthropic'], source: async () => undefined }
  const choose = (env: Record<string, string>, settings = {}) =>
    chooseProvider({ settings, env: { ...nobody, ...env }, stored, signal: never() })

  test('takes the newest login before a key in the environment', async () => {
    expect(await choose({ OPENAI_API_KEY: 'k' })).toMatchObject({
      provider: 'groq',
      reason: 'you are logged in to Groq',
    })
    expect(await choose({}, { provider: 'anthropic' })).toMatchObject({ provider: 'anthropic' })
    expect(await choose({}, { model: 'anthropic/claude-x' })).toMatchObject({
      provider: 'anthropic',
      model: 'claude-x',
    })
  })

  test('lists logins among what is configured', () => {
    expect(configuredProviders({ XAI_API_KEY: 'k' }, stored.names)).toEqual([
      'groq',
      'anthropic',
      'xai',
      'ollama',
      'builtin',
    ])
  })
})
