/**
 * The ledger as a run uses it: opened with the first row, and never in the way of an answer. Where nothing can be kept it
 * says so once and counts on in memory, so that budgets hold for this process at least.
 */
import { errorMessage } from '../base/errors.ts'
import type { UsageRow } from '../contract/usage.ts'
import type { Span } from './periods.ts'
import { openUsageStore, type UsageStore } from './store.ts'

export interface Ledger {
  add(row: UsageRow): void
  spent(span: Span): { costUsd: number; unknownPrice: number }
  /** True for the first of all processes that tells it. */
  tellsFirst(what: string, at: number): boolean
  /** To read from; throws a CodiError of kind `io` where it cannot be opened. */
  store(): UsageStore
  close(): void
}

export function openLedger(options: { path: string; warn(text: string): void }): Ledger {
  const { path, warn } = options
  let opened: UsageStore | undefined
  let memory: UsageStore | undefined
  let isTold = false
  let isClosed = false

  function store(): UsageStore {
    opened ??= openUsageStore({ path, notice: warn })
    return opened
  }

  function inMemory(why: unknown): UsageStore {
    if (!isTold)
      warn(`${errorMessage(why)}; what requests cost is counted for this run, but not kept`)
    isTold = true
    memory ??= openUsageStore({ path: ':memory:', notice: warn })
    return memory
  }

  /** The file where it works; what it cannot take goes to memory. */
  function trying<T>(use: (store: UsageStore) => T): T {
    try {
      return use(store())
    } catch (thrown) {
      return use(inMemory(thrown))
    }
  }

  return {
    add(row) {
      // What ends after everything else has no one to tell.
      if (!isClosed) trying((to) => to.append(row))
    },
    spent(span) {
      const kept = trying((from) => from.spent(span.since, span.until))
      const lost = memory?.spent(span.since, span.until)
      if (!lost || opened === undefined) return kept
      return {
        costUsd: kept.costUsd + lost.costUsd,
        unknownPrice: kept.unknownPrice + lost.unknownPrice,
      }
    },
    tellsFirst: (what, at) => trying((in_) => in_.tellsFirst(what, at)),
    store,
    close() {
      isClosed = true
      opened?.close()
      memory?.close()
      opened = undefined
      memory = undefined
    },
  }
}
