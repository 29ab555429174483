/**
 * The ledger, its prices and budgets for one App: the model in use is handed out metered, and a run's sum is taken from
 * what its requests really took, retries and side requests included.
 */
import { join } from 'node:path'
import type { LoopOutcome } from '../agent/ending.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { EventBus } from '../contract/event.ts'
import type { Person } from '../contract/permission.ts'
import type { ModelPrice } from '../contract/provider.ts'
import type { WorkerEvent } from '../contract/services.ts'
import type { Settings } from '../contract/settings.ts'
import type { PriceRow, UsageDesk, UsageRow } from '../contract/usage.ts'
import { modelInfo, priceList } from '../providers/catalog.ts'
import type { SessionStore } from '../sessions/store.ts'
import { openBudgets, type Refusal } from '../usage/budgets.ts'
import { requestTokens } from '../usage/estimate.ts'
import { openLedger } from '../usage/ledger.ts'
import { type MeteredOptions, metered, type PlannedRequest } from '../usage/metered.ts'
import { openPriceBook } from '../usage/prices.ts'
import { addRow, emptyRun, sendingCost } from '../usage/run-sum.ts'
import type { ModelInUse } from './model.ts'
import { rowsOfSessions } from './usage-rebuild.ts'

type Embedded = Extract<WorkerEvent, { type: 'embedded' }>

export interface UsageOptions {
  settings: Settings
  paths: CodiPaths
  /** Root of the workspace. */
  project: string
  /** Undefined where it is not kept. */
  session(): string | undefined
  person(): Person | undefined
  /** To make the ledger again from. */
  sessions(): Pick<SessionStore, 'list' | 'open'>
  bus: EventBus
  warn(text: string): void
}

export interface Usages {
  desk: UsageDesk
  /** The same model, its requests counted and within the budgets. */
  metered(inUse: ModelInUse): ModelInUse
  /** A host has embedded texts of the code. */
  keepEmbedding(event: Embedded): void
  /** A prompt begins: `step` is its entry, `limitUsd` what it may take. */
  beginRun(step: number, limitUsd: number | undefined): void
  /** Why the next request must not be sent, for its cost. */
  afford(next: PlannedRequest, signal: AbortSignal): Promise<Refusal | undefined>
  /** The outcome with what the run really took. */
  counted(outcome: LoopOutcome): LoopOutcome
  close(): void
}

const goOn = 'go on for this run'

export function openUsage(options: UsageOptions): Usages {
  const { settings, paths, project, warn } = options
  const path = join(paths.data, 'usage.db')
  const now = () => Date.now()
  const ledger = openLedger({ path, warn })
  const book = openPriceBook({
    settings: settings.prices,
    file: join(paths.config, 'prices.json'),
    now,
    warn,
  })
  let run = emptyRun()
  const budgets = openBudgets({ settings, ledger, run: () => run, now, warn })
  const infoOf = (provider: string, model: string) =>
    book.applied(provider, modelInfo(provider, model))
  let admitted = false
  options.bus.subscribe((event) => {
    if (event.type === 'turn_start') run.turn = event.turn
  })

  function keep(row: UsageRow): void {
    ledger.add(row)
    if (row.costUsd === null) budgets.unknownPrice(`${row.provider}/${row.model}`)
  }

  const meter: MeteredOptions = {
    about: () => ({
      session: options.session() ?? null,
      step: run.step ?? null,
      turn: run.turn ?? null,
      project,
    }),
    keep(row) {
      addRow(run, row)
      keep(row)
    },
    refusal,
    takeAdmitted() {
      const was = admitted
      admitted = false
      return was
    },
    infoOf,
    now,
  }

  async function refusal(
    { provider, info, request }: PlannedRequest,
    signal: AbortSignal,
  ): Promise<Refusal | undefined> {
    if (!budgets.isSet) return undefined
    const refused = budgets.refusal({
      model: `${provider}/${info.id}`,
      costUsd: sendingCost(requestTokens(request), info, run.last),
      isTold: info.costTold === true,
    })
    // What goes on beside the conversation is no reason to ask.
    const person = refused && request.purpose === undefined ? options.person() : undefined
    if (!refused || !person) return refused
    const question = { text: `${refused.message}. Go on?`, choices: ['stop', goOn] }
    if ((await person.question(question, signal)) !== goOn) return refused
    budgets.waive()
    return undefined
  }

  return {
    desk: {
      path,
      total: (query = {}) => ledger.store().total(query),
      groups: (by, query = {}) => ledger.store().groups(by, query),
      rows: (query = {}) => ledger.store().rows(query),
      budgets: () => budgets.states().filter(({ name }) => name !== 'run' || run.requests > 0),
      prices: () => [
        ...book.rows().map(({ pattern, price }) => priceRow(pattern, price)),
        ...priceList().map(({ model, price }) => priceRow(model, price)),
      ],
      forget: (before) => ledger.store().forget(before),
      rebuild() {
        const to = ledger.store()
        const known = new Set(to.groups('session', {}).map(({ key }) => key))
        const rows = [...rowsOfSessions(options.sessions(), (id) => known.has(id))]
        to.appendAll(rows)
        return { requests: rows.length, sessions: new Set(rows.map((row) => row.session)).size }
      },
    },
    metered(inUse) {
      return {
        get choice() {
          return inUse.choice
        },
        get info() {
          const { info } = inUse
          return info && book.applied(inUse.choice.provider, info)
        },
        async open(signal) {
          const ready = await inUse.open(signal)
          const info = book.applied(ready.provider.name, ready.info)
          return { ...ready, info, provider: metered(ready.provider, info, meter) }
        },
        change: (name) => inUse.change(name),
      }
    },
    // Whether it was for the prompt or goes on in the background, nobody knows.
    keepEmbedding: (event) =>
      keep({ ...embeddingRow(event, now()), ...meter.about(), step: null, turn: null }),
    beginRun(step, limitUsd) {
      run = { ...emptyRun(step, limitUsd), last: run.last }
      admitted = false
      budgets.beginRun()
    },
    async afford(next, signal) {
      const refused = await refusal(next, signal)
      admitted = refused === undefined
      return refused
    },
    counted(outcome) {
      if (run.requests === 0) return outcome
      const costUsd = run.unknownPrice > 0 ? null : run.costUsd
      return { ...outcome, usage: run.usage, costUsd }
    },
    close: () => ledger.close(),
  }
}

type About = 'session' | 'step' | 'turn' | 'project'

function embeddingRow(event: Embedded, now: number): Omit<UsageRow, About> {
  const { name, tokens, isGuess, costUsd, ms } = event
  const slash = name.indexOf('/')
  return {
    at: Math.round(now - ms),
    provider: name.slice(0, slash),
    model: name.slice(slash + 1),
    answered: null,
    purpose: 'embedding',
    ...{ inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    ...{ reasoningTokens: 0, costUsd, ms, calls: 0, ok: true, estimated: isGuess },
    priceSource: costUsd === null ? null : costUsd === 0 ? 'free' : 'catalogue',
    priceDate: null,
  }
}

function priceRow(model: string, price: ModelPrice): PriceRow {
  return {
    model,
    input: price.input,
    output: price.output,
    cacheRead: price.cacheRead ?? null,
    cacheWrite: price.cacheWrite ?? null,
    above: price.above?.[0]?.tokens ?? null,
    source: price.source ?? 'catalogue',
    date: price.date ?? null,
  }
}
