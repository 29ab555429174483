/** Rows of the ledger as SQLite has them, and back; sums; what a question asks for. */
import type { SQLQueryBindings } from 'bun:sqlite'
import type { UsageQuery, UsageRow, UsageSum } from '../contract/usage.ts'

/** Money is kept in whole billionths of a dollar. */
export const nanos = 1e9

const columns = [
  ...['at', 'session', 'step', 'turn', 'provider', 'model', 'answered', 'project', 'purpose'],
  ...['input', 'output', 'cache_read', 'cache_write', 'reasoning', 'cost_nanos', 'price_source'],
  ...['price_date', 'estimated', 'ok', 'ms', 'calls'],
]
export const insertSql = `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

export const sumSql = `COUNT(*) AS requests, TOTAL(input) AS input, TOTAL(output) AS output,
  TOTAL(cache_read) AS cache_read, TOTAL(cache_write) AS cache_write, TOTAL(reasoning) AS reasoning,
  TOTAL(cost_nanos) AS cost_nanos, TOTAL(cost_nanos IS NULL) AS unknown, TOTAL(estimated) AS estimated,
  TOTAL(ok = 0) AS failed, TOTAL(ms) AS ms, TOTAL(calls) AS calls`

export function filterOf(query: UsageQuery): { where: string; values: SQLQueryBindings[] } {
  const parts: [string, SQLQueryBindings[]][] = []
  const { since, until, project, session } = query
  if (since !== undefined) parts.push(['at >= ?', [since]])
  if (until !== undefined) parts.push(['at < ?', [until]])
  if (session !== undefined) parts.push(['session = ?', [session]])
  if (project !== undefined) {
    const below = project.endsWith('/') ? project : `${project}/`
    parts.push(['(project = ? OR substr(project, 1, ?) = ?)', [project, below.length, below]])
  }
  return {
    where: parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`,
    values: parts.flatMap(([, values]) => values),
  }
}

export function valuesOf(row: UsageRow): SQLQueryBindings[] {
  return [
    ...[row.at, row.session, row.step, row.turn],
    ...[row.provider, row.model, row.answered, row.project, row.purpose],
    ...[row.inputTokens, row.outputTokens, row.cacheReadTokens, row.cacheWriteTokens],
    ...[row.reasoningTokens, row.costUsd === null ? null : Math.round(row.costUsd * nanos)],
    ...[row.priceSource, row.priceDate, Number(row.estimated), Number(row.ok)],
    ...[Math.round(row.ms), row.calls],
  ]
}

export function toRow(row: Record<string, unknown>): UsageRow {
  const text = (value: unknown) => (value === null ? null : String(value))
  const number = (value: unknown) => (value === null ? null : Number(value))
  return {
    at: Number(row.at),
    session: text(row.session),
    step: number(row.step),
    turn: number(row.turn),
    provider: String(row.provider),
    model: String(row.model),
    answered: text(row.answered),
    project: String(row.project),
    purpose: String(row.purpose),
    inputTokens: Number(row.input),
    outputTokens: Number(row.output),
    cacheReadTokens: Number(row.cache_read),
    cacheWriteTokens: Number(row.cache_write),
    reasoningTokens: Number(row.reasoning),
    costUsd: row.cost_nanos === null ? null : Number(row.cost_nanos) / nanos,
    priceSource: text(row.price_source),
    priceDate: text(row.price_date),
    estimated: row.estimated === 1,
    ok: row.ok === 1,
    ms: Number(row.ms),
    calls: Number(row.calls),
  }
}

export function toSum(row: Record<string, unknown>): UsageSum {
  return {
    requests: Number(row.requests),
    inputTokens: Number(row.input),
    outputTokens: Number(row.output),
    cacheReadTokens: Number(row.cache_read),
    cacheWriteTokens: Number(row.cache_write),
    reasoningTokens: Number(row.reasoning),
    knownCostUsd: Number(row.cost_nanos) / nanos,
    unknownPrice: Number(row.unknown),
    estimated: Number(row.estimated),
    failed: Number(row.failed),
    ms: Number(row.ms),
    calls: Number(row.calls),
  }
}
