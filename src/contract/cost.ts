/** Sums of tokens, and what they cost: the one formula, for the loop and the ledger. Unknown is null and never 0. */
import type { Usage } from './message.ts'
import type { ModelInfo, ModelPrice, TokenPrice } from './provider.ts'

const perMillion = 1 / 1_000_000

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  }
}

/** US dollars; null where nobody knows. What the host itself says counts before any table. */
export function costOf(usage: Usage, info: Pick<ModelInfo, 'free' | 'price'>): number | null {
  if (usage.costUsd !== undefined) return usage.costUsd
  if (info.price) return priced(usage, info.price)
  return info.free ? 0 : null
}

/** Reasoning is part of the output, and what a cache took or gave has a column of its own. */
function priced(usage: Usage, price: ModelPrice): number {
  const read = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  const row = rowFor(read, price)
  return (
    perMillion *
    (usage.inputTokens * row.input +
      usage.outputTokens * row.output +
      usage.cacheReadTokens * (row.cacheRead ?? row.input) +
      usage.cacheWriteTokens * (row.cacheWrite ?? row.input))
  )
}

/** The highest step that a request of so many tokens is above. */
function rowFor(readTokens: number, price: ModelPrice): TokenPrice {
  let row: TokenPrice & { tokens?: number } = price
  for (const step of price.above ?? [])
    if (readTokens > step.tokens && step.tokens >= (row.tokens ?? 0)) row = step
  return row
}
