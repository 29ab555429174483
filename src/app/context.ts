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
  /** Takes in how full it is; undefined: that shows with the next request. */
  measured(full: Full | undefined): void
}

type Full = Parameters<ContextCare['measured']>[0]

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
  const knowns = new Map<string, Known>()
  let inCare: Known | undefined
  let share: number | undefined
  let other: ModelInUse | undefined

  function knownOf({ provider, model }: ReadyModel): Known {
    const host = settings.baseUrl === undefined ? '' : ` at ${settings.baseUrl}`
    const name = `${provider.name}/${model}${host}`
    const found = knowns.get(name)
    if (found) return found
    const facts = store.get(name)
    const known = { name, facts, meter: openMeter(facts.calibration) }
    knowns.set(name, known)
    return known
  }

  function infoOf(model: ReadyModel): ModelInfo {
    const { info } = model
    if (isBuiltin(model.provider.name)) {
      // It reads all of a conversation at once: a window that was set is of a model.
      const { contextWindow: _contextWindow, ...endless } = info
      return endless
    }
    const learned = knownOf(model).facts.window
    if (settings.contextWindow !== undefined || learned === undefined) return info
    return { ...info, contextWindow: Math.min(learned, info.contextWindow ?? learned) }
  }

  /** That of the setting, or the one in use where it cannot be had. */
  async function summaryModel(model: ReadyModel, signal: AbortSignal): Promise<ReadyModel> {
    const { compactModel } = settings
    if (compactModel === undefined) return model
    try {
      other ??= await options.choose(settingsFor(compactModel))
      return await other.open(signal)
    } catch (thrown) {
      if (signal.aborted || model.provider.name === 'builtin') throw thrown
      warn(`compactModel cannot be used (${errorMessage(thrown)}); the model in use summarises`)
      return model
    }
  }

  /** A base URL and a window belong to the model that they were set for. */
  function settingsFor(compactModel: string): Settings {
    const { contextWindow: _contextWindow, ...here } = settings
    if (!compactModel.includes('/')) return { ...here, model: compactModel }
    const { provider: _provider, baseUrl: _baseUrl, ...others } = here
    return { ...others, model: compactModel }
  }

  function summarizer(model: ReadyModel): Summarizer {
    const asksNobody = isBuiltin(settings.compactModel ?? model.provider.name)
    return {
      window: async (signal) => infoOf(await summaryModel(model, signal)).contextWindow,
      ...(asksNobody
        ? {}
        : {
            async ask(request, signal) {
              const side = { purpose: 'summary', ...request }
              return sideRequest(await summaryModel(model, signal), side, signal)
            },
          }),
      async extract(items, how) {
        const { extractSummary } = await import('../providers/builtin/summary.ts')
        return extractSummary(items, how)
      },
    }
  }

  function measured(full: Full | undefined): void {
    share = full?.window === undefined ? undefined : full.inputTokens / full.window
  }

  return {
    share: () => share,
    infoOf,
    care(model, { results, todo }) {
      const about = knownOf(model)
      inCare = about
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
        measured,
      }
    },
    async settle() {
      if (!inCare) return
      const { name, meter, facts } = inCare
      await store.put(name, { ...facts, calibration: meter.calibration })
    },
    measured,
  }
}

/** `builtin`, alone or as `builtin/builtin`. */
function isBuiltin(name: string): boolean {
  return name === 'builtin' || name.startsWith('builtin/')
}
