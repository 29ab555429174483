/** Providers of every wire, metered: each attempt a row, counted or guessed, with what it cost. */
import { describe, expect, test } from 'bun:test'
import { noUsage } from '../../src/contract/message.ts'
import type { ModelEvent, ModelInfo, ModelRequest } from '../../src/contract/provider.ts'
import type { UsageRow } from '../../src/contract/usage.ts'
import { modelInfo } from '../../src/providers/catalog.ts'
import { createProvider } from '../../src/providers/create.ts'
import type { Refusal } from '../../src/usage/budgets.ts'
import { metered } from '../../src/usage/metered.ts'
import { wholeUsage } from '../../src/usage/whole-usage.ts'
import { type ModelServer, type Step, startModelServer } from '../support/model-server.ts'

interface Wire {
  id: string
  model: string
  key?: string
  path: string
}

const wires: readonly Wire[] = [
  { id: 'anthropic', model: 'claude-sonnet-5-5', key: 'ANTHROPIC_API_KEY', path: '' },
  { id: 'openai', model: 'gpt-6-sol', key: 'OPENAI_API_KEY', path: '/v1' },
  { id: 'openrouter', model: 'openai/gpt-6-sol', key: 'OPENROUTER_API_KEY', path: '/v1' },
  { id: 'ollama', model: 'qwen3-coder', path: '' },
]

interface Watched {
  signal?: AbortSignal
  onText?: () => void
}

interface Met extends Disposable {
  server: ModelServer
  rows: UsageRow[]
  ask(more?: Partial<ModelRequest>, how?: Watched): Promise<ModelEvent[]>
}

async function meet(
  wire: Wire,
  steps: Step[],
  options: { refused?: Refusal; info?: ModelInfo } = {},
): Promise<Met> {
  const server = startModelServer()
  server.script(...steps)
  const inner = await createProvider(wire.id, {
    env: wire.key ? { [wire.key]: 'key' } : {},
    baseUrl: `${server.url}${wire.path}`,
    stallMs: 60_000,
    patience: { firstPauseMs: 1, maxPauseMs: 1 },
  })
  const rows: UsageRow[] = []
  const provider = metered(inner, options.info ?? modelInfo(wire.id, wire.model), {
    about: () => ({ session: 's', step: 1, turn: 1, project: '/p' }),
    keep: (row) => void rows.push(row),
    refusal: async () => options.refused,
    takeAdmitted: () => false,
    infoOf: modelInfo,
    now: () => 1000,
  })
  return {
    server,
    rows,
    async ask(more = {}, { signal = new AbortController().signal, onText } = {}) {
      const events: ModelEvent[] = []
      const request: ModelRequest = {
        model: wire.model,
        system: [{ text: 'You are terse.', stable: true }],
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello, please.' }] }],
        tools: [],
        ...more,
      }
      for await (const event of provider.stream(request, signal)) {
        events.push(event)
        if (event.type === 'text') onText?.()
      }
      return events
    },
    [Symbol.dispose]: () => server.close(),
  }
}

const usage = { input: 1000, output: 200, cacheRead: 3000, cacheWrite: 400, reasoning: 120 }

for (const wire of wires)
  describe(wire.id, () => {
    test('has a row for an answer, reasoning within the output', async () => {
      using met = await meet(wire, [{ text: 'Hello.', usage }])
      const done = (await met.ask()).at(-1)
      const cached = wire.id === 'ollama' ? [0, 0, 0] : [3000, 400, 120]
      expect(met.rows).toHaveLength(1)
      expect(met.rows[0]).toMatchObject({
        ...{ at: 1000, provider: wire.id, model: wire.model, purpose: 'turn', ok: true },
        ...{ inputTokens: 1000, outputTokens: 200, estimated: false },
        ...{ cacheReadTokens: cached[0], cacheWriteTokens: cached[1], reasoningTokens: cached[2] },
      })
      const expected =
        wire.id === 'ollama' ? 0 : (1000 * 2 + 200 * 10 + 3000 * 0.2 + 400 * 2.5) / 1e6
      const own =
        wire.id === 'anthropic' ? (1000 * 2 + 200 * 10 + 3000 * 0.1 + 400 * 2.5) / 1e6 : expected
      expect(met.rows[0]?.costUsd).toBeCloseTo(own, 12)
      expect(done).toMatchObject({ type: 'done', usage: { costUsd: met.rows[0]?.costUsd } })
    })

    test('counts an attempt that broke off in the middle, and the one that followed', async () => {
      const text = 'A long answer that will not come to its end, since somebody pulled the plug.'
      using met = await meet(wire, [
        { text, usage, fault: 'reset' },
        { text: 'Hello.', usage },
      ])
      const events = await met.ask()
      expect(events.some(({ type }) => type === 'retry')).toBe(true)
      expect(met.rows.map(({ ok }) => ok)).toEqual([false, true])
      expect(met.rows[0]?.outputTokens).toBeGreaterThan(3)
      expect(met.rows[0]?.inputTokens).toBeGreaterThan(3)
      expect(met.rows[0]?.costUsd).not.toBeNull()
    })

    test('has no row for a request that was refused', async () => {
      using met = await meet(wire, [{ status: 400, body: { error: { message: 'no' } } }])
      expect((await met.ask()).at(-1)?.type).toBe('error')
      expect(met.rows).toEqual([])
    })

    test('guesses what was streamed before a person stopped it, and says so', async () => {
      const text = 'word '.repeat(200)
      using met = await meet(wire, [{ text, usage, fault: 'stall' }])
      const stop = new AbortController()
      const events = await met.ask({}, { signal: stop.signal, onText: () => stop.abort() })
      expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'cancelled' } })
      expect(met.rows).toHaveLength(1)
      expect(met.rows[0]).toMatchObject({ ok: false, estimated: true })
    })
  })

describe('A meter', () => {
  const [anthropic, openai, openrouter, ollama] = wires as [Wire, Wire, Wire, Wire]
  const chat = (usageBody: Record<string, unknown> | undefined): Step => ({
    status: 200,
    body: JSON.parse(
      JSON.stringify({
        object: 'chat.completion',
        model: 'some/model',
        choices: [
          { message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' },
        ],
        usage: usageBody,
      }),
    ),
  })

  test('guesses where the host counted nothing', async () => {
    using met = await meet(openrouter, [chat(undefined)])
    const done = (await met.ask()).at(-1)
    expect(met.rows[0]).toMatchObject({ estimated: true, ok: true })
    expect(met.rows[0]?.inputTokens).toBeGreaterThan(5)
    expect(met.rows[0]?.outputTokens).toBeGreaterThan(3)
    expect(done).toMatchObject({ type: 'done', usage: { estimated: true } })
  })

  test('guesses what was read where only the answer was counted', async () => {
    using met = await meet(openrouter, [chat({ prompt_tokens: 0, completion_tokens: 7 })])
    await met.ask()
    expect(met.rows[0]).toMatchObject({ estimated: true, outputTokens: 7 })
    expect(met.rows[0]?.inputTokens).toBeGreaterThan(5)
  })

  test('takes what the host says that it took, with what a key of one’s own paid', async () => {
    const tokens = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    using met = await meet(openrouter, [
      chat({ ...tokens, cost: 0.25 }),
      chat({
        ...tokens,
        cost: 0.01,
        is_byok: true,
        cost_details: { upstream_inference_cost: 0.2 },
      }),
      chat({ ...tokens, cost: 0 }),
    ])
    for (let each = 0; each < 3; each++) await met.ask()
    expect(met.rows.map(({ costUsd, priceSource }) => [costUsd, priceSource])).toEqual([
      [0.25, 'host'],
      [0.21000000000000002, 'host'],
      [0, 'host'],
    ])
  })

  test('reads the ticks of xAI, and the thinking that it leaves out of the answer', async () => {
    const xai: Wire = { id: 'xai', model: 'grok-4.5', key: 'XAI_API_KEY', path: '/v1' }
    using met = await meet(xai, [
      chat({
        ...{ prompt_tokens: 100, completion_tokens: 10, total_tokens: 160 },
        completion_tokens_details: { reasoning_tokens: 50 },
        cost_in_usd_ticks: 37_756_000,
      }),
    ])
    await met.ask()
    expect(met.rows[0]).toMatchObject({ outputTokens: 60, reasoningTokens: 50, costUsd: 0.0037756 })
  })

  test('counts the thinking that Google has only in its total', async () => {
    const google: Wire = {
      id: 'google',
      model: 'gemini-3.1-pro',
      key: 'GEMINI_API_KEY',
      path: '/v1',
    }
    using met = await meet(google, [
      chat({ prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 }),
    ])
    await met.ask()
    expect(met.rows[0]).toMatchObject({ inputTokens: 20, outputTokens: 603, reasoningTokens: 405 })
  })

  test('reads what came from a cache under each of its names', async () => {
    const tokens = { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101 }
    using met = await meet(openrouter, [
      chat({ ...tokens, prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 } }),
      chat({ ...tokens, prompt_cache_hit_tokens: 40, prompt_cache_miss_tokens: 60 }),
      chat({ ...tokens, cached_tokens: 40 }),
    ])
    for (let each = 0; each < 3; each++) await met.ask()
    expect(
      met.rows.map((row) => [row.inputTokens, row.cacheReadTokens, row.cacheWriteTokens]),
    ).toEqual([
      [50, 40, 10],
      [60, 40, 0],
      [60, 40, 0],
    ])
  })

  test('does not count reasoning twice where it is in the output already', async () => {
    using met = await meet(openrouter, [
      chat({
        ...{ prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 },
        completion_tokens_details: { reasoning_tokens: 80 },
      }),
    ])
    await met.ask()
    expect(met.rows[0]).toMatchObject({ outputTokens: 100, reasoningTokens: 80 })
  })

  test('prices by the model that answered where the one that was asked has no price', async () => {
    const auto: Wire = { ...openrouter, model: 'openrouter/auto' }
    const body = {
      object: 'chat.completion',
      model: 'openai/gpt-6-sol',
      choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1_000, completion_tokens: 0, total_tokens: 1_000 },
    }
    using met = await meet(auto, [{ status: 200, body }])
    await met.ask()
    expect(met.rows[0]).toMatchObject({ answered: 'openai/gpt-6-sol', costUsd: 0.002 })
  })

  test('leaves unknown what nobody knows', async () => {
    using met = await meet({ ...openai, model: 'gpt-99' }, [{ text: 'Hi', usage }])
    const done = (await met.ask()).at(-1)
    expect(met.rows[0]).toMatchObject({ costUsd: null, priceSource: null })
    expect(done).toMatchObject({ usage: { costUsd: null } })
  })

  test('adds up whatever a host says that it counted, and takes no price below nothing', async () => {
    const nonsense = { input: 1.5, output: -200, cacheRead: 1e308, reasoning: -1 }
    using met = await meet(openai, [{ text: 'Hi', usage: nonsense }])
    const done = (await met.ask()).at(-1)
    const [row] = met.rows
    for (const count of [row?.inputTokens, row?.outputTokens, row?.cacheReadTokens])
      expect(count).toSatisfy((value) => Number.isSafeInteger(value) && Number(value) >= 0)
    expect(row?.costUsd).toBeGreaterThanOrEqual(0)
    expect(done).toMatchObject({ type: 'done', usage: { costUsd: row?.costUsd } })
    const usage = { ...noUsage, inputTokens: 10 }
    expect(wholeUsage({ ...usage, costUsd: -5 })).toEqual(usage)
    expect(wholeUsage({ ...usage, costUsd: null })).toEqual({ ...usage, costUsd: null })
    expect(wholeUsage({ ...usage, outputTokens: Number.NaN })).toEqual(usage)
  })

  test('sends nothing that a budget refuses', async () => {
    const refused: Refusal = { stop: 'budget', message: 'Stopped at $1.00' }
    using met = await meet(anthropic, [{ text: 'Hi' }], { refused })
    expect(await met.ask()).toEqual([
      { type: 'error', failure: { kind: 'budget', message: 'Stopped at $1.00' } },
    ])
    expect(met.server.requests).toEqual([])
    expect(met.rows).toEqual([])
  })

  test('knows what a request is for', async () => {
    using met = await meet(ollama, [{ text: 'Hi' }])
    await met.ask({ purpose: 'label' })
    expect(met.rows[0]?.purpose).toBe('label')
  })
})
