/** Limits of money over a real ledger: who is stopped, when, and what is said. */
import { describe, expect, test } from 'bun:test'
import { type BudgetSettings, openBudgets } from '../../src/usage/budgets.ts'
import { openLedger } from '../../src/usage/ledger.ts'
import { inZone, row, temporary } from './rows.ts'

function opened(
  settings: Partial<BudgetSettings>,
  options: { path: string; now?: string; limitUsd?: number },
) {
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const clock = { now: Date.parse(options.now ?? '2026-11-22T12:00:00Z') }
  const ledger = openLedger({ path: options.path, warn })
  const run = { costUsd: 0, unknownPrice: 0, limitUsd: options.limitUsd }
  const budgets = openBudgets({
    settings: { budgetWarnAt: 0.8, budgetUnknown: 'count', ...settings },
    ledger,
    run: () => run,
    now: () => clock.now,
    warn,
  })
  return {
    ...{ warnings, clock, ledger, run, budgets },
    spend: (costUsd: number | null, at = clock.now) => ledger.add(row({ at, costUsd })),
    asks: (costUsd: number | null = 0.01, isTold = false) =>
      budgets.refusal({ model: 'openai/gpt-5', costUsd, isTold }),
    [Symbol.dispose]: () => ledger.close(),
  }
}

describe('A daily budget', () => {
  test('warns once at its share over all processes, and stops at its end', () => {
    using place = temporary()
    const path = place.path('usage.db')
    using here = opened({ dailyBudgetUsd: 1 }, { path })
    using there = opened({ dailyBudgetUsd: 1 }, { path })
    here.spend(0.79)
    expect(here.asks()).toBeUndefined()
    expect(here.warnings).toEqual([])
    there.spend(0.05)
    expect(here.asks()).toBeUndefined()
    expect(there.asks()).toBeUndefined()
    expect([...here.warnings, ...there.warnings]).toEqual([
      '84 % of the daily budget of $1.00 is spent',
    ])
    there.spend(0.16)
    expect(here.asks()).toEqual({
      stop: 'budget',
      message:
        'Stopped at $1.00: the daily budget is $1.00; raise dailyBudgetUsd, or go on tomorrow',
    })
  })

  test('stops a request that alone would break it, and lets a smaller one go', () => {
    using place = temporary()
    using here = opened({ dailyBudgetUsd: 1 }, { path: place.path('usage.db') })
    here.spend(0.5)
    expect(here.asks(0.51)?.message).toContain('the next request would take about $0.51 more')
    expect(here.asks(0.5)).toBeUndefined()
  })

  test('begins anew at midnight, that of the month on the first', () => {
    using _zone = inZone('Europe/Berlin')
    using place = temporary()
    using here = opened(
      { dailyBudgetUsd: 1, monthlyBudgetUsd: 3 },
      { path: place.path('usage.db'), now: '2026-10-24T20:00:00Z' },
    )
    here.spend(1)
    expect(here.asks()?.stop).toBe('budget')
    // The day on which summer time ends has 25 hours, and begins at 22:00 UTC.
    here.clock.now = Date.parse('2026-10-24T22:00:00Z')
    expect(here.asks()).toBeUndefined()
    here.spend(1)
    here.clock.now = Date.parse('2026-10-25T22:59:59Z')
    expect(here.asks()?.message).toContain('daily budget')
    here.clock.now = Date.parse('2026-10-25T23:00:00Z')
    here.spend(1)
    here.clock.now = Date.parse('2026-10-30T12:00:00Z')
    expect(here.asks()?.message).toContain('the monthly budget is $3.00; raise monthlyBudgetUsd')
    here.clock.now = Date.parse('2026-11-01T00:00:00+01:00')
    expect(here.asks()).toBeUndefined()
  })

  test('is not made larger by a clock that goes back', () => {
    using _zone = inZone('UTC')
    using place = temporary()
    using here = opened({ dailyBudgetUsd: 1 }, { path: place.path('usage.db') })
    here.spend(1)
    here.clock.now -= 6 * 3_600_000
    expect(here.asks()?.stop).toBe('budget')
  })

  test('of nothing lets what is free go, and nothing else', () => {
    using place = temporary()
    using here = opened({ dailyBudgetUsd: 0 }, { path: place.path('usage.db') })
    expect(here.asks(0)).toBeUndefined()
    expect(here.asks(0.000001)?.stop).toBe('budget')
    expect(here.warnings).toEqual([])
  })
})

describe('A limit of the run', () => {
  test('stops the run alone, until the person lets it go on', () => {
    using place = temporary()
    using here = opened({}, { path: place.path('usage.db'), limitUsd: 0.1 })
    here.run.costUsd = 0.1
    expect(here.asks()).toEqual({
      stop: 'max_cost',
      message: 'Stopped at $0.10: the limit of this run is $0.10; raise --max-cost',
    })
    here.budgets.waive()
    expect(here.asks()).toBeUndefined()
    here.budgets.beginRun()
    expect(here.asks()?.stop).toBe('max_cost')
  })
})

describe('An unknown price', () => {
  test('is told once where a budget is set, and not counted', () => {
    using place = temporary()
    using here = opened({ dailyBudgetUsd: 1 }, { path: place.path('usage.db') })
    here.spend(null)
    expect(here.asks(null)).toBeUndefined()
    here.budgets.unknownPrice('openai/gpt-99')
    here.budgets.unknownPrice('openai/gpt-99')
    expect(here.warnings).toHaveLength(1)
    expect(here.warnings[0]).toContain('Nobody knows what openai/gpt-99 costs')
    expect(here.budgets.states()).toEqual([
      { name: 'day', limitUsd: 1, spentUsd: 0, unknownPrice: 1 },
    ])
  })

  test('stops where the settings say so, but for hosts that say what they take', () => {
    using place = temporary()
    using here = opened(
      { dailyBudgetUsd: 1, budgetUnknown: 'stop' },
      { path: place.path('usage.db') },
    )
    expect(here.asks(null)?.message).toContain('budgetUnknown is stop')
    expect(here.asks(null, true)).toBeUndefined()
  })

  test('is no matter without a budget', () => {
    using place = temporary()
    using here = opened({ budgetUnknown: 'stop' }, { path: place.path('usage.db') })
    expect(here.asks(null)).toBeUndefined()
    here.budgets.unknownPrice('openai/gpt-99')
    expect(here.warnings).toEqual([])
  })
})

describe('A ledger that cannot be kept', () => {
  test('costs the rows, not the answer, is told once, and budgets hold for this process', () => {
    using place = temporary()
    // A directory lies where its file should be.
    using here = opened({ dailyBudgetUsd: 1 }, { path: place.directory })
    here.spend(0.6)
    here.spend(0.6)
    expect(here.asks()?.stop).toBe('budget')
    const told = here.warnings.filter((text) => text.includes('but not kept'))
    expect(told).toHaveLength(1)
  })

  test('counts on where the disk is full, and says so once', async () => {
    using place = temporary()
    const program = `
      import { openLedger } from '${import.meta.dir}/../../src/usage/ledger.ts'
      import { row } from '${import.meta.dir}/rows.ts'
      const told = []
      const ledger = openLedger({ path: process.argv[1], warn: (text) => told.push(text) })
      for (let at = 0; at < 3000; at++) ledger.add(row({ at: 1000 + at, costUsd: 0.001 }))
      const spent = ledger.spent({ since: 0, until: 10_000 })
      const kept = ledger.store().total({}).requests
      ledger.close()
      process.stdout.write(JSON.stringify({ told, spent, kept }))`
    // A limit on the size of files fails writes as a full disk does.
    const line = `trap '' XFSZ; ulimit -f 200; exec "$0" -e "$1" "$2"`
    const child = Bun.spawn(
      ['bash', '-c', line, process.execPath, program, place.path('usage.db')],
      { stdout: 'pipe', stderr: 'pipe' },
    )
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    expect(stderr).toBe('')
    const { told, spent, kept } = JSON.parse(stdout)
    expect(spent).toEqual({ costUsd: 3, unknownPrice: 0 })
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(3000)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('but not kept')
  })
})
