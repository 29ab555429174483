/**
 * What requests to models took: rows that are only ever added, one a request, and the sums, reports and budgets made of
 * them. Money is known, or it is unknown (null); it is never 0 for want of a price.
 */

export interface UsageRow {
  /** Milliseconds since the epoch. */
  at: number
  /** Null: of no session that is kept. */
  session: string | null
  /** The entry of the prompt that it worked for. */
  step: number | null
  turn: number | null
  provider: string
  model: string
  /** The model that really answered, where it is another. */
  answered: string | null
  /** Root of the workspace. */
  project: string
  /** `turn`, `summary`, `label`, `embedding` … */
  purpose: string
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  reasoningTokens: number
  /** US dollars, to a billionth. */
  costUsd: number | null
  /** Where the price came from: `catalogue`, `settings`, `prices.json`, `host`, `free`; null: unknown. */
  priceSource: string | null
  priceDate: string | null
  /** Tokens were guessed, not counted. */
  estimated: boolean
  ok: boolean
  ms: number
  /** Calls of tools that the answer asked for. */
  calls: number
}

export interface UsageSum {
  requests: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  reasoningTokens: number
  /** Of the requests whose price is known. */
  knownCostUsd: number
  unknownPrice: number
  estimated: number
  failed: number
  ms: number
  calls: number
}

/** What `codi usage` and `/usage` are asked. */
export const usageWords = [
  ...['session', 'today', 'yesterday', 'week', 'month', 'all', 'recent', 'reset', 'rebuild'],
  ...['path', 'by'],
] as const

export const usageGroupings = [
  'day',
  'week',
  'month',
  'model',
  'provider',
  'project',
  'session',
  'step',
  'purpose',
] as const
export type UsageGrouping = (typeof usageGroupings)[number]

export interface UsageQuery {
  /** Milliseconds since the epoch, inclusive. */
  since?: number
  /** Exclusive. */
  until?: number
  /** Root of a workspace; what lies below it counts, too. */
  project?: string
  session?: string
}

export interface UsageGroup {
  /** A day as `2026-11-22`, a week by its Monday, a month as `2026-11`, a model as `provider/model`; else the name. */
  key: string
  sum: UsageSum
}

export interface BudgetState {
  name: 'run' | 'day' | 'month'
  limitUsd: number
  /** What is known to be spent. */
  spentUsd: number
  /** Requests of unknown price beside it. */
  unknownPrice: number
}

/** What front ends ask. Every method may throw a CodiError of kind `io` where the ledger cannot be read. */
export interface UsageDesk {
  total(query?: UsageQuery): UsageSum
  groups(by: UsageGrouping, query?: UsageQuery): UsageGroup[]
  rows(query?: UsageQuery & { newest?: number }): Iterable<UsageRow>
  /** Those that are set. */
  budgets(): BudgetState[]
  /** Every price that is in force, with its source and date. */
  prices(): PriceRow[]
  /** Forgets rows before a moment, or all; answers how many. */
  forget(before?: number): number
  /** Adds what sessions have kept that the ledger knows nothing of; answers how many rows, of how many sessions. */
  rebuild(): { requests: number; sessions: number }
  readonly path: string
}

export interface PriceRow {
  /** A beginning of a name (catalogue), or a pattern (`anthropic/claude-*`). */
  model: string
  input: number
  output: number
  cacheRead: number | null
  cacheWrite: number | null
  /** Requests above so many tokens cost more. */
  above: number | null
  source: string
  date: string | null
}
