/**
 * What every provider that speaks over a wire must do, run against a scripted host on loopback. A wire joins with
 * three lines (see test/providers/*.suite.test.ts); a skip needs a written reason.
 */
import { afterAll, describe, expect, test } from 'bun:test'
import type { Message } from '../../src/contract/message.ts'
import type { ModelEvent, ModelRequest } from '../../src/contract/provider.ts'
import { createProvider, type ProviderOptions } from '../../src/providers/create.ts'
import { type Fault, type Step, startModelServer } from '../support/model-server.ts'

export interface WireUnderTest {
  /** Provider id. */
  id: string
  /** The variable that holds its key. */
  keyName: string
  model: string
  /** Names of tests that do not apply, each with the reason. */
  skips?: Record<string, string>
}

const key = 'sk-test-0123456789abcdef'
const quick = { firstPauseMs: 1, maxPauseMs: 5 }

export function providerSuite(wire: WireUnderTest): void {
  const skips = { ...wire.skips }
  const it = (name: string, run: () => Promise<void>) => {
    const reason = skips[name]
    delete skips[name]
    if (reason === undefined) test(name, run)
    else test.skip(`${name} (${reason})`, run)
  }

  describe(`the ${wire.id} wire`, () => {
    const server = startModelServer()
    afterAll(() => server.close())

    const open = (options: Partial<ProviderOptions> = {}) =>
      createProvider(wire.id, {
        env: { [wire.keyName]: key },
        stallMs: 5000,
        baseUrl: server.url,
        patience: quick,
        ...options,
      })
    const ask = async (step: Step, request: Partial<ModelRequest> = {}) => {
      server.script(step)
      return gather((await open()).stream(requestOf(wire, request), never()))
    }

    it('streams text and ends with the whole message', async () => {
      const got = await ask({ text: 'The quick brown fox jumps over the lazy dog.' })
      expect(got.done.message.content).toMatchObject([
        { type: 'text', text: 'The quick brown fox jumps over the lazy dog.' },
      ])
      expect(got.texts.length).toBeGreaterThan(1)
      expect(got.texts.join('')).toBe('The quick brown fox jumps over the lazy dog.')
      expect(got.done.stop).toBe('end')
    })

    it('streams thinking apart from text', async () => {
      const got = await ask({ thinking: 'let me see what is there', text: 'Here it is.' })
      expect(got.thinking).toBe('let me see what is there')
      expect(got.texts.join('')).toBe('Here it is.')
      expect(got.done.message.content.map((block) => block.type)).toEqual(['thinking', 'text'])
    })

    for (const fault of ['bytes', 'crlf', 'garbage', 'late-usage', 'no-done'] as Fault[]) {
      it(`reads the same answer with the fault ${fault}`, async () => {
        const step: Step = {
          thinking: 'naïve 思考 first',
          text: 'Grüße 👩‍💻 — 日本語\nnew line',
          calls: [
            {
              id: 'call_a',
              name: 'write_file',
              input: { path: 'ä/日.txt', content: '{"x": "👍"}\n' },
            },
          ],
          usage: { input: 7, output: 9 },
          fault,
        }
        const got = await ask(step)
        expect(got.thinking).toBe('naïve 思考 first')
        expect(got.texts.join('')).toBe('Grüße 👩‍💻 — 日本語\nnew line')
        expect(got.calls).toMatchObject([
          { name: 'write_file', input: { path: 'ä/日.txt', content: '{"x": "👍"}\n' } },
        ])
        expect(got.done.usage?.inputTokens).toBe(7)
        expect(got.done.stop).toBe('calls')
      })
    }

    it('reads an answer that is one JSON value instead of a stream', async () => {
      const got = await ask({
        text: 'All at once.',
        calls: [{ id: 'call_w', name: 'glob', input: { pattern: '*.ts' } }],
        fault: 'whole',
      })
      expect(got.texts.join('')).toBe('All at once.')
      expect(got.calls).toMatchObject([{ name: 'glob', input: { pattern: '*.ts' } }])
    })

    it('replaces bytes that are no UTF-8 and goes on', async () => {
      const got = await ask({ text: ['before ', 'bro§ken', ' after'], fault: 'invalid-utf8' })
      expect(got.texts.join('')).toMatch(/^before bro\ufffd+ken after$/)
    })

    it('keeps several calls of one turn apart', async () => {
      const calls = [
        { id: 'call_1', name: 'read_file', input: { path: 'a.ts' } },
        { id: 'call_2', name: 'grep', input: { pattern: 'x', path: 'src' } },
        { id: 'call_3', name: 'list_directory', input: {} },
      ]
      const got = await ask({ text: 'Looking.', calls })
      expect(got.calls).toMatchObject(calls.map(({ name, input }) => ({ name, input })))
      expect(got.started).toEqual(['read_file', 'grep', 'list_directory'])
      expect(new Set(got.calls.map((call) => call.id)).size).toBe(3)
    })

    it('puts interleaved arguments together', async () => {
      const calls = [
        { id: 'call_1', name: 'read_file', input: { path: 'some/long/path/a.ts' } },
        { id: 'call_2', name: 'read_file', input: { path: 'b.ts', offset: 12, limit: 40 } },
      ]
      const got = await ask({ calls, fault: 'interleave', deltaChars: 3 })
      expect(got.calls.map((call) => call.input)).toEqual(calls.map((call) => call.input))
    })

    it('makes up ids that are missing and tells apart those that repeat', async () => {
      for (const fault of ['no-ids', 'same-ids'] as Fault[]) {
        const calls = [
          { name: 'read_file', input: { path: 'a' } },
          { name: 'grep', input: { pattern: 'b' } },
        ]
        const got = await ask({ calls, fault })
        const ids = got.calls.map((call) => call.id)
        expect(ids.every((id) => id.length > 3)).toBe(true)
        expect(new Set(ids).size).toBe(2)
        expect(got.calls.map((call) => call.input)).toEqual([{ path: 'a' }, { pattern: 'b' }])
      }
    })

    it('repairs argument text that is nearly JSON', async () => {
      const got = await ask({ calls: [{ name: 'grep', raw: "{'pattern': 'x', path: 'src',}" }] })
      expect(got.calls[0]?.input).toEqual({ pattern: 'x', path: 'src' })
      expect(got.calls[0]?.malformed).toBeUndefined()
    })

    it('hands on argument text that cannot be understood', async () => {
      const got = await ask({
        calls: [{ name: 'write_file', raw: '{"path": "a", "content": "half' }],
      })
      expect(got.calls[0]).toMatchObject({ input: {}, malformed: '{"path": "a", "content": "half' })
    })

    it('reads empty argument text as no arguments', async () => {
      const got = await ask({ calls: [{ name: 'list_directory', raw: '' }] })
      expect(got.calls[0]).toMatchObject({ name: 'list_directory', input: {} })
      expect(got.calls[0]?.malformed).toBeUndefined()
    })

    it('tells the cache figures apart from the input', async () => {
      const usage = { input: 100, output: 20, cacheRead: 900, cacheWrite: 50, reasoning: 8 }
      const got = await ask({ text: 'x', usage })
      expect(got.done.usage).toEqual({
        inputTokens: 100,
        outputTokens: 20,
        cacheReadTokens: 900,
        cacheWriteTokens: 50,
        reasoningTokens: 8,
      })
    })

    it('says when the answer was cut at its limit', async () => {
      const got = await ask({ text: 'and then', stop: 'length' })
      expect(got.done.stop).toBe('length')
    })

    it('says when the model refused', async () => {
      const got = await ask({ text: 'I cannot help with that.', stop: 'refused' })
      expect(got.done.stop).toBe('refused')
    })

    for (const fault of ['reset', 'truncate'] as Fault[]) {
      it(`asks again after the stream broke off (${fault})`, async () => {
        server.script({ text: 'This will never be finished properly', fault })
        const got = await ask({ text: 'Second try.' })
        expect(got.retries).toMatchObject([{ attempt: 2, failure: { kind: 'truncated' } }])
        expect(got.done.message.content).toMatchObject([{ type: 'text', text: 'Second try.' }])
      })
    }

    it('asks again after the connection was reset at once', async () => {
      server.script({ fault: 'reset-first' })
      const got = await ask({ text: 'Second try.' })
      expect(got.retries[0]?.failure.kind).toBe('unreachable')
      expect(got.texts.join('')).toBe('Second try.')
    })

    for (const [status, kind] of [
      [429, 'rate_limit'],
      [500, 'server'],
      [502, 'server'],
      [503, 'overloaded'],
      [529, 'overloaded'],
    ] as const) {
      it(`asks again after ${status}`, async () => {
        server.script({ status, body: { error: { message: 'not now' } } })
        const got = await ask({ text: 'Now.' })
        expect(got.retries).toMatchObject([{ failure: { kind, status } }])
        expect(got.texts.join('')).toBe('Now.')
      })
    }

    it('waits as long as Retry-After asks', async () => {
      server.script({
        status: 429,
        headers: { 'Retry-After': '0.2' },
        body: { error: 'slow down' },
      })
      const got = await ask({ text: 'Now.' })
      expect(got.retries[0]?.failure.retryAfterMs).toBe(200)
      expect(got.retries[0]?.delayMs).toBeGreaterThanOrEqual(200)
    })

    it('does not wait for a Retry-After of an hour, and says so', async () => {
      const got = await ask({ status: 429, headers: { 'Retry-After': '3600' }, body: {} })
      expect(got.retries).toEqual([])
      expect(got.error).toMatchObject({ kind: 'rate_limit', retryAfterMs: 3_600_000 })
      expect(got.error?.message).toContain('60m 00s')
    })

    it('gives up after a few attempts', async () => {
      const before = server.requests.length
      server.fallback = { status: 500, body: { error: { message: 'still broken' } } }
      const got = await gather((await open()).stream(requestOf(wire), never()))
      server.fallback = undefined
      expect(server.requests.length - before).toBe(5)
      expect(got.error).toMatchObject({ kind: 'server', status: 500 })
      expect(got.error?.message).toMatch(/still broken.*tried 5 times/)
    })

    it('uses a connection again for the next answers', async () => {
      const own = startModelServer({ fallback: { text: 'and so on, and so on' } })
      const provider = await open({ baseUrl: own.url })
      for (let turn = 0; turn < 8; turn++) await gather(provider.stream(requestOf(wire), never()))
      expect(own.requests).toHaveLength(8)
      // The next request may come before the last bytes of the answer: not every one finds a free connection.
      expect(own.opened).toBeLessThan(8)
      own.close()
    })

    it('hangs up when it is cancelled, so that the host stops working', async () => {
      const own = startModelServer({ fallback: { text: 'words without end', fault: 'stall' } })
      const abort = new AbortController()
      const provider = await open({ baseUrl: own.url })
      await gather(provider.stream(requestOf(wire), abort.signal), (event) => {
        if (event.type === 'text') abort.abort()
      })
      await own.disconnected()
      expect(own.connections).toBe(0)
      own.close()
    })

    it('takes comments without end for silence', async () => {
      server.script({ text: 'something that stops here', fault: 'comments' })
      const provider = await open({ stallMs: 60, patience: { ...quick, maxAttempts: 1 } })
      const got = await gather(provider.stream(requestOf(wire), never()))
      expect(got.error?.kind).toBe('stall')
    })

    for (const fault of ['stall', 'stall-first'] as Fault[]) {
      it(`ends silence at the stall limit (${fault})`, async () => {
        server.script({ text: 'something that stops here', fault })
        const provider = await open({ stallMs: 150, patience: { ...quick, maxAttempts: 1 } })
        const got = await gather(provider.stream(requestOf(wire), never()))
        expect(got.error?.kind).toBe('stall')
      })
    }

    it('reads an error that arrives inside the stream', async () => {
      server.script({ text: 'Well,', fault: 'error-in-stream' })
      const got = await ask({ text: 'Better.' })
      expect(got.retries).toHaveLength(1)
      expect(['overloaded', 'server', 'bad_request']).toContain(got.retries[0]?.failure.kind ?? '')
      expect(got.texts.join('')).toBe('Better.')
    })

    it('says how to mend a refused key, and never shows it', async () => {
      const body = { error: { message: `Incorrect API key provided: ${key}` } }
      const got = await ask({ status: 401, body })
      expect(got.error?.kind).toBe('credentials')
      expect(got.error?.message).toContain(wire.keyName)
      expect(got.error?.message).toContain('--base-url')
      expect(got.error?.message).not.toContain(key)
      expect(got.retries).toEqual([])
    })

    it('says how to find the models when there is no such one', async () => {
      const body = {
        error: { message: `model '${wire.model}' not found`, type: 'not_found_error' },
      }
      const got = await ask({ status: 404, body })
      expect(got.error?.kind).toBe('model_not_found')
      expect(got.error?.message).toContain(wire.model)
      expect(got.error?.message).toMatch(/codi models|ollama pull/)
    })

    it('recognises a conversation that is too long', async () => {
      const body = { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } }
      const got = await ask({ status: 400, body })
      expect(got.error).toMatchObject({
        kind: 'context_overflow',
        windowTokens: 200_000,
        requestTokens: 210_000,
      })
      expect(got.retries).toEqual([])
    })

    it('says so when something else answers at the address', async () => {
      const got = await ask({ status: 200, body: '<html><body><h1>Welcome</h1></body></html>' })
      expect(got.error?.kind).toBe('protocol')
      expect(got.error?.message).toContain('Welcome')
      expect(got.error?.message).toContain('--base-url')
    })

    it('follows no redirect', async () => {
      const elsewhere = startModelServer({ fallback: { text: 'stolen' } })
      const got = await ask({ status: 307, headers: { Location: `${elsewhere.url}/v1/messages` } })
      expect(got.error?.kind).toBe('protocol')
      expect(elsewhere.requests).toEqual([])
      elsewhere.close()
    })

    it('is cancelled at once: before the answer, within it and in a pause', async () => {
      const provider = await open({ patience: { firstPauseMs: 60_000, maxPauseMs: 60_000 } })
      const first = new AbortController()
      server.script({ fault: 'stall-first' })
      const asked = server.received(server.requests.length + 1)
      const waiting = gather(provider.stream(requestOf(wire), first.signal))
      await asked
      first.abort()
      expect((await waiting).error?.kind).toBe('cancelled')

      const second = new AbortController()
      server.script({ text: 'words that come until they stop', fault: 'stall' })
      const within = await gather(provider.stream(requestOf(wire), second.signal), (event) => {
        if (event.type === 'text') second.abort()
      })
      expect(within.error?.kind).toBe('cancelled')

      const third = new AbortController()
      server.script({ status: 500, body: {} })
      const paused = await gather(provider.stream(requestOf(wire), third.signal), (event) => {
        if (event.type === 'retry') third.abort()
      })
      expect(paused.error?.kind).toBe('cancelled')

      const before = server.requests.length
      const aborted = await gather(provider.stream(requestOf(wire), AbortSignal.abort()))
      expect(aborted.error?.kind).toBe('cancelled')
      expect(server.requests.length).toBe(before)
    })

    it('sends a conversation that began elsewhere so that every call has one result', async () => {
      await ask({ text: 'ok' }, { messages: strangeConversation })
      const body = server.requests.at(-1)?.body
      const text = JSON.stringify(body)
      expect(text).not.toContain('thought elsewhere')
      expect(text).not.toContain('an orphan')
      expect(text).toContain('the result of the first')
      expect(text).toContain('was interrupted')
      expect(text).not.toContain('weird id/with:signs')
    })

    it('sends images of the user and of tool results', async () => {
      await ask({ text: 'ok' }, { messages: conversationWithImages })
      const text = JSON.stringify(server.requests.at(-1)?.body)
      expect(text).toContain('VVNFUg==')
      expect(text).toContain('UkVTVUxU')
    })

    it('lists the models, and says why when it cannot', async () => {
      const provider = await open()
      const models = await provider.models(never())
      expect(models.map((model) => model.id)).toEqual([expect.stringContaining('scripted')])
      for (const path of ['/v1/models', '/api/tags']) {
        server.answers.set(path, { status: 500, body: { error: 'no list today' } })
      }
      const failed = await provider.models(never()).catch((thrown: Error) => thrown)
      expect(failed).toBeInstanceOf(Error)
      expect(String(failed)).toContain('no list today')
      server.answers.clear()
    })

    it('fails soon when nothing listens on this machine', async () => {
      const closed = startModelServer()
      const { url } = closed
      closed.close()
      const got = await gather((await open({ baseUrl: url })).stream(requestOf(wire), never()))
      expect(got.error?.kind).toBe('unreachable')
      expect(got.error?.message).toContain(url)
      expect(got.retries.length).toBeLessThan(3)
    })

    test('skips nothing that does not exist', () => {
      expect(Object.keys(skips)).toEqual([])
    })
  })
}

export interface Gathered {
  events: ModelEvent[]
  texts: string[]
  thinking: string
  started: string[]
  calls: { id: string; name: string; input: object; malformed?: string }[]
  retries: Extract<ModelEvent, { type: 'retry' }>[]
  notices: string[]
  error: Extract<ModelEvent, { type: 'error' }>['failure'] | undefined
  /** Throws when there is none. */
  readonly done: Extract<ModelEvent, { type: 'done' }>
}

/** Reads a stream to its end and holds it to the contract: one last event, and nothing after it. */
export async function gather(
  stream: AsyncIterable<ModelEvent>,
  each: (event: ModelEvent) => void = () => {},
): Promise<Gathered> {
  const events: ModelEvent[] = []
  for await (const event of stream) {
    events.push(event)
    each(event)
  }
  const endings = events.filter((event) => event.type === 'done' || event.type === 'error')
  expect(endings).toHaveLength(1)
  expect(events.at(-1)).toBe(endings[0] as ModelEvent)
  const lastRetry = events.findLastIndex((event) => event.type === 'retry')
  const valid = events.slice(lastRetry + 1)
  const done = valid.find((event) => event.type === 'done')
  const error = valid.find((event) => event.type === 'error')
  return {
    events,
    texts: valid.flatMap((event) => (event.type === 'text' ? [event.text] : [])),
    thinking: valid.map((event) => (event.type === 'thinking' ? event.text : '')).join(''),
    started: valid.flatMap((event) => (event.type === 'call_start' ? [event.name] : [])),
    calls: done?.message.content.flatMap((block) => (block.type === 'call' ? [block] : [])) ?? [],
    retries: events.flatMap((event) => (event.type === 'retry' ? [event] : [])),
    notices: events.flatMap((event) => (event.type === 'notice' ? [event.text] : [])),
    error: error?.failure,
    get done() {
      if (!done) throw new Error(`the stream failed: ${JSON.stringify(error)}`)
      return done
    },
  }
}

export function requestOf(
  wire: Pick<WireUnderTest, 'model'>,
  request: Partial<ModelRequest> = {},
): ModelRequest {
  return {
    model: wire.model,
    system: [{ text: 'You are codi.', stable: true }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    tools: [],
    ...request,
  }
}

export function never(): AbortSignal {
  return new AbortController().signal
}

const strangeConversation: Message[] = [
  { role: 'user', content: [{ type: 'text', text: 'begin' }] },
  {
    role: 'assistant',
    content: [
      { type: 'thinking', text: 'thought elsewhere', wire: 'another', opaque: { model: 'x' } },
      { type: 'text', text: '' },
      { type: 'call', id: 'weird id/with:signs', name: 'read_file', input: { path: 'a' } },
      { type: 'call', id: 'weird id/with:signs', name: 'grep', input: { pattern: 'b' } },
    ],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'result',
        callId: 'weird id/with:signs',
        name: 'read_file',
        content: [{ type: 'text', text: 'the result of the first' }],
        isError: false,
      },
      {
        type: 'result',
        callId: 'nobody asked',
        name: 'grep',
        content: [{ type: 'text', text: 'an orphan' }],
        isError: false,
      },
    ],
  },
  { role: 'user', content: [{ type: 'text', text: 'and now?' }] },
]

const conversationWithImages: Message[] = [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'what is this?' },
      { type: 'image', mediaType: 'image/png', data: 'VVNFUg==' },
    ],
  },
  {
    role: 'assistant',
    content: [{ type: 'call', id: 'call_1', name: 'view_image', input: { path: 'x.png' } }],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'result',
        callId: 'call_1',
        name: 'view_image',
        content: [{ type: 'image', mediaType: 'image/png', data: 'UkVTVUxU', name: 'x.png' }],
        isError: false,
      },
    ],
  },
]
