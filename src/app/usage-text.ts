/** What requests took, in words and columns: the same for the REPL and the command line. */
import {
  formatCount,
  formatDuration,
  formatMinute,
  neutralize,
  oneLine,
  plural,
} from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type {
  BudgetState,
  PriceRow,
  UsageDesk,
  UsageGroup,
  UsageGrouping,
  UsageQuery,
  UsageRow,
  UsageSum,
} from '../contract/usage.ts'
import { textWidth } from '../terminal/width.ts'
import { dollars, moneyText } from '../usage/money.ts'
import { dayOf, monthOf, weekOf } from '../usage/periods.ts'

type Column = readonly [title: string, align: 'left' | 'right']

const sumColumns: readonly Column[] = [
  ['requests', 'right'],
  ['input', 'right'],
  ['cached', 'right'],
  ['output', 'right'],
  ['cost', 'right'],
  ['time', 'right'],
]

const labelChars = 40
const byTime: ReadonlySet<UsageGrouping> = new Set(['day', 'week', 'month'])

/** How things stand: this session, today, this week, this month, ever; then budgets. */
export function overviewLines(
  desk: UsageDesk,
  { now, session }: { now: number; session?: string | undefined },
): string[] {
  const spans: [string, UsageQuery][] = [
    ...(session === undefined ? [] : [['this session', { session }] as [string, UsageQuery]]),
    ['today', dayOf(now)],
    ['this week', weekOf(now)],
    ['this month', monthOf(now)],
    ['ever', {}],
  ]
  const groups = spans.map(([key, query]) => ({ key, sum: desk.total(query) }))
  return [...sumTable('', groups), ...noteLines(groups.at(-1)?.sum), ...budgetLines(desk.budgets())]
}

/** A group a line, the dearest first where they are not days; then their sum. */
export function groupLines(
  by: UsageGrouping,
  {
    groups,
    total,
    labels,
  }: {
    groups: readonly UsageGroup[]
    total: UsageSum
    labels?: ReadonlyMap<string, string> | undefined
  },
): string[] {
  const rows = sorted(by, groups).map(({ key, sum }) => {
    const label = labels?.get(key)
    return { key: label ? `${key}  ${oneLine(label, labelChars)}` : key || '(none)', sum }
  })
  return [...sumTable(by, [...rows, { key: 'total', sum: total }]), ...noteLines(total)]
}

/** What sessions are called, where they are asked for; those that were deleted have only their id. */
export function labelsOf(
  app: Pick<App, 'sessions'>,
  by: UsageGrouping,
): ReadonlyMap<string, string> | undefined {
  if (by !== 'session') return undefined
  return new Map(
    app.sessions.list({ everywhere: true, archived: 'with' }).map(({ id, label }) => [id, label]),
  )
}

/** The id of the session that a person means; one that was deleted is still in the ledger, under its id. */
export function sessionNamed(app: Pick<App, 'sessions' | 'usage'>): (typed: string) => string {
  return (typed) => {
    try {
      return app.sessions.find(typed).id
    } catch (thrown) {
      if (app.usage.total({ session: typed }).requests > 0) return typed
      throw thrown
    }
  }
}

export function sorted(by: UsageGrouping, groups: readonly UsageGroup[]): UsageGroup[] {
  if (byTime.has(by)) return [...groups]
  return [...groups].sort(
    (a, b) =>
      b.sum.knownCostUsd - a.sum.knownCostUsd || b.sum.unknownPrice - a.sum.unknownPrice || 0,
  )
}

function sumTable(title: string, groups: readonly UsageGroup[]): string[] {
  return columnLines(
    [[title, 'left'], ...sumColumns],
    groups.map(({ key, sum }) => [
      key,
      formatCount(sum.requests),
      `${mark(sum)}${formatCount(readTokens(sum))}`,
      cachedText(sum),
      `${mark(sum)}${formatCount(sum.outputTokens)}`,
      sum.requests === 0 ? '-' : moneyText(sum),
      sum.requests === 0 ? '-' : formatDuration(sum.ms),
    ]),
  )
}

function mark(sum: UsageSum): string {
  return sum.estimated > 0 ? '~' : ''
}

/** What the signs of a table mean, where they stand in it. */
function noteLines(sum: UsageSum | undefined): string[] {
  if (!sum) return []
  return [
    ...(sum.unknownPrice > 0 ? [`cost: ${costText(sum)}`] : []),
    ...(sum.estimated > 0
      ? [`~ ${plural(sum.estimated, 'request')} not counted by the provider: guessed from the text`]
      : []),
  ]
}

/** `$1.20`, `at least $1.20 (3 requests of unknown price)`. */
export function costText(sum: UsageSum): string {
  if (sum.unknownPrice === 0) return dollars(sum.knownCostUsd)
  const unknown = `${plural(sum.unknownPrice, 'request')} of unknown price`
  if (sum.unknownPrice === sum.requests) return `? (${unknown})`
  return `at least ${dollars(sum.knownCostUsd)} (${unknown})`
}

export function budgetLines(budgets: readonly BudgetState[]): string[] {
  const names = { run: 'this run', day: 'daily budget', month: 'monthly budget' }
  return budgets.map(({ name, limitUsd, spentUsd, unknownPrice }) => {
    const share = limitUsd === 0 ? 100 : Math.floor((spentUsd / limitUsd) * 100)
    const beside =
      unknownPrice === 0 ? '' : `, and ${plural(unknownPrice, 'request')} of unknown price`
    return `${names[name]}: ${dollars(spentUsd)} of ${dollars(limitUsd)} (${share} %)${beside}`
  })
}

export function rebuiltText({
  requests,
  sessions,
}: {
  requests: number
  sessions: number
}): string {
  if (requests === 0) return 'The ledger knows of every session; nothing was added'
  return `Added ${plural(requests, 'request')} of ${plural(sessions, 'session')}`
}

/** A request a line. */
export function rowLines(rows: readonly UsageRow[]): string[] {
  const columns: Column[] = [
    ['at', 'left'],
    ['model', 'left'],
    ['for', 'left'],
    ...sumColumns.slice(1),
  ]
  return columnLines(
    columns,
    rows.map((row) => [
      formatMinute(row.at),
      `${row.provider}/${row.answered ?? row.model}`,
      row.ok ? row.purpose : `${row.purpose} (failed)`,
      `${row.estimated ? '~' : ''}${formatCount(readTokens(row))}`,
      cachedText(row),
      `${row.estimated ? '~' : ''}${formatCount(row.outputTokens)}`,
      row.costUsd === null ? '?' : dollars(row.costUsd),
      formatDuration(row.ms),
    ]),
  )
}

export function priceLines(prices: readonly PriceRow[]): string[] {
  const money = (amount: number | null) => (amount === null ? '' : `${amount}`)
  return columnLines(
    [
      ['model', 'left'],
      ['input', 'right'],
      ['output', 'right'],
      ['cache read', 'right'],
      ['cache write', 'right'],
      ['dearer above', 'right'],
      ['source', 'left'],
      ['as of', 'left'],
    ],
    prices.map((row) => [
      row.model,
      money(row.input),
      money(row.output),
      money(row.cacheRead),
      money(row.cacheWrite),
      row.above === null ? '' : formatCount(row.above),
      row.source,
      row.date ?? '',
    ]),
  )
}

/** What a run took, in a line: tokens, the share that came from a cache, money (`?`: nobody knows), time. */
export function tookParts(result: Pick<RunResult, 'usage' | 'costUsd'>, ms: number): string[] {
  const { usage, costUsd } = result
  const read = readTokens(usage)
  const isCounted = read + usage.outputTokens > 0
  return [
    ...(isCounted
      ? [`${formatCount(read)} tokens in, ${formatCount(usage.outputTokens)} out`]
      : []),
    ...(usage.cacheReadTokens > 0 ? [`${cachedText(usage)} cached`] : []),
    ...(costUsd === null ? (isCounted ? ['cost ?'] : []) : costUsd > 0 ? [dollars(costUsd)] : []),
    formatDuration(ms),
  ]
}

interface ReadTokens {
  inputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
}

function readTokens(usage: ReadTokens): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
}

function cachedText(usage: ReadTokens): string {
  const read = readTokens(usage)
  return read === 0 ? '-' : `${Math.round((usage.cacheReadTokens / read) * 100)} %`
}

/** Plain text, safe to print. */
function columnLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const grid = [
    columns.map(([title]) => title),
    ...rows.map((row) => row.map((cell) => neutralize(cell))),
  ]
  const widths = columns.map((_, at) => Math.max(...grid.map((row) => textWidth(row[at] ?? ''))))
  return grid.map((row) =>
    row
      .map((cell, at) => {
        const gap = ' '.repeat((widths[at] ?? 0) - textWidth(cell))
        return columns[at]?.[1] === 'right' ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}
