/** What requests cost: by the catalogue, by the person's own prices, by steps; and what nobody knows. */
import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import type { JsonObject } from '../../src/base/json.ts'
import { costOf } from '../../src/contract/cost.ts'
import { noUsage } from '../../src/contract/message.ts'
import { modelInfo, priceDate, priceList } from '../../src/providers/catalog.ts'
import { openPriceBook } from '../../src/usage/prices.ts'
import { temporary } from './rows.ts'

const million = 1_000_000

function book(settings: JsonObject | undefined, options: { file?: string; now?: string } = {}) {
  const warnings: string[] = []
  const opened = openPriceBook({
    settings,
    file: options.file ?? '/nowhere/prices.json',
    now: () => Date.parse(options.now ?? '2026-11-22T12:00:00'),
    warn: (text) => warnings.push(text),
  })
  return {
    warnings,
    price: (provider: string, model: string) =>
      opened.applied(provider, modelInfo(provider, model)).price,
  }
}

describe('A cost', () => {
  const price = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 }

  test('has a column for what a cache gave and took, and counts reasoning once', () => {
    const usage = {
      inputTokens: million,
      outputTokens: million,
      cacheReadTokens: million,
      cacheWriteTokens: million,
      reasoningTokens: million,
    }
    expect(costOf(usage, { price })).toBeCloseTo(2 + 10 + 0.2 + 2.5, 9)
    expect(costOf(usage, { price: { input: 2, output: 10 } })).toBeCloseTo(16, 9)
  })

  test('is unknown without a price, nothing where it is free, and what the host says before all', () => {
    const usage = { ...noUsage, inputTokens: 10 }
    expect(costOf(usage, {})).toBeNull()
    expect(costOf(usage, { free: true })).toBe(0)
    expect(costOf(usage, { free: true, price })).toBeGreaterThan(0)
    expect(costOf({ ...usage, costUsd: 0.5 }, { price })).toBe(0.5)
    expect(costOf({ ...usage, costUsd: null }, { price })).toBeNull()
  })

  test('takes the whole request at the step that it is above', () => {
    const stepped = {
      ...price,
      above: [
        { tokens: 200_000, input: 4, output: 20 },
        { tokens: 500_000, input: 8, output: 40 },
      ],
    }
    const cost = (inputTokens: number, cacheReadTokens: number) =>
      costOf({ ...noUsage, inputTokens, cacheReadTokens }, { price: stepped }) ?? -1
    expect(cost(200_000, 0)).toBeCloseTo(0.4, 9)
    expect(cost(200_001, 0)).toBeCloseTo(0.800004, 9)
    expect(cost(100_000, 100_001)).toBeCloseTo(0.800004, 9)
    expect(cost(600_000, 0)).toBeCloseTo(4.8, 9)
  })
})

describe('The catalogue', () => {
  test('dates every price', () => {
    const rows = priceList()
    expect(rows.length).toBeGreaterThan(30)
    expect(rows.every(({ price }) => price.date === priceDate)).toBe(true)
    expect(rows.every(({ price }) => price.source === 'catalogue')).toBe(true)
  })

  test('knows the step of a long context', () => {
    expect(modelInfo('anthropic', 'claude-haiku-5-5').price?.above).toEqual([
      { tokens: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
    ])
    expect(modelInfo('openai', 'gpt-6.1-sol').price?.above?.[0]).toMatchObject({
      tokens: 272_000,
      input: 4,
      output: 15,
    })
    expect(modelInfo('openai', 'gpt-5.2').price?.above).toBeUndefined()
  })

  test('gives no price where another host than the maker decides it', () => {
    expect(modelInfo('deepseek', 'deepseek-v4-pro').price?.input).toBe(0.435)
    expect(modelInfo('together', 'deepseek-ai/deepseek-v4-pro').price).toBeUndefined()
    expect(modelInfo('openai-compatible', 'gpt-5').price).toBeUndefined()
    expect(modelInfo('azure', 'gpt-5').price?.input).toBe(1.25)
    expect(modelInfo('openrouter', 'openai/gpt-5').price?.input).toBe(1.25)
  })

  test('calls what runs here free, and what Ollama runs elsewhere unknown', () => {
    expect(modelInfo('ollama', 'qwen3-coder').free).toBe(true)
    expect(modelInfo('openrouter', 'deepseek/deepseek-v4-pro:free').free).toBe(true)
    expect(modelInfo('openrouter', 'deepseek/deepseek-v4-pro').free).toBeUndefined()
    expect(modelInfo('ollama', 'gpt-oss:120b-cloud').free).toBeUndefined()
    expect(costOf(noUsage, modelInfo('ollama', 'gpt-oss:120b-cloud'))).toBeNull()
  })
})

describe("A person's prices", () => {
  test('come before the catalogue, the closest pattern first', () => {
    const { price } = book({
      '*': { input: 1, output: 1 },
      'anthropic/*': { input: 2, output: 2 },
      'anthropic/claude-sonnet-5-5': { input: 3, output: 3 },
      'local-*': { input: 4, output: 4 },
    })
    expect(price('anthropic', 'claude-sonnet-5-5')).toEqual({
      input: 3,
      output: 3,
      source: 'settings',
    })
    expect(price('anthropic', 'claude-opus-5')?.input).toBe(2)
    expect(price('openai', 'gpt-5')?.input).toBe(1)
    expect(price('ollama', 'Local-7b')?.input).toBe(4)
  })

  test('begin at their day, and the newest that has begun counts', () => {
    const prices = {
      'openai/gpt-5': [
        { input: 1, output: 1 },
        { input: 2, output: 2, since: '2026-10-01' },
        { input: 3, output: 3, since: '2026-12-01' },
      ],
    }
    const at = (now: string) => book(prices, { now }).price('openai', 'gpt-5')
    expect(at('2026-09-30T23:59:00')?.input).toBe(1)
    expect(at('2026-11-22T12:00:00')).toMatchObject({ input: 2, date: '2026-10-01' })
    expect(at('2026-12-01T00:00:00')?.input).toBe(3)
    const later = { 'openai/gpt-5': { input: 9, output: 9, since: '2030-01-01' } }
    expect(book(later).price('openai', 'gpt-5')?.source).toBe('catalogue')
  })

  test('may lie in a file, which settings come before', () => {
    using place = temporary()
    const file = place.path('prices.json')
    writeFileSync(
      file,
      '{\n // dollars a million\n "a/*": {"input": 1, "output": 2},\n "b/*": {"input": 5, "output": 5},}',
    )
    const { price, warnings } = book({ 'b/x': { input: 6, output: 6 } }, { file })
    expect(price('a', 'x')).toEqual({ input: 1, output: 2, source: 'prices.json' })
    expect(price('b', 'x')?.input).toBe(6)
    expect(warnings).toEqual([])
  })

  const wrong: [what: string, value: JsonObject, said: string][] = [
    ['no output', { input: 1 }, 'output wants dollars'],
    ['a text', { input: '1', output: 2 }, 'input wants dollars'],
    ['less than nothing', { input: -1, output: 2 }, 'input wants dollars'],
    ['an unknown column', { input: 1, output: 2, ouput: 3 }, 'it has no "ouput"'],
    ['no such day', { input: 1, output: 2, since: '2026-02-31x' }, 'since wants a day'],
    ['a step without tokens', { input: 1, output: 2, above: { input: 1, output: 1 } }, 'tokens'],
  ]
  for (const [what, value, said] of wrong)
    test(`are left out with a word where there is ${what}`, () => {
      const { price, warnings } = book({ 'openai/gpt-5': value })
      expect(price('openai', 'gpt-5')?.source).toBe('catalogue')
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toContain(said)
      expect(warnings[0]).toContain('openai/gpt-5')
    })

  test('are none where the file is broken, said once', () => {
    using place = temporary()
    writeFileSync(place.path('prices.json'), '{"a": ')
    const { price, warnings } = book(undefined, { file: place.path('prices.json') })
    expect(price('openai', 'gpt-5')?.input).toBe(1.25)
    expect(price('openai', 'gpt-5')?.input).toBe(1.25)
    expect(warnings).toHaveLength(1)
  })
})
