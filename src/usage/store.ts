/**
 * The ledger in SQLite: one row a request, only ever added, by several processes at once. It stands for itself: neither a
 * deleted session nor a damaged session store takes anything from it.
 */
import type { SQLQueryBindings } from 'bun:sqlite'
import { openDatabase } from '../base/database.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import type {
  UsageGroup,
  UsageGrouping,
  UsageQuery,
  UsageRow,
  UsageSum,
} from '../contract/usage.ts'
import { localKey } from './periods.ts'
import { usageMigrations } from './schema.ts'
import { addSum, noSum } from './sums.ts'

export interface UsageStore {
  /** Throws where it cannot be kept. */
  append(row: UsageRow): void
  total(query: UsageQuery): UsageSum
  groups(by: UsageGrouping, query: UsageQuery): UsageGroup[]
  /** Oldest first; `newest`: only so many, newest first. */
  rows(query: UsageQuery & { newest?: number }): Iterable<UsageRow>
  /** What was spent in a span of time; only what came since it was last asked is added up. */
  spent(since: number, until: number): { costUsd: number; unknownPrice: number }
  /** True for the first who asks, of all processes: what is told once. */
  tellsFirst(what: string, at: number): boolean
  /** Forgets rows before a moment, or all; answers how many. */
  forget(before?: number): number
  close(): void
}

/** Another process writes for less than a millisecond; an answer must not wait for one that hangs. */
const busyMs = 1000
const nanos = 1e9
/** Every time zone's days begin at one of these. */
const quarterMs = 15 * 60_000

const columns = [
  ...['at', 'session', 'step', 'turn', 'provider', 'model', 'answered', 'project', 'purpose'],
  ...['input', 'output', 'cache_read', 'cache_write', 'reasoning', 'cost_nanos', 'price_source'],
  ...['price_date', 'estimated', 'ok', 'ms', 'calls'],
]
const insertSql = `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

const sumSql = `COUNT(*) AS requests, TOTAL(input) AS input, TOTAL(output) AS output,
  TOTAL(cache_read) AS cache_read, TOTAL(cache_write) AS cache_write, TOTAL(reasoning) AS reasoning,
  TOTAL(cost_nanos) AS cost_nanos, TOTAL(cost_nanos IS NULL) AS unknown, TOTAL(estimated) AS estimated,
  TOTAL(ok = 0) AS failed, TOTAL(ms) AS ms, TOTAL(calls) AS calls`

/** Groups by what a row says; those by time are put together from quarters of an hour. */
const groupSql: Readonly<Partial<Record<UsageGrouping, string>>> = {
  model: "provider || '/' || model",
  provider: 'provider',
  project: 'project',
  session: "IFNULL(session, '')",
  step: "CASE WHEN session IS NULL OR step IS NULL THEN '' ELSE session || ':' || step END",
  purpose: 'purpose',
}

export function openUsageStore(options: { path: string; notice(text: string): void }): UsageStore {
  const database = openDatabase({
    ...options,
    name: 'ledger of usage',
    migrations: usageMigrations,
    tables: ['requests', 'told'],
  })
  database.run(`PRAGMA busy_timeout = ${busyMs}`)
  let counted: Counted | undefined

  function all(sql: string, values: SQLQueryBindings[]): Record<string, unknown>[] {
    return reading(() =>
      database.query<Record<string, unknown>, SQLQueryBindings[]>(sql).all(...values),
    )
  }

  function reading<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      const message = `Cannot read the ledger of usage ${options.path}: ${errorMessage(thrown)}`
      throw new CodiError('io', message, { cause: thrown })
    }
  }

  return {
    append(row) {
      database.query(insertSql).run(...valuesOf(row))
    },
    total(query) {
      const { where, values } = filterOf(query)
      return toSum(all(`SELECT ${sumSql} FROM requests ${where}`, values)[0] ?? {})
    },
    groups(by, query) {
      const { where, values } = filterOf(query)
      const key = groupSql[by] ?? `at / ${quarterMs}`
      const sql = `SELECT ${key} AS key, ${sumSql} FROM requests ${where} GROUP BY 1 ORDER BY MIN(at)`
      const rows = all(sql, values)
      if (groupSql[by]) return rows.map((row) => ({ key: String(row.key), sum: toSum(row) }))
      return byTime(rows, (at) => localKey(by, at))
    },
    *rows({ newest, ...query }) {
      const { where, values } = filterOf(query)
      const order = newest === undefined ? 'ORDER BY id' : `ORDER BY id DESC LIMIT ${newest}`
      const statement = database.query<Record<string, unknown>, SQLQueryBindings[]>(
        `SELECT * FROM requests ${where} ${order}`,
      )
      const rows = statement.iterate(...values)
      for (;;) {
        const next = reading(() => rows.next())
        if (next.done) return
        yield toRow(next.value)
      }
    },
    spent(since, until) {
      const isSame = counted?.since === since && counted.until === until
      const goesOn = isSame && counted !== undefined && isThere(counted.id)
      const before = goesOn && counted ? counted : { since, until, id: 0, nanos: 0, unknown: 0 }
      const [row = {}] = all(
        `SELECT MAX(id) AS id, TOTAL(cost_nanos) AS nanos, TOTAL(cost_nanos IS NULL) AS unknown
           FROM requests WHERE id > ? AND at >= ? AND at < ?`,
        [before.id, since, until],
      )
      counted = {
        ...{ since, until },
        id: Number(row.id ?? before.id),
        nanos: before.nanos + Number(row.nanos),
        unknown: before.unknown + Number(row.unknown),
      }
      return { costUsd: counted.nanos / nanos, unknownPrice: counted.unknown }
    },
    tellsFirst: (what, at) =>
      database.query('INSERT OR IGNORE INTO told (what, at) VALUES (?, ?)').run(what, at).changes >
      0,
    forget(before) {
      counted = undefined
      const sql = before === undefined ? '' : 'WHERE at < ?'
      const values = before === undefined ? [] : [before]
      return database.query(`DELETE FROM requests ${sql}`).run(...values).changes
    },
    close: () => database.close(),
  }

  /** Rows may have been forgotten meanwhile, by another process, too. */
  function isThere(id: number): boolean {
    return id === 0 || all('SELECT 1 FROM requests WHERE id = ?', [id]).length > 0
  }
}

interface Counted {
  since: number
  until: number
  /** The newest row that is in it. */
  id: number
  nanos: number
  unknown: number
}

function filterOf(query: UsageQuery): { where: string; values: SQLQueryBindings[] } {
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

function byTime(
  quarters: readonly Record<string, unknown>[],
  keyOf: (at: number) => string,
): UsageGroup[] {
  const groups = new Map<string, UsageSum>()
  for (const row of quarters) {
    const key = keyOf(Number(row.key) * quarterMs)
    groups.set(key, addSum(groups.get(key) ?? noSum, toSum(row)))
  }
  // The clock may have gone back between two rows.
  return [...groups].map(([key, sum]) => ({ key, sum })).sort((a, b) => (a.key < b.key ? -1 : 1))
}

function valuesOf(row: UsageRow): SQLQueryBindings[] {
  return [
    ...[row.at, row.session, row.step, row.turn],
    ...[row.provider, row.model, row.answered, row.project, row.purpose],
    ...[row.inputTokens, row.outputTokens, row.cacheReadTokens, row.cacheWriteTokens],
    ...[row.reasoningTokens, row.costUsd === null ? null : Math.round(row.costUsd * nanos)],
    ...[row.priceSource, row.priceDate, Number(row.estimated), Number(row.ok)],
    ...[Math.round(row.ms), row.calls],
  ]
}

function toRow(row: Record<string, unknown>): UsageRow {
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

function toSum(row: Record<string, unknown>): UsageSum {
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
