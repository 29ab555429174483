/** What a host says that it counted, as figures that add up: a host may say anything, and budgets go by it. */
import type { Usage } from '../contract/message.ts'

/** Far beyond any request, and far below where sums of many are no longer exact. */
const maxTokens = 1e9
const maxCostUsd = 1e6

/** Counts become whole and never negative; a price that is none is as if the host had said nothing. */
export function wholeUsage({ costUsd, ...usage }: Usage): Usage {
  const isPrice = costUsd === null || (costUsd !== undefined && isBetween(costUsd, maxCostUsd))
  return {
    ...usage,
    inputTokens: whole(usage.inputTokens),
    outputTokens: whole(usage.outputTokens),
    cacheReadTokens: whole(usage.cacheReadTokens),
    cacheWriteTokens: whole(usage.cacheWriteTokens),
    reasoningTokens: whole(usage.reasoningTokens),
    ...(isPrice ? { costUsd } : {}),
  }
}

function whole(count: number): number {
  return Number.isFinite(count) ? Math.min(maxTokens, Math.max(0, Math.round(count))) : 0
}

function isBetween(value: number, most: number): boolean {
  return value >= 0 && value <= most
}
