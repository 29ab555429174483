/**
 * Rows of the ledger from what sessions have kept: for a ledger that was lost, or is younger than they are. A fork counts
 * only what came after it, and what another program did is no spending of codi's.
 */
import type { Usage } from '../contract/message.ts'
import type { Entry, Session, SessionSummary } from '../contract/session.ts'
import type { UsageRow } from '../contract/usage.ts'
import type { SessionStore } from '../sessions/store.ts'

/** Of every session that `isKnown` does not know. */
export function* rowsOfSessions(
  store: Pick<SessionStore, 'list' | 'open'>,
  isKnown: (session: string) => boolean,
): Generator<UsageRow> {
  for (const summary of store.list({ archived: 'with' })) {
    if (summary.importedFrom || isKnown(summary.id)) continue
    yield* rowsOf(summary, store.open(summary.id))
  }
}

function* rowsOf(summary: SessionSummary, session: Session): Generator<UsageRow> {
  const copied = summary.forkedFrom?.entry ?? 0
  let step: number | null = null
  for (const entry of session.entries()) {
    if (entry.type === 'message' && entry.message.role === 'user') step = entry.id
    const spent = entry.id > copied ? spentOn(entry) : undefined
    if (!spent) continue
    const { usage, costUsd } = spent
    yield {
      ...{ at: entry.at, session: summary.id, step, turn: null, project: summary.cwd },
      provider: spent.provider ?? summary.provider,
      model: spent.model ?? summary.model,
      ...{ answered: null, purpose: spent.purpose, calls: spent.calls, ok: true, ms: 0 },
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cacheReadTokens: usage.cacheReadTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
      reasoningTokens: usage.reasoningTokens,
      ...{ costUsd, priceSource: costUsd === null ? null : 'session', priceDate: null },
      estimated: usage.estimated === true,
    }
  }
}

interface Spent {
  usage: Usage
  costUsd: number | null
  purpose: string
  calls: number
  provider?: string | undefined
  model?: string | undefined
}

function spentOn(entry: Entry): Spent | undefined {
  if (entry.type === 'request') {
    const { usage, costUsd, purpose, provider, model } = entry
    return { usage, costUsd, purpose, provider, model, calls: 0 }
  }
  if (entry.type !== 'message' || !entry.usage || entry.message.role !== 'assistant')
    return undefined
  const { usage, costUsd = null, provider, model, message } = entry
  const calls = message.content.filter((block) => block.type === 'call').length
  return { usage, costUsd, purpose: 'turn', provider, model, calls }
}
