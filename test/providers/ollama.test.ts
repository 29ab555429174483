/** What is particular to Ollama: the window it is asked for, what models can do, pulling. */
import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import type { JsonObject, JsonValue } from '../../src/base/json.ts'
import type { ModelRequest } from '../../src/contract/provider.ts'
import {
  createOllamaProvider,
  createProvider,
  type ProviderOptions,
} from '../../src/providers/create.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'
import { type Step, startModelServer } from '../support/model-server.ts'

const server = startModelServer()
afterAll(() => server.close())
afterEach(() => server.answers.clear())

const tools = [{ name: 'a', description: 'a tool', parameters: { type: 'object' } }]

function shown(more: JsonObject): { body: JsonValue } {
  return {
    body: {
      capabilities: ['completion', 'tools'],
      model_info: { 'qwen3.context_length': 131_072 },
      ...more,
    },
  }
}

async function ask(
  request: Partial<ModelRequest> = {},
  options: Partial<ProviderOptions> = {},
  ...steps: Step[]
) {
  server.script(...(steps.length > 0 ? steps : [{ text: 'ok' }]))
  const provider = await createProvider('ollama', {
    env: {},
    stallMs: 5000,
    baseUrl: server.url,
    ...options,
  })
  const got = await gather(provider.stream(requestOf({ model: 'qwen3' }, request), never()))
  const body = server.requests.at(-1)?.body as JsonObject & { options: JsonObject }
  return { got, body, window: body.options.num_ctx }
}

describe('the window', () => {
  test('is the usual one, or all that a smaller model takes', async () => {
    expect((await ask()).window).toBe(32_768)
    server.answers.set('/api/show', shown({ model_info: { 'phi.context_length': 4096 } }))
    expect((await ask()).window).toBe(4096)
  })

  test('is what a person, the model file or the environment asks for, up to what the model takes', async () => {
    expect((await ask({}, { contextWindow: 65_536 })).window).toBe(65_536)
    expect((await ask({}, { contextWindow: 900_000 })).window).toBe(131_072)
    expect((await ask({}, { env: { OLLAMA_CONTEXT_LENGTH: '16384' } })).window).toBe(16_384)
    server.answers.set('/api/show', shown({ parameters: 'stop "x"\nnum_ctx    24576' }))
    expect((await ask()).window).toBe(24_576)
  })

  test('is what describe tells, with what the model can do', async () => {
    const options = { env: {}, stallMs: 5000, baseUrl: server.url }
    const provider = await createProvider('ollama', options)
    expect(await provider.describe('qwen3', never())).toEqual({
      id: 'qwen3',
      contextWindow: 32_768,
      tools: true,
      vision: true,
      thinking: true,
      free: true,
    })
    server.answers.set('/api/show', { status: 500, body: {} })
    const other = await createProvider('ollama', options)
    expect(await other.describe('qwen3', never())).toMatchObject({ id: 'qwen3' })
  })

  test('that is too small for the prompt is said', async () => {
    const text = 'word '.repeat(30_000)
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }]
    const { got } = await ask({ messages })
    expect(got.notices.join()).toMatch(/32,768.*131,072 with --context-window/)
    expect((await ask()).got.notices).toEqual([])
  })
})

describe('what a model can do', () => {
  test('decides over tools and thinking, and missing tools are said', async () => {
    const able = await ask({ tools, effort: 'high' })
    expect(able.body.tools).toHaveLength(1)
    expect(able.body.think).toBe(true)
    server.answers.set('/api/show', shown({ capabilities: ['completion'] }))
    const unable = await ask({ tools, effort: 'high' })
    expect(unable.body.tools).toBeUndefined()
    expect(unable.body.think).toBeUndefined()
    expect(unable.got.notices.join()).toContain('no tool calls of its own')
  })

  test('is learned from a refusal where the host does not tell', async () => {
    server.answers.set('/api/show', { status: 404, body: {} })
    const error = '"qwen3" does not support tools'
    const { got, body } = await ask(
      { tools },
      {},
      { status: 400, body: { error } },
      { text: 'fine' },
    )
    expect(got.texts.join('')).toBe('fine')
    expect(body.tools).toBeUndefined()
  })

  test('keeps images from models that cannot see', async () => {
    const image = { type: 'image' as const, mediaType: 'image/png' as const, data: 'QUJD' }
    const messages = [{ role: 'user' as const, content: [image] }]
    expect(JSON.stringify((await ask({ messages })).body)).toContain('QUJD')
    server.answers.set('/api/show', shown({}))
    const { body } = await ask({ messages })
    expect(JSON.stringify(body)).not.toContain('QUJD')
    expect(JSON.stringify(body)).toContain('cannot see')
  })
})

test('a model stays in memory, unless the environment says how long', async () => {
  expect((await ask()).body.keep_alive).toBe('30m')
  expect((await ask({}, { env: { OLLAMA_KEEP_ALIVE: '5m' } })).body.keep_alive).toBeUndefined()
})

test('thinking, results and a schema take the form of the wire', async () => {
  const { body } = await ask({
    outputSchema: { type: 'object' },
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'x' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'hm', wire: 'ollama' },
          { type: 'call', id: 'c1', name: 'a', input: { b: 1 } },
        ],
      },
    ],
  })
  expect(body.format).toEqual({ type: 'object' })
  expect((body.messages as JsonValue[]).slice(2)).toMatchObject([
    {
      role: 'assistant',
      thinking: 'hm',
      tool_calls: [{ function: { name: 'a', arguments: { b: 1 } } }],
    },
    { role: 'tool', tool_name: 'a' },
  ])
})

describe('pulling', () => {
  const open = () => createOllamaProvider({ env: {}, stallMs: 5000, baseUrl: server.url })

  test('tells how far it is', async () => {
    const lines = [
      { status: 'pulling manifest' },
      { status: 'pulling 1234', total: 100, completed: 40 },
      { status: 'success' },
    ]
    server.answers.set('/api/pull', { body: lines.map((line) => JSON.stringify(line)).join('\n') })
    const seen = []
    for await (const step of (await open()).pull('qwen3', never())) seen.push(step)
    expect(seen).toEqual([
      { status: 'pulling manifest', doneBytes: 0, totalBytes: 0 },
      { status: 'pulling 1234', doneBytes: 40, totalBytes: 100 },
      { status: 'success', doneBytes: 0, totalBytes: 0 },
    ])
  })

  test('fails with the reason', async () => {
    server.answers.set('/api/pull', { body: { error: 'pull model manifest: file does not exist' } })
    const drain = async () => {
      for await (const _ of (await open()).pull('nope', never()));
    }
    const thrown = await drain().catch((error) => error)
    expect(thrown).toMatchObject({ kind: 'provider' })
    expect(thrown.message).toMatch(/nope.*file does not exist/)
  })
})
