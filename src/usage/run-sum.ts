/** What the run under way has taken so far, every request of it, and what the next one will take at the least. */
import { costOf } from '../contract/cost.ts'
import { noUsage, type Usage } from '../contract/message.ts'
import type { ModelInfo } from '../contract/provider.ts'
import type { UsageRow } from '../contract/usage.ts'

export interface RunSum {
  /** The entry of its prompt. */
  step: number | undefined
  turn: number | undefined
  limitUsd: number | undefined
  requests: number
  usage: Usage
  /** Of the requests whose price is known. */
  costUsd: number
  unknownPrice: number
  /** The newest request of the conversation itself. */
  last: UsageRow | undefined
}

export function emptyRun(step?: number, limitUsd?: number): RunSum {
  return {
    step,
    limitUsd,
    turn: undefined,
    requests: 0,
    usage: { ...noUsage },
    costUsd: 0,
    unknownPrice: 0,
    last: undefined,
  }
}

export function addRow(run: RunSum, row: UsageRow): void {
  run.requests++
  const { usage } = run
  run.usage = {
    inputTokens: usage.inputTokens + row.inputTokens,
    outputTokens: usage.outputTokens + row.outputTokens,
    cacheReadTokens: usage.cacheReadTokens + row.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens + row.cacheWriteTokens,
    reasoningTokens: usage.reasoningTokens + row.reasoningTokens,
  }
  if (row.costUsd === null) run.unknownPrice++
  else run.costUsd += row.costUsd
  if (row.purpose === 'turn' && row.ok) run.last = row
}

/**
 * Dollars of sending a request of about so many tokens, nothing of its answer; null where nobody knows. Where the last one
 * went through a cache, as much comes from there.
 */
export function sendingCost(
  tokens: number,
  info: ModelInfo,
  last: UsageRow | undefined,
): number | null {
  const isCached =
    last?.model === info.id && last.cacheReadTokens + last.cacheWriteTokens > 0 && !last.estimated
  const cached = isCached
    ? Math.min(tokens, last.inputTokens + last.cacheReadTokens + last.cacheWriteTokens)
    : 0
  return costOf({ ...noUsage, inputTokens: tokens - cached, cacheReadTokens: cached }, info)
}
