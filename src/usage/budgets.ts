/**
 * Limits of money: of a run, a day, a month. Asked before every request, over all processes; only known money counts. A
 * person at a terminal may go on for the run under way.
 */
import type { BudgetState } from '../contract/usage.ts'
import type { Ledger } from './ledger.ts'
import { dollars } from './money.ts'
import { dayOf, monthOf, type Span } from './periods.ts'

export interface BudgetSettings {
  dailyBudgetUsd?: number | undefined
  monthlyBudgetUsd?: number | undefined
  budgetWarnAt: number
  budgetUnknown: 'count' | 'stop'
}

export interface BudgetOptions {
  settings: BudgetSettings
  ledger: Ledger
  /** What the run under way has taken, and may take. */
  run(): { costUsd: number; unknownPrice: number; limitUsd: number | undefined }
  now(): number
  warn(text: string): void
}

export interface NextRequest {
  /** As people write it. */
  model: string
  /** What sending it will take at the least, its answer not counted; null: nobody knows. */
  costUsd: number | null
  /** The host says with its answer what it took. */
  isTold: boolean
}

export interface Refusal {
  stop: 'max_cost' | 'budget'
  message: string
}

export interface Budgets {
  /** Without one nothing needs to be worked out. */
  readonly isSet: boolean
  /** Why a request must not be sent. */
  refusal(next: NextRequest): Refusal | undefined
  /** A request was answered whose price nobody knows: told once, where a budget is set. */
  unknownPrice(model: string): void
  /** The person lets the run under way go on. */
  waive(): void
  beginRun(): void
  states(): BudgetState[]
}

interface Row {
  name: BudgetState['name']
  /** Of which setting; undefined: of the run. */
  limit?: 'dailyBudgetUsd' | 'monthlyBudgetUsd'
  span?(now: number): Span
  /** What can be done, as the end of a sentence. */
  advice: string
}

const rows: readonly Row[] = [
  { name: 'run', advice: 'raise --max-cost' },
  {
    name: 'day',
    limit: 'dailyBudgetUsd',
    span: dayOf,
    advice: 'raise dailyBudgetUsd, or go on tomorrow',
  },
  {
    name: 'month',
    limit: 'monthlyBudgetUsd',
    span: monthOf,
    advice: 'raise monthlyBudgetUsd, or go on next month',
  },
]
const names = { run: 'limit of this run', day: 'daily budget', month: 'monthly budget' } as const

export function openBudgets(options: BudgetOptions): Budgets {
  const { settings, ledger, now, warn } = options
  let isWaived = false
  let isUnknownTold = false

  function limitOf({ limit }: Row): number | undefined {
    return limit === undefined ? options.run().limitUsd : settings[limit]
  }

  function stateOf(row: Row): BudgetState | undefined {
    const limitUsd = limitOf(row)
    if (limitUsd === undefined) return undefined
    const spent = row.span ? ledger.spent(row.span(now())) : options.run()
    return { name: row.name, limitUsd, spentUsd: spent.costUsd, unknownPrice: spent.unknownPrice }
  }

  const isSet = () => rows.some((row) => limitOf(row) !== undefined)

  function warnOf(row: Row, state: BudgetState): void {
    const { limitUsd, spentUsd } = state
    const span = row.span?.(now())
    if (!span || limitUsd === 0 || spentUsd < limitUsd * settings.budgetWarnAt) return
    // Whoever raises a budget is told of the new one, too.
    if (!ledger.tellsFirst(`${row.name} ${span.since} ${limitUsd}`, now())) return
    const share = Math.floor((spentUsd / limitUsd) * 100)
    warn(`${share} % of the ${names[row.name]} of ${dollars(limitUsd)} is spent`)
  }

  return {
    get isSet() {
      return isSet()
    },
    refusal(next) {
      // What costs nothing needs no budget.
      if (next.costUsd === 0 || isWaived || !isSet()) return undefined
      if (next.costUsd === null && settings.budgetUnknown === 'stop' && !next.isTold)
        return {
          stop: 'budget',
          message: `Stopped: nobody knows what ${next.model} costs, and budgetUnknown is stop; give its price in "prices" (docs/usage.md)`,
        }
      for (const row of rows) {
        const state = stateOf(row)
        if (!state) continue
        warnOf(row, state)
        const why = overLimit(state, next.costUsd ?? 0)
        if (why !== undefined)
          return {
            stop: row.name === 'run' ? 'max_cost' : 'budget',
            message: `${why}; ${row.advice}`,
          }
      }
      return undefined
    },
    unknownPrice(model) {
      if (isUnknownTold || !isSet()) return
      isUnknownTold = true
      warn(
        `Nobody knows what ${model} costs, so budgets do not count it; give its price in "prices" (docs/usage.md)`,
      )
    },
    waive() {
      isWaived = true
    },
    beginRun() {
      isWaived = false
    },
    states: () => rows.flatMap((row) => stateOf(row) ?? []),
  }
}

function overLimit({ name, limitUsd, spentUsd }: BudgetState, nextUsd: number): string | undefined {
  const limit = `the ${names[name]} is ${dollars(limitUsd)}`
  const spent = dollars(spentUsd)
  if (spentUsd >= limitUsd) return `Stopped at ${spent}: ${limit}`
  if (spentUsd + nextUsd <= limitUsd) return undefined
  return `Stopped at ${spent}: the next request would take about ${dollars(nextUsd)} more, and ${limit}`
}
