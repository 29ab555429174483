/** What is particular to the Messages wire: cache marks, thinking and its signatures, effort. */
import { afterAll, describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/base/json.ts'
import type { Message } from '../../src/contract/message.ts'
import type { ModelRequest } from '../../src/contract/provider.ts'
import { createProvider } from '../../src/providers/create.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'
import { type Step, startModelServer } from '../support/model-server.ts'

const server = startModelServer()
afterAll(() => server.close())

const model = 'claude-sonnet-5-5'
const tools = ['a', 'b'].map((name) => ({
  name,
  description: `tool ${name}`,
  parameters: { type: 'object', properties: {} },
}))

async function open(baseUrl = server.url) {
  return createProvider('anthropic', { env: { ANTHROPIC_API_KEY: 'k-1' }, stallMs: 5000, baseUrl })
}

async function ask(request: Partial<ModelRequest>, ...steps: Step[]) {
  server.script(...(steps.length > 0 ? steps : [{ text: 'ok' }]))
  const got = await gather((await open()).stream(requestOf({ model }, request), never()))
  return { got, body: server.requests.at(-1)?.body as JsonObject & { messages: JsonObject[] } }
}

function user(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

function marks(value: unknown): number {
  return JSON.stringify(value).split('"cache_control"').length - 1
}

describe('prompt caching', () => {
  test('marks the last tool, the last stable part and the last two messages of the user', async () => {
    const { body } = await ask({
      tools,
      system: [
        { text: 'never changes', stable: true },
        { text: 'changes seldom', stable: true },
        { text: 'changes always', stable: false },
      ],
      messages: [
        user('one'),
        { role: 'assistant', content: [{ type: 'text', text: 'first' }] },
        user('two'),
        { role: 'assistant', content: [{ type: 'call', id: 'call_1', name: 'a', input: {} }] },
        {
          role: 'tool',
          content: [{ type: 'result', callId: 'call_1', name: 'a', content: [], isError: true }],
        },
      ],
    })
    expect(marks(body)).toBe(4)
    expect(body.tools).toMatchObject([
      { name: 'a' },
      { name: 'b', cache_control: { type: 'ephemeral' } },
    ])
    expect(marks((body.system as JsonObject[])[1])).toBe(1)
    expect(body.messages.map(marks)).toEqual([0, 0, 1, 0, 1])
  })
})

describe('thinking', () => {
  test('goes back with its signature, redacted blocks as they came', async () => {
    const first = await ask({}, { redacted: 'opaque==', thinking: 'hm', calls: [{ name: 'a' }] })
    const answer = first.got.done.message
    const { body } = await ask({ messages: [user('x'), answer] })
    expect(body.messages[1]?.content).toMatchObject([
      { type: 'redacted_thinking', data: 'opaque==' },
      { type: 'thinking', thinking: 'hm', signature: 'sig-1' },
      { type: 'tool_use', name: 'a', input: {} },
    ])
  })

  test('is left out when another model made it', async () => {
    const first = await ask({}, { thinking: 'hm', text: 'there' })
    const { body } = await ask({
      model: 'claude-opus-5-5',
      messages: [user('x'), first.got.done.message, user('y')],
    })
    expect(body.messages[1]?.content).toEqual([{ type: 'text', text: 'there' }])
  })

  test('that the host refuses is left out from then on, and what is thought later goes back', async () => {
    const provider = await open()
    const turn = async (messages: Message[], ...steps: Step[]) => {
      server.script(...steps)
      const got = await gather(provider.stream(requestOf({ model }, { messages }), never()))
      return { got, body: JSON.stringify(server.requests.at(-1)?.body) }
    }
    const refused = {
      status: 400,
      body: {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
        },
      },
    }
    const first = await turn([user('x')], { thinking: 'old', text: 'there' })
    const messages = [user('x'), first.got.done.message, user('y')]
    const second = await turn(messages, refused, { redacted: 'new==', text: 'fine' })
    expect(second.got.texts.join('')).toBe('fine')
    expect(second.got.retries).toEqual([])
    expect(second.body).not.toContain('sig-1')
    messages.push(second.got.done.message, user('z'))
    const asked = server.requests.length
    const third = await turn(messages, { text: 'good' })
    expect(server.requests.length).toBe(asked + 1)
    expect(third.body).not.toContain('sig-1')
    expect(third.body).toContain('new==')
  })

  test('is asked for as each model wants it', async () => {
    const asked = async (name: string, effort?: 'low' | 'high') => {
      const { body } = await ask({ model: name, ...(effort ? { effort } : {}), temperature: 0.5 })
      const { thinking, output_config, temperature } = body
      return { thinking, output_config, temperature }
    }
    const adaptive = { type: 'adaptive', display: 'summarized' }
    expect(await asked('claude-sonnet-5-5')).toEqual({
      thinking: adaptive,
      output_config: undefined,
      temperature: undefined,
    })
    expect(await asked('claude-opus-5-5', 'low')).toMatchObject({
      thinking: adaptive,
      output_config: { effort: 'low' },
    })
    expect(await asked('claude-haiku-4-5', 'high')).toEqual({
      thinking: { type: 'enabled', budget_tokens: 24_576 },
      output_config: undefined,
      temperature: undefined,
    })
    const nothing = { thinking: undefined, output_config: undefined, temperature: undefined }
    expect(await asked('claude-haiku-4-5')).toEqual(nothing)
    expect(await asked('some-other-model', 'high')).toEqual(nothing)
  })

  test('with a budget does not begin in the middle of a turn', async () => {
    const { body } = await ask({
      model: 'claude-haiku-4-5',
      effort: 'medium',
      messages: [
        user('x'),
        { role: 'assistant', content: [{ type: 'call', id: 'call_1', name: 'a', input: {} }] },
        {
          role: 'tool',
          content: [{ type: 'result', callId: 'call_1', name: 'a', content: [], isError: false }],
        },
      ],
    })
    expect(body.thinking).toBeUndefined()
  })

  test('leaves room for the answer', async () => {
    const { body } = await ask({ model: 'claude-haiku-4-5', effort: 'high', maxOutputTokens: 1000 })
    expect(body.max_tokens).toBeGreaterThan(24_576)
  })
})

describe('the request', () => {
  test('carries a token of ANTHROPIC_AUTH_TOKEN as a bearer, and no other key', async () => {
    server.script({ text: 'ok' })
    const env = { ANTHROPIC_AUTH_TOKEN: 'token-1' }
    const provider = await createProvider('anthropic', { env, stallMs: 5000, baseUrl: server.url })
    await gather(provider.stream(requestOf({ model }), never()))
    const { headers } = server.requests.at(-1) ?? {}
    expect(headers?.authorization).toBe('Bearer token-1')
    expect(headers?.['x-api-key']).toBeUndefined()
  })

  test('is the same with an address that ends in /v1', async () => {
    server.script({ text: 'ok' })
    const provider = await open(`${server.url}/v1/`)
    await gather(provider.stream(requestOf({ model }), never()))
    expect(server.requests.at(-1)?.path).toBe('/v1/messages')
    expect(server.requests.at(-1)?.headers['x-api-key']).toBe('k-1')
  })

  test('asks in words for an answer that fits a schema', async () => {
    const { body } = await ask({ outputSchema: { type: 'object', required: ['verdict'] } })
    expect(JSON.stringify(body.system)).toContain('verdict')
  })

  test('joins results and what the person typed after them', async () => {
    const { body } = await ask({
      messages: [
        user('x'),
        { role: 'assistant', content: [{ type: 'call', id: 'call_1', name: 'a', input: {} }] },
        {
          role: 'tool',
          content: [
            {
              type: 'result',
              callId: 'call_1',
              name: 'a',
              content: [{ type: 'text', text: 'done' }],
              isError: false,
            },
          ],
        },
        user('also this'),
      ],
    })
    expect(body.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user'])
    expect(body.messages[2]?.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 'call_1' },
      { type: 'text', text: 'also this' },
    ])
  })
})
