/**
 * The care of the context for one App: what is known of the model in use, who summarises, where results that are left
 * out are kept. How full the window was is told to whoever draws it.
 */
import type { ContextCare, Summarizer } from '../agent/context-care.ts'
import { type Meter, openMeter } from '../agent/meter.ts'
import { errorMessage } from '../base/errors.ts'
import type { ModelInfo, Provider } from '../contract/provider.ts'
import type { Settings } from '../contract/settings.ts'
import type { ResultStore, TodoItem } from '../contract/tool.ts'
import type { ModelInUse } from './model.ts'
import { type ModelFacts, openModelFacts } from './model-facts.ts'
import { sideRequest } from './side-request.ts'

export interface ReadyModel {
  provider: Provider
  model: string
  info: ModelInfo
}

export interface Contexts {
  /** How full the window was at the last request of this conversation, from 0 to 1. */
  share(): number | undefined
  /** With the window as it was set, told or learned. */
  infoOf(model: ReadyModel): ModelInfo
  care(model: ReadyModel, of: CareSources): ContextCare
  /** Keeps what was learned. */
  settle(): Promise<void>
  /** Another conversation: how full it is shows with its first request. */
  renew(): void
}

export interface CareSources {
  results(): ResultStore
  todo(): readonly TodoItem[]
}

export interface ContextOptions {
  settings: Settings
  cacheDirectory: string
  /** Chooses a model by settings, metered; for `compactModel`. */
  choose(settings: Settings): Promise<ModelInUse>
  warn(text: string): void
}

interface Known {
  name: string
  facts: ModelFacts
  meter: Meter
}

export function openContexts(options: ContextOptions): Contexts {
  const { settings, warn } = options
  const store = openModelFacts(options.cacheDirectory)
  let known: Known | undefined
  let share: number | undefined
  let other: ModelInUse | undefined

  function knownOf({ provider, model }: ReadyModel): Known {
    const host = settings.baseUrl === undefined ? '' : ` at ${settings.baseUrl}`
    const name = `${provider.name}/${model}${host}`
    if (known?.name !== name) {
      const facts = store.get(name)
      known = { name, facts, meter: openMeter(facts.calibration) }
    }
    return known
  }

  function infoOf(model: ReadyModel): ModelInfo {
    const { info } = model
    const learned = knownOf(model).facts.window
    if (settings.contextWindow !== undefined || learned === undefined) return info
    return { ...info, contextWindow: Math.min(learned, info.contextWindow ?? learned) }
  }

  async function summaryModel(signal: AbortSignal): Promise<ReadyModel | undefined> {
    const { compactModel } = settings
    if (compactModel === undefined) return undefined
    const { model: _model, baseUrl, ...plain } = settings
    const { provider: _provider, ...free } = plain
    other ??= await options.choose(
      compactModel.includes('/')
        ? { ...free, model: compactModel }
        : { ...plain, ...(baseUrl === undefined ? {} : { baseUrl }), model: compactModel },
    )
    return other.open(signal)
  }

  function summarizer(model: ReadyModel): Summarizer {
    const isModel = model.provider.name !== 'builtin'
    return {
      window: infoOf(model).contextWindow,
      ...(isModel || settings.compactModel !== undefined
        ? {
            async ask(request, signal) {
              const side = { purpose: 'summary', ...request }
              const chosen = await summaryModel(signal).catch((thrown) => {
                if (signal.aborted || !isModel) throw thrown
                warn(
                  `compactModel cannot be used (${errorMessage(thrown)}); the model in use summarises`,
                )
                return undefined
              })
              return sideRequest(chosen ?? model, side, signal)
            },
          }
        : {}),
      async extract(items, how) {
        const { extractSummary } = await import('../providers/builtin/summary.ts')
        return extractSummary(items, how)
      },
    }
  }

  return {
    share: () => share,
    infoOf,
    care(model, { results, todo }) {
      const about = knownOf(model)
      return {
        auto: settings.autoCompact,
        compactAt: settings.compactAt,
        keepRecent: settings.keepRecent,
        meter: about.meter,
        summarizer: summarizer(model),
        async keepResult(text, whose) {
          try {
            return await results().put(text, whose)
          } catch (thrown) {
            warn(
              `A result that is left out cannot be kept for recall_result: ${errorMessage(thrown)}`,
            )
            return undefined
          }
        },
        learnWindow(tokens) {
          about.facts = { ...about.facts, window: tokens }
        },
        standing: () => todo().map(({ status, text }) => `[${status}] ${text}`),
        measured({ inputTokens, window }) {
          share = window === undefined ? undefined : inputTokens / window
        },
      }
    },
    async settle() {
      if (!known) return
      const { name, meter, facts } = known
      await store.put(name, { ...facts, calibration: meter.calibration })
    },
    renew() {
      share = undefined
    },
  }
}
