/** Sums of requests: added up so that money stays exact to a billionth of a dollar. */
import type { UsageSum } from '../contract/usage.ts'

export const noSum: Readonly<UsageSum> = Object.freeze({
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  knownCostUsd: 0,
  unknownPrice: 0,
  estimated: 0,
  failed: 0,
  ms: 0,
  calls: 0,
})

const nanos = 1e9

export function addSum(a: Readonly<UsageSum>, b: Readonly<UsageSum>): UsageSum {
  const sum = { ...a }
  for (const name of Object.keys(noSum) as (keyof UsageSum)[]) sum[name] += b[name]
  // Whole billionths do not drift as fractions do.
  sum.knownCostUsd =
    (Math.round(a.knownCostUsd * nanos) + Math.round(b.knownCostUsd * nanos)) / nanos
  return sum
}
