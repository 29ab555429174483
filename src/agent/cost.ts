/** Sums of tokens, and what they cost. */
import type { Usage } from '../contract/message.ts'
import type { ModelInfo } from '../contract/provider.ts'

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

/** US dollars; null where the price of the model is not known. Cache reads and writes fall back to the input price. */
export function costOf(usage: Usage, info: ModelInfo): number | null {
  if (info.free) return 0
  const price = info.price
  if (!price) return null
  return (
    perMillion *
    (usage.inputTokens * price.input +
      usage.outputTokens * price.output +
      usage.cacheReadTokens * (price.cacheRead ?? price.input) +
      usage.cacheWriteTokens * (price.cacheWrite ?? price.input))
  )
}
