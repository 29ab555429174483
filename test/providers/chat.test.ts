/** What is particular to Chat Completions: the quirks of its hosts, and the many ways in which they stream. */
import { afterAll, describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/base/json.ts'
import type { Message } from '../../src/contract/message.ts'
import type { ModelRequest, Provider } from '../../src/contract/provider.ts'
import { createProvider } from '../../src/providers/create.ts'
import { hosts } from '../../src/providers/hosts.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'
import { type Step, startModelServer } from '../support/model-server.ts'

const server = startModelServer()
afterAll(() => server.close())

async function open(id: string): Promise<Provider> {
  const keyName = hosts.find((host) => host.id === id)?.keys[0] ?? ''
  return createProvider(id, { env: { [keyName]: 'k-1' }, stallMs: 5000, baseUrl: server.url })
}

async function ask(id: string | Provider, request: Partial<ModelRequest>, ...steps: Step[]) {
  server.script(...(steps.length > 0 ? steps : [{ text: 'ok' }]))
  const provider = typeof id === 'string' ? await open(id) : id
  const got = await gather(provider.stream(requestOf({ model: 'm' }, request), never()))
  return { got, body: server.requests.at(-1)?.body as JsonObject & { messages: JsonObject[] } }
}

function stream(...chunks: (JsonObject | string)[]): Step {
  const lines = chunks.map((chunk) =>
    typeof chunk === 'string' ? chunk : JSON.stringify({ choices: [chunk] }),
  )
  return { body: lines.map((line) => `data: ${line}\n\n`).join('') }
}

function user(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

function afterCall(answer: Message): Message[] {
  return [user('x'), answer]
}

describe('the quirks of hosts', () => {
  test('every row of the table can be asked', async () => {
    for (const host of hosts.filter((row) => row.wire === 'chat')) {
      const { got } = await ask(host.id, {}, { text: `from ${host.id}` })
      expect(got.texts.join('')).toBe(`from ${host.id}`)
    }
  })

  test('Mistral gets short ids and no stream_options', async () => {
    const { body } = await ask('mistral', {
      messages: afterCall({
        role: 'assistant',
        content: [{ type: 'call', id: 'toolu_01ABCDEFGHIJ', name: 'a', input: {} }],
      }),
    })
    const text = JSON.stringify(body.messages)
    expect(text).toMatch(/"tool_call_id":"[a-z0-9]{9}"/)
    expect(body.stream_options).toBeUndefined()
  })

  test('Groq and Azure name the output limit otherwise, and Azure the key', async () => {
    expect((await ask('groq', { maxOutputTokens: 9 })).body.max_completion_tokens).toBe(9)
    await ask('azure', {})
    const { headers, path } = server.requests.at(-1) ?? {}
    expect(headers?.['api-key']).toBe('k-1')
    expect(headers?.authorization).toBeUndefined()
    expect(path).toBe('/openai/v1/chat/completions')
  })

  test('a host without a key gets no Authorization header', async () => {
    const provider = await createProvider('vllm', { env: {}, stallMs: 5000, baseUrl: server.url })
    await ask(provider, {})
    expect(server.requests.at(-1)?.headers.authorization).toBeUndefined()
  })

  test('effort and schema are asked for as the host takes them', async () => {
    const request: Partial<ModelRequest> = { effort: 'high', outputSchema: { type: 'object' } }
    expect((await ask('openrouter', request)).body).toMatchObject({
      reasoning: { effort: 'high' },
      response_format: { type: 'json_schema' },
    })
    expect((await ask('deepseek', request)).body).toMatchObject({
      reasoning_effort: 'high',
      response_format: { type: 'json_object' },
    })
    const nvidia = (await ask('nvidia', request)).body
    expect(nvidia.response_format).toBeUndefined()
    expect(nvidia.reasoning_effort).toBeUndefined()
  })

  test('thinking goes back where it is wanted, and nowhere else', async () => {
    const thought: Step = { thinking: 'deep', calls: [{ id: 'call_1', name: 'a' }] }
    for (const [id, wanted] of [
      ['deepseek', true],
      ['groq', false],
    ] as const) {
      const first = await ask(id, {}, thought)
      const { body } = await ask(id, { messages: afterCall(first.got.done.message) })
      expect(body.messages[2]?.reasoning_content).toBe(wanted ? 'deep' : undefined)
    }
  })

  test('reasoning details of OpenRouter go back in one piece', async () => {
    const detail = { type: 'reasoning.text', index: 0, format: 'x' }
    const first = await ask(
      'openrouter',
      {},
      stream(
        { delta: { reasoning: 'de', reasoning_details: [{ ...detail, text: 'de' }] } },
        {
          delta: {
            reasoning: 'ep',
            reasoning_details: [{ ...detail, text: 'ep', signature: 's' }],
          },
        },
        { delta: { content: 'so' }, finish_reason: 'stop' },
      ),
    )
    expect(first.got.thinking).toBe('deep')
    const { body } = await ask('openrouter', {
      messages: [user('x'), first.got.done.message, user('y')],
    })
    expect(body.messages[2]?.reasoning_details).toEqual([
      { ...detail, text: 'deep', signature: 's' },
    ])
  })

  test('Claude behind OpenRouter gets cache marks, and no other model', async () => {
    const messages: Message[] = [user('one'), { role: 'assistant', content: [] }, user('two')]
    const claude = await ask('openrouter', { model: 'anthropic/claude-sonnet-5.5', messages })
    expect(claude.body.messages).toMatchObject([
      {
        role: 'system',
        content: [{ text: 'You are codi.', cache_control: { type: 'ephemeral' } }],
      },
      { role: 'user', content: [{ type: 'text', cache_control: { type: 'ephemeral' } }] },
    ])
    const other = await ask('openrouter', { model: 'openai/gpt-6-luna', messages })
    expect(JSON.stringify(other.body)).not.toContain('cache_control')
  })

  test('a model that the catalogue does not know is looked up at its host', async () => {
    const data = [
      { id: 'house-model', max_model_len: 40_960 },
      {
        id: 'maker/new',
        context_length: 9000,
        pricing: { prompt: '0.000002', completion: '0.00001' },
      },
    ]
    server.answers.set('/v1/models', { body: { data } })
    const vllm = await open('vllm')
    expect(await vllm.describe('house-model', never())).toMatchObject({ contextWindow: 40_960 })
    const openrouter = await open('openrouter')
    expect(await openrouter.describe('maker/new', never())).toMatchObject({
      contextWindow: 9000,
      price: { input: 2, output: 10 },
    })
    server.answers.set('/v1/models', { status: 500, body: {} })
    expect(await vllm.describe('house-model', never())).toEqual({ id: 'house-model', free: true })
    server.answers.clear()
  })

  test('the signature that Google puts on a call goes back with it', async () => {
    const extra_content = { google: { thought_signature: 'sig' } }
    const call = { index: 0, id: 'f1', function: { name: 'a', arguments: '{}' }, extra_content }
    const first = await ask(
      'google',
      {},
      stream({ delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }),
    )
    const { body } = await ask('google', { messages: afterCall(first.got.done.message) })
    expect(body.messages[2]?.tool_calls).toMatchObject([{ id: 'f1', extra_content }])
  })

  test('a field that the host refuses is left out from then on', async () => {
    const provider = await open('openai-compatible')
    const refused = (message: string): Step => ({ status: 400, body: { error: { message } } })
    const { got, body } = await ask(
      provider,
      { maxOutputTokens: 9, temperature: 0.1, effort: 'low' },
      refused("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
      refused('stream_options is not allowed'),
      refused('temperature does not support 0.1 with this model'),
      { text: 'fine' },
    )
    expect(got.texts.join('')).toBe('fine')
    expect(got.events.filter((event) => event.type === 'error')).toEqual([])
    expect(body).toMatchObject({ max_completion_tokens: 9, reasoning_effort: 'low' })
    const next = await ask(provider, { maxOutputTokens: 9, temperature: 0.1 })
    expect(Object.keys(next.body)).not.toContain('max_tokens')
    expect(Object.keys(next.body)).not.toContain('stream_options')
    expect(Object.keys(next.body)).not.toContain('temperature')
  })

  test('text alone is sent as a string, and images of results follow in a message of the user', async () => {
    const { body } = await ask('groq', {
      messages: [
        user('plain'),
        { role: 'assistant', content: [{ type: 'call', id: 'c1', name: 'view', input: {} }] },
        {
          role: 'tool',
          content: [
            {
              type: 'result',
              callId: 'c1',
              name: 'view',
              content: [{ type: 'image', mediaType: 'image/png', data: 'QUJD' }],
              isError: false,
            },
          ],
        },
      ],
    })
    expect(body.messages[1]).toEqual({ role: 'user', content: 'plain' })
    expect(body.messages.map((message) => message.role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'user',
    ])
    expect(JSON.stringify(body.messages[4])).toContain('data:image/png;base64,QUJD')
  })
})

describe('the ways of streaming', () => {
  test('think tags at the beginning are thinking, further down they are text', async () => {
    const { got } = await ask(
      'groq',
      {},
      {
        text: '<think>\nhm, a tag\n</think>\n\nUse `<think>` in a template.',
        deltaChars: 2,
      },
    )
    expect(got.thinking.trim()).toBe('hm, a tag')
    expect(got.texts.join('')).toBe('Use `<think>` in a template.')
  })

  test('a closing tag whose opening stood in the prompt ends the thinking', async () => {
    const { got } = await ask('vllm', {}, { text: 'hm hm\n</think>\n\nFour.' })
    expect(got.done.message.content).toMatchObject([
      { type: 'thinking', text: 'hm hm' },
      { type: 'text', text: 'Four.' },
    ])
  })

  test('calls without an index, with one index for all, and with the old field', async () => {
    const whole = (id: string, name: string, more: JsonObject = {}) => ({
      ...more,
      id,
      function: { name, arguments: `{"n":"${name}"}` },
    })
    const cases: JsonObject[][] = [
      [{ delta: { tool_calls: [whole('1', 'a'), whole('2', 'b')] } }],
      [
        { delta: { tool_calls: [whole('1', 'a', { index: 0 })] } },
        { delta: { tool_calls: [whole('2', 'b', { index: 0 })] } },
      ],
      [
        { delta: { tool_calls: [whole('', 'a', { index: 0 })] } },
        { delta: { tool_calls: [whole('', 'b', { index: 0 })] } },
      ],
      [{ delta: { tool_calls: [whole('', 'a')] } }, { delta: { tool_calls: [whole('', 'b')] } }],
    ]
    for (const chunks of cases) {
      const { got } = await ask('vllm', {}, stream(...chunks, { delta: {}, finish_reason: 'stop' }))
      expect(got.calls.map((call) => [call.name, call.input])).toEqual([
        ['a', { n: 'a' }],
        ['b', { n: 'b' }],
      ])
      expect(got.done.stop).toBe('calls')
    }
    const old = await ask(
      'vllm',
      {},
      stream(
        { delta: { function_call: { name: 'a', arguments: '{"n":' } } },
        { delta: { function_call: { arguments: '1}' } }, finish_reason: 'function_call' },
      ),
    )
    expect(old.got.calls).toMatchObject([{ name: 'a', input: { n: 1 } }])
  })

  test('content in parts, and arguments as an object', async () => {
    const { got } = await ask(
      'mistral',
      {},
      stream(
        { delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] } },
        { delta: { content: [{ type: 'text', text: 'so' }] } },
        {
          delta: {
            tool_calls: [{ index: 0, id: 'x', function: { name: 'a', arguments: { b: 1 } } }],
          },
        },
        { delta: {}, finish_reason: 'tool_calls' },
      ),
    )
    expect(got.thinking).toBe('hm')
    expect(got.texts.join('')).toBe('so')
    expect(got.calls).toMatchObject([{ name: 'a', input: { b: 1 } }])
  })

  test('an ending without finish reason is an end when the last mark came, else it broke off', async () => {
    const ended = await ask('vllm', {}, stream({ delta: { content: 'so' } }, '[DONE]'))
    expect(ended.got.done.stop).toBe('end')
    const provider = await createProvider('vllm', {
      env: {},
      stallMs: 5000,
      baseUrl: server.url,
      patience: { maxAttempts: 1 },
    })
    const broken = await ask(provider, {}, stream({ delta: { content: 'so' } }))
    expect(broken.got.error?.kind).toBe('truncated')
    const failed = await ask(provider, {}, stream({ delta: {}, finish_reason: 'error' }))
    expect(failed.got.error?.kind).toBe('server')
  })

  test('a host that keeps the connection open after the finish reason does not keep anybody waiting', async () => {
    const { got } = await ask('vllm', {}, { text: 'so', fault: 'hold-open' })
    expect(got.done.stop).toBe('end')
  })
})
