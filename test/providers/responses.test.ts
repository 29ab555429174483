/** What is particular to the Responses wire: reasoning items, phases, nothing stored. */
import { afterAll, describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/base/json.ts'
import type { Message } from '../../src/contract/message.ts'
import type { ModelRequest } from '../../src/contract/provider.ts'
import { createProvider } from '../../src/providers/create.ts'
import { gather, never, requestOf } from '../contract/provider.suite.ts'
import { type Step, startModelServer } from '../support/model-server.ts'

const server = startModelServer()
afterAll(() => server.close())

const model = 'gpt-6.1-sol'
const provider = createProvider('openai', {
  env: { OPENAI_API_KEY: 'k-1' },
  stallMs: 5000,
  baseUrl: server.url,
})

async function ask(request: Partial<ModelRequest>, ...steps: Step[]) {
  server.script(...(steps.length > 0 ? steps : [{ text: 'ok' }]))
  const got = await gather((await provider).stream(requestOf({ model }, request), never()))
  return { got, body: server.requests.at(-1)?.body as JsonObject & { input: JsonObject[] } }
}

function user(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

describe('reasoning', () => {
  test('travels encrypted and nothing is stored', async () => {
    const { body } = await ask({ effort: 'low' })
    expect(body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low', summary: 'auto' },
      instructions: 'You are codi.',
    })
  })

  test('is not spoken of to models that do not reason', async () => {
    const { body } = await ask({ model: 'gpt-4.1', temperature: 0.3 })
    expect(body.include).toBeUndefined()
    expect(body.reasoning).toBeUndefined()
    expect(body.temperature).toBe(0.3)
  })

  test('goes back before what it led to, and only to its own model', async () => {
    const first = await ask(
      {},
      { thinking: 'hm', calls: [{ id: 'call_9', name: 'a', input: { x: 1 } }] },
    )
    const messages = [user('x'), first.got.done.message]
    const { body } = await ask({ messages })
    expect(body.input.slice(1)).toMatchObject([
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'enc-1' },
      { type: 'function_call', call_id: 'call_9', name: 'a', arguments: '{"x":1}' },
      { type: 'function_call_output', call_id: 'call_9' },
    ])
    expect(body.input[1]).not.toHaveProperty('status')
    const other = await ask({ messages, model: 'gpt-5.2' })
    expect(JSON.stringify(other.body)).not.toContain('enc-1')
  })

  test('is not sent when nothing follows it', async () => {
    const first = await ask({}, { thinking: 'hm', calls: [{ id: 'call_9', name: 'a' }] })
    const [thinking] = first.got.done.message.content
    const lonely: Message = { role: 'assistant', content: thinking ? [thinking] : [] }
    const { body } = await ask({ messages: [user('x'), lonely, user('y')] })
    expect(JSON.stringify(body.input)).not.toContain('reasoning')
  })

  test('does without summaries where the organization may not have them, from then on', async () => {
    const refused: Step = {
      status: 400,
      body: {
        error: {
          message: 'Your organization must be verified to generate reasoning summaries.',
          param: 'reasoning.summary',
        },
      },
    }
    const { got, body } = await ask({ effort: 'high' }, refused, { text: 'fine' })
    expect(got.texts.join('')).toBe('fine')
    expect(body.reasoning).toEqual({ effort: 'high' })
    expect((await ask({ effort: 'high' })).body.reasoning).toEqual({ effort: 'high' })
  })
})

describe('the answer', () => {
  test('keeps the phase of a message and sends it back', async () => {
    const item = {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      phase: 'commentary',
      content: [{ type: 'output_text', text: 'I look first.' }],
    }
    const events = [
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
      { type: 'response.output_text.delta', output_index: 0, delta: 'I look first.' },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { status: 'completed', output: [item] } },
    ]
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
    const first = await ask({}, { body })
    expect(first.got.texts.join('')).toBe('I look first.')
    const next = await ask({ messages: [user('x'), first.got.done.message, user('y')] })
    expect(next.body.input[1]).toMatchObject({ role: 'assistant', phase: 'commentary' })
  })

  test('is read from the last event alone when nothing came before it', async () => {
    const response = {
      status: 'completed',
      output: [
        { type: 'message', content: [{ type: 'output_text', text: 'whole' }] },
        { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{"b":2}' },
      ],
    }
    const event = { type: 'response.completed', response }
    const { got } = await ask({}, { body: `data: ${JSON.stringify(event)}\n\n` })
    expect(got.texts.join('')).toBe('whole')
    expect(got.calls).toMatchObject([{ id: 'c1', name: 'a', input: { b: 2 } }])
  })

  test('fits a schema when one is given', async () => {
    const { body } = await ask({ outputSchema: { type: 'object' } })
    expect(body.text).toMatchObject({ format: { type: 'json_schema', schema: { type: 'object' } } })
  })
})
