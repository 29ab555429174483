/** What is left of thirty facts after a long piece of work was summarised. */
import { expect, test } from 'bun:test'
import { compact } from '../../src/agent/compact.ts'
import type { ContextCare } from '../../src/agent/context-care.ts'
import type { ContextItem } from '../../src/contract/context-items.ts'
import { tracedCare } from '../support/care.ts'
import { facts, faithfulSummary, keptFacts, plantedWork } from '../support/planted-facts.ts'

const work = plantedWork(200_000)

async function summarised(care: ContextCare, items: readonly ContextItem[] = work) {
  const done = await compact(items, {
    ...{ care, by: 'budget' as const, window: 200_000, keep: 20_000, worth: 1 },
    sizeOf: (list) => care.meter.messages(list.map((item) => item.message)),
    record: () => items.length + 10,
    emit: () => undefined,
    signal: new AbortController().signal,
  })
  return done ?? []
}

test('a summariser that does what it is asked loses nothing, over many pieces', async () => {
  const care = tracedCare({
    answer: async ({ text }) => faithfulSummary(text),
    summaryWindow: 32_000,
  })
  const items = await summarised(care)
  expect(care.asked.length).toBeGreaterThan(2)
  expect(care.meter.messages(work.map((item) => item.message))).toBeGreaterThan(180_000)
  expect(care.meter.messages(items.map((item) => item.message))).toBeLessThan(30_000)
  expect(facts.filter((fact) => !keptFacts(items).includes(fact))).toEqual([])
})

test('without a model nearly everything that was said, changed or failed is kept', async () => {
  const care = tracedCare()
  const { ask: _ask, ...summarizer } = care.summarizer
  const items = await summarised({ ...care, summarizer })
  const kept = keptFacts(items)
  expect(kept.length).toBeGreaterThanOrEqual(28)
  const lost = facts.filter((fact) => !kept.includes(fact)).map(({ kind }) => kind)
  expect(lost).not.toContain('wish')
  expect(lost).not.toContain('failure')
  expect(lost).not.toContain('change')
})

test('without a model, in a window of 8,192 tokens the wishes are kept', async () => {
  const care = tracedCare()
  const { ask: _ask, ...summarizer } = care.summarizer
  const items = await compact(work, {
    ...{ care: { ...care, summarizer }, by: 'budget' as const, window: 8192, keep: 1000, worth: 1 },
    sizeOf: (list) => care.meter.messages(list.map((item) => item.message)),
    record: () => work.length + 10,
    emit: () => undefined,
    signal: new AbortController().signal,
  })
  const kept = keptFacts(items ?? []).filter(({ kind }) => kind === 'wish')
  expect(kept).toHaveLength(facts.filter(({ kind }) => kind === 'wish').length)
})
