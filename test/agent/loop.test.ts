import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { runLoop } from '../../src/agent/loop.ts'
import type { AnyTool } from '../../src/contract/tool.ts'
import { agentTrace, itemsFrom, loggingTools, resultTexts, userMessage } from '../support/agent.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const prompt = itemsFrom([userMessage('do it')])
const never = new AbortController().signal
const read = (name: string) => ({ name: 'read', input: { name } })
const write = (name: string) => ({ name: 'write', input: { name } })

describe('the loop', () => {
  test('answers a prompt without calls in one turn', async () => {
    const trace = agentTrace(scriptedProvider([{ text: 'hello' }]))
    const outcome = await runLoop(trace.config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'end', text: 'hello', turns: 1, costUsd: 0 })
    expect(trace.entries).toHaveLength(1)
  })

  test('tells the model what came to pass meanwhile, before the request that follows', async () => {
    const provider = scriptedProvider([{ calls: [read('a')] }, { calls: [read('b')] }, {}])
    const notes = [[], ['sh_1 ended'], []]
    const trace = agentTrace(provider, {
      overrides: { takeNotes: () => notes.shift() ?? [] },
    })
    await runLoop(trace.config, prompt, never)
    const note = userMessage('sh_1 ended')
    expect(provider.requests.map(({ messages }) => messages.at(-1)?.role)).toEqual([
      'user',
      'user',
      'tool',
      'user',
    ])
    expect(provider.requests[1]?.messages.at(-1)).toEqual(note)
    expect(trace.entries).toContainEqual({ type: 'message', message: note })
  })

  test('hands on to the tool what the gate gives it', async () => {
    const seen: unknown[] = []
    const access = { gitWrite: true as const }
    const trace = agentTrace(scriptedProvider([{ calls: [write('a')] }, { text: 'done' }]), {
      tools: (log) =>
        loggingTools(log).map((tool) => ({
          ...tool,
          async run(_input, context) {
            seen.push(context.approved?.access)
            return { content: '' }
          },
        })),
      overrides: {
        gate: { mode: 'auto', check: async () => ({ allow: true, by: 'rule', access }) },
      },
    })
    await runLoop(trace.config, prompt, never)
    expect(seen).toEqual([access])
  })

  test('runs neighbouring reads together and writes alone and in order', async () => {
    const provider = scriptedProvider([
      { calls: [read('a'), read('b'), write('c'), write('d'), read('e')] },
      { text: 'done' },
    ])
    const trace = agentTrace(provider)
    await runLoop(trace.config, prompt, never)
    expect(trace.log).toEqual([
      'read a begins',
      'read b begins',
      'read a ends',
      'read b ends',
      'write c begins',
      'write c ends',
      'write d begins',
      'write d ends',
      'read e begins',
      'read e ends',
    ])
    const results = provider.requests[1]?.messages.at(-1)
    expect(results?.content.map((block) => block.type === 'result' && block.callId)).toEqual([
      'call_1',
      'call_2',
      'call_3',
      'call_4',
      'call_5',
    ])
  })

  test('runs at most eight reads at once', async () => {
    let running = 0
    let most = 0
    const gauge: AnyTool = {
      name: 'gauge',
      text: 'gauge',
      input: Type.Object({}),
      effect: 'read',
      async run() {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return { content: 'ok' }
      },
    }
    const calls = Array.from({ length: 30 }, () => ({ name: 'gauge' }))
    const trace = agentTrace(scriptedProvider([{ calls }, { text: 'done' }]), {
      tools: () => [gauge],
    })
    await runLoop(trace.config, prompt, never)
    expect(most).toBe(8)
  })

  test('answers a failing, an unknown and a malformed call with an error that tells what to do', async () => {
    const provider = scriptedProvider([
      {
        calls: [
          { name: 'fail', input: { name: 'x' } },
          { name: 'zzz', input: {} },
          { name: 'read', malformed: '{"name": ' },
          { name: 'read', input: {} },
        ],
      },
      { text: 'done' },
    ])
    const trace = agentTrace(provider)
    const outcome = await runLoop(trace.config, prompt, never)
    const texts = resultTexts(trace, outcome.calls)
    expect(outcome.calls.map(({ ok }) => ok)).toEqual([false, false, false, false])
    expect(texts[0]).toContain('cannot x')
    expect(texts[1]).toContain('There is no tool "zzz"')
    expect(texts[2]).toContain('not valid JSON')
    expect(texts[3]).toContain('name is missing')
  })

  test('puts names, parameters and types right and says so', async () => {
    const provider = scriptedProvider([
      {
        calls: [
          { name: 'cat', input: { file: 'a', count: '3' } },
          { name: 'Reed', input: { name: 'b' } },
        ],
      },
      { text: 'done' },
    ])
    const trace = agentTrace(provider)
    const outcome = await runLoop(trace.config, prompt, never)
    expect(trace.log).toContain('read a begins')
    expect(outcome.calls[0]?.name).toBe('read')
    expect(resultTexts(trace, outcome.calls)[0]?.split('\n')[0]).toBe(
      '[tool cat is called read; parameter file is called name]',
    )
  })

  test('stops with every call answered when interrupted in the middle of a call', async () => {
    const controller = new AbortController()
    const begun = Promise.withResolvers<void>()
    const slow: AnyTool = {
      name: 'slow',
      text: 'slow',
      input: Type.Object({}),
      effect: 'execute',
      request: async () => ({ summary: 'slow', paths: [], hosts: [], command: 'true' }),
      run: (_input, context) =>
        new Promise((_, reject) => {
          begun.resolve()
          context.signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    }
    const provider = scriptedProvider([{ calls: [{ name: 'slow' }, { name: 'slow' }] }])
    const trace = agentTrace(provider, { tools: () => [slow] })
    const running = runLoop(trace.config, prompt, controller.signal)
    await begun.promise
    controller.abort()
    const outcome = await running
    expect(outcome.stop).toBe('interrupted')
    expect(outcome.calls).toHaveLength(2)
    expect(trace.entries.filter((entry) => entry.type === 'result')).toHaveLength(2)
    expect(provider.requests).toHaveLength(1)
  })

  test('leaves a tool behind that ignores the interrupt', async () => {
    const controller = new AbortController()
    const begun = Promise.withResolvers<void>()
    const deaf: AnyTool = {
      name: 'deaf',
      text: 'deaf',
      input: Type.Object({}),
      effect: 'read',
      run: () => {
        begun.resolve()
        return new Promise(() => undefined)
      },
    }
    const trace = agentTrace(scriptedProvider([{ calls: [{ name: 'deaf' }] }]), {
      tools: () => [deaf],
    })
    const running = runLoop(trace.config, prompt, controller.signal)
    await begun.promise
    controller.abort()
    expect((await running).stop).toBe('interrupted')
  })

  test('keeps what was streamed when interrupted while the model speaks', async () => {
    const controller = new AbortController()
    const trace = agentTrace(
      scriptedProvider([{ text: 'half a', until: new Promise(() => undefined) }]),
      {
        overrides: {
          draft: () => controller.abort(),
        },
      },
    )
    const outcome = await runLoop(trace.config, prompt, controller.signal)
    expect(outcome).toMatchObject({ stop: 'interrupted', text: 'half a' })
    expect(trace.entries).toHaveLength(1)
  })

  test('keeps what is streamed before it is shown', async () => {
    const order: string[] = []
    const trace = agentTrace(scriptedProvider([{ text: 'first line\nsecond line\nthird' }]), {
      overrides: { draft: (added) => void order.push(`kept ${added}`) },
    })
    const { config } = trace
    await runLoop(
      {
        ...config,
        emit(event) {
          if (event.type === 'text') order.push(`shown ${event.text}`)
        },
      },
      prompt,
      never,
    )
    // The answer itself takes the place of what was kept of it.
    expect(order.splice(-1)).toEqual(['kept '])
    const shown = order.filter((line) => line.startsWith('shown '))
    expect(shown.length).toBeGreaterThan(0)
    expect(order).toEqual(shown.flatMap((line) => [line.replace('shown', 'kept'), line]))
  })

  test('takes back streamed text when the request is tried again, and runs no tool twice', async () => {
    const provider = scriptedProvider([
      { retried: 'wrong start', text: 'right', calls: [write('a')] },
      { text: 'done' },
    ])
    const trace = agentTrace(provider)
    const outcome = await runLoop(trace.config, prompt, never)
    expect(trace.events.some((event) => event.type === 'retract')).toBe(true)
    expect(trace.log).toEqual(['write a begins', 'write a ends'])
    expect(outcome.text).toBe('done')
  })

  test('delivers steering at the next call boundary and the queue only when the turn would end', async () => {
    const waiting = { steer: [userMessage('hurry')], queue: [userMessage('then this')] }
    const provider = scriptedProvider([
      { calls: [read('a')] },
      { text: 'first' },
      { text: 'second' },
    ])
    const trace = agentTrace(provider, {
      overrides: {
        take: (how) => waiting[how].splice(0) as never,
      },
    })
    const outcome = await runLoop(trace.config, prompt, never)
    const lastTexts = provider.requests.map(({ messages }) => {
      const block = messages.at(-1)?.content[0]
      return block?.type === 'text' ? block.text : block?.type
    })
    expect(lastTexts).toEqual(['do it', 'hurry', 'then this'])
    expect(outcome.text).toBe('second')
  })
})

describe('the loop does not run for ever', () => {
  test('stops when the same call has the same result three times', async () => {
    const provider = scriptedProvider(Array.from({ length: 9 }, () => ({ calls: [read('a')] })))
    const outcome = await runLoop(agentTrace(provider).config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'loop', turns: 3 })
    expect(outcome.failure?.message).toContain('read')
  })

  test('stops when the same failure comes three times, also with other arguments between', async () => {
    const calls = ['x', 'x', 'x', 'x'].map((name, at) => ({
      calls: [{ name: 'fail', input: { name, count: at } }],
    }))
    const outcome = await runLoop(agentTrace(scriptedProvider(calls)).config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'loop', turns: 3 })
  })

  test('goes on when a person says so', async () => {
    const answers = [...Array.from({ length: 3 }, () => ({ calls: [read('a')] })), { text: 'done' }]
    const trace = agentTrace(scriptedProvider(answers), { overrides: { goOn: async () => true } })
    expect((await runLoop(trace.config, prompt, never)).stop).toBe('end')
  })

  test('stops at the limit of turns', async () => {
    const calls = ['a', 'b', 'c', 'd'].map((name) => ({ calls: [read(name)] }))
    const trace = agentTrace(scriptedProvider(calls), { overrides: { limits: { maxTurns: 2 } } })
    const outcome = await runLoop(trace.config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'max_turns', turns: 2 })
    expect(outcome.calls).toHaveLength(2)
  })

  test('stops at the limit of cost', async () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 0 }
    const calls = ['a', 'b', 'c'].map((name) => ({ calls: [read(name)], usage }))
    const trace = agentTrace(scriptedProvider(calls), {
      overrides: {
        info: { id: 'm', price: { input: 1, output: 1 } },
        limits: { maxTurns: 9, maxCostUsd: 1.5 },
      },
    })
    expect(await runLoop(trace.config, prompt, never)).toMatchObject({
      stop: 'max_cost',
      turns: 2,
      costUsd: 2,
    })
  })

  test('stops when its time is up', async () => {
    const trace = agentTrace(
      scriptedProvider([{ text: 'slow', until: new Promise(() => undefined) }]),
      {
        overrides: { limits: { maxTurns: 9, deadlineMs: Date.now() + 30 } },
      },
    )
    expect((await runLoop(trace.config, prompt, never)).stop).toBe('timeout')
  })

  test('refuses to send what cannot fit, before it is sent', async () => {
    const provider = scriptedProvider([{ text: 'never' }])
    const trace = agentTrace(provider, { overrides: { info: { id: 'm', contextWindow: 4096 } } })
    const outcome = await runLoop(
      trace.config,
      itemsFrom([userMessage('word '.repeat(20_000))]),
      never,
    )
    expect(outcome.failure?.kind).toBe('context_overflow')
    expect(provider.requests).toHaveLength(0)
  })

  test('continues an answer that was cut at the output limit, but not for ever', async () => {
    const provider = scriptedProvider(
      Array.from({ length: 9 }, () => ({ text: 'more', stop: 'length' as const })),
    )
    const outcome = await runLoop(agentTrace(provider).config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'length', turns: 4 })
  })

  test('asks once more after an empty answer, then gives up', async () => {
    const provider = scriptedProvider([{}, {}, {}])
    const outcome = await runLoop(agentTrace(provider).config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'error', turns: 2 })
  })
})

describe('denied calls', () => {
  const denying = (answer: 'deny' | 'abort') => ({
    permission: async () => ({ answer, reason: 'use the other file' }) as const,
    question: async () => undefined,
  })

  test('reach the model with the reason, and it may go on', async () => {
    const provider = scriptedProvider([
      { calls: [write('a')] },
      { calls: [read('b')] },
      { text: 'done' },
    ])
    const trace = agentTrace(provider, { mode: 'ask', person: denying('deny') })
    const outcome = await runLoop(trace.config, prompt, never)
    expect(trace.log).toEqual(['read b begins', 'read b ends'])
    expect(JSON.stringify(provider.requests[1]?.messages)).toContain('use the other file')
    expect(outcome.stop).toBe('end')
  })

  test('end the run with `denied` when nobody could be asked and the model gave up', async () => {
    const provider = scriptedProvider([{ calls: [write('a')] }, { text: 'I could not' }])
    const trace = agentTrace(provider, { mode: 'ask' })
    const outcome = await runLoop(trace.config, prompt, never)
    expect(outcome).toMatchObject({ stop: 'denied', text: 'I could not' })
    expect(trace.log).toEqual([])
  })

  test('stop the turn at once when the person says so, the other calls answered', async () => {
    const provider = scriptedProvider([{ calls: [write('a'), write('b')] }])
    const trace = agentTrace(provider, { mode: 'ask', person: denying('abort') })
    const outcome = await runLoop(trace.config, prompt, never)
    expect(outcome.stop).toBe('denied')
    expect(outcome.calls).toHaveLength(2)
    expect(trace.entries.filter((entry) => entry.type === 'result')).toHaveLength(2)
  })
})

describe('models without native calls', () => {
  test('get their tools as text and their written calls are run', async () => {
    const provider = scriptedProvider([
      { text: 'I look.\n```json\n{"name": "read", "arguments": {"name": "a"}}\n```' },
      { text: 'done' },
    ])
    const trace = agentTrace(provider, { overrides: { nativeCalls: false, textCalls: true } })
    const outcome = await runLoop(trace.config, prompt, never)
    expect(trace.log).toEqual(['read a begins', 'read a ends'])
    expect(provider.requests[0]?.tools).toEqual([])
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({
      role: 'user',
      content: [{ text: '[Result of read]' }, { text: 'read a' }],
    })
    expect(outcome.text).toBe('done')
  })
})

test('a result that is too long is cut for the model and kept whole', async () => {
  const kept: string[] = []
  const tools = (log: string[]): AnyTool[] => [
    ...loggingTools(log),
    {
      name: 'long',
      text: 'long',
      input: Type.Object({}),
      effect: 'read',
      run: async () => ({ content: 'line of text\n'.repeat(20_000) }),
    },
  ]
  const trace = agentTrace(scriptedProvider([{ calls: [{ name: 'long' }] }, { text: 'done' }]), {
    tools,
  })
  const context = trace.config.context
  trace.config.context = (callId, signal) => ({
    ...context(callId, signal),
    results: {
      directory: '',
      put: async (text) => `r${kept.push(text)}`,
      adopt: async () => '',
      path: () => undefined,
      list: () => [],
    },
  })
  const outcome = await runLoop(trace.config, prompt, never)
  const [text = ''] = resultTexts(trace, outcome.calls)
  expect(text.length).toBeLessThan(51_000)
  expect(text).toContain('recall_result {"id":"r1"}')
  expect(kept[0]).toHaveLength(260_000)
})

test('the outcome of a run holds no results, and long texts of its calls are cut', async () => {
  const provider = scriptedProvider([{ calls: [read('x'.repeat(9000))] }, { text: 'done' }])
  const trace = agentTrace(provider)
  const { calls } = await runLoop(trace.config, prompt, never)
  expect(calls).toEqual([
    {
      id: 'call_1',
      name: 'read',
      input: { name: expect.any(String) },
      ok: true,
      ms: expect.any(Number),
    },
  ])
  expect(String(calls[0]?.input.name).length).toBeLessThan(2100)
  const started = trace.events.find((event) => event.type === 'call_start')
  expect(started?.type === 'call_start' && String(started.input.name).length).toBe(9000)
})
