/**
 * What the ledger costs: opening it and the first row, a row appended, the check of a budget, and reports over 200,000
 * rows of a year. `sh .ci/bun test/bench/usage.ts`
 */
import { openUsageStore } from '../../src/usage/store.ts'
import { row, temporary } from '../usage/rows.ts'

const rows = 200_000
const yearMs = 365 * 24 * 3_600_000

using place = temporary()
const path = place.path('usage.db')
const silent = () => undefined

const opening = timed(() => openUsageStore({ path, notice: silent }))
print('open a new ledger', opening.ms)
const store = opening.value
const now = Date.now()
const appends = Array.from({ length: rows }, (_, at) => {
  const each = row({
    at: now - yearMs + Math.floor((at / rows) * yearMs),
    session: `session-${Math.floor(at / 40)}`,
    step: Math.floor(at / 8),
    model: `model-${at % 7}`,
    project: `/work/project-${at % 23}`,
    costUsd: at % 19 === 0 ? null : (at % 1000) / 100_000,
  })
  return timed(() => store.append(each)).ms
}).sort((a, b) => a - b)
print('append a row, p50', appends[Math.floor(rows * 0.5)] ?? 0)
print('append a row, p99', appends[Math.floor(rows * 0.99)] ?? 0)
store.close()

const reopened = timed(() => openUsageStore({ path, notice: silent }))
print('open one of 200,000 rows', reopened.ms)
const { value: full } = reopened
const month = { since: now - yearMs / 12, until: now + 1 }
print('budget of a month, first check', timed(() => full.spent(month.since, month.until)).ms)
print('budget of a month, the next', timed(() => full.spent(month.since, month.until)).ms)
print('total of all rows', timed(() => full.total({})).ms)
for (const by of ['day', 'month', 'model', 'project', 'session', 'step'] as const)
  print(`all rows by ${by}`, timed(() => full.groups(by, {})).ms)
print('every row read', timed(() => [...full.rows({})].length).ms)
full.close()
print('size in MB', Bun.file(path).size / 1e6)

function timed<T>(work: () => T): { value: T; ms: number } {
  const started = performance.now()
  const value = work()
  return { value, ms: performance.now() - started }
}

function print(name: string, figure: number): void {
  process.stdout.write(`${name.padEnd(34)} ${figure.toFixed(3).padStart(10)}\n`)
}
