/** The provider and model in use: chosen once, changed by a person, described before the first request. */
import { abortable } from '../base/async.ts'
import type { PullStep } from '../contract/app.ts'
import type { ModelInfo, Provider } from '../contract/provider.ts'
import type { Settings } from '../contract/settings.ts'
import { createOllamaProvider, createProvider, type ProviderOptions } from '../providers/create.ts'
import { chooseProvider, configuredProviders, isProviderName } from '../providers/detect.ts'

type Env = Record<string, string | undefined>

export interface ModelChoice {
  provider: string
  model: string
  /** Why this one, for `codi models` and `/status`. */
  reason: string
}

export interface ModelInUse {
  readonly choice: ModelChoice
  /** What is known of it; undefined before the first request. */
  readonly info: ModelInfo | undefined
  open(signal: AbortSignal): Promise<{ provider: Provider; model: string; info: ModelInfo }>
  change(name: string): Promise<void>
}

export async function chooseModel(
  settings: Settings,
  env: Env,
  interrupt = new AbortController().signal,
): Promise<ModelInUse> {
  let choice = await abortable(chooseProvider({ settings, env, signal: interrupt }), interrupt)
  let opened: { provider: Provider; info: ModelInfo } | undefined

  return {
    get choice() {
      return choice
    },
    get info() {
      return opened?.info
    },
    async open(signal) {
      if (!opened) {
        const provider = await openProvider(choice.provider, settings, env)
        const described = await provider.describe(choice.model, signal)
        opened = { provider, info: withOverrides(described, settings) }
      }
      return { ...opened, model: choice.model }
    },
    async change(name) {
      const signal = new AbortController().signal
      const { model: _model, provider: _provider, ...plain } = settings
      const asked = isProviderName(name)
        ? { ...plain, provider: name }
        : name.includes('/')
          ? { ...plain, model: name }
          : { ...plain, provider: choice.provider, model: name }
      const next = await chooseProvider({ settings: asked, env, signal })
      // A missing key shows here, before the conversation depends on it.
      await openProvider(next.provider, settings, env)
      choice = next
      opened = undefined
    },
  }
}

/** Always the Ollama in reach, whichever provider is in use. */
export async function* pullModel(
  name: string,
  options: { settings: Settings; env: Env; current: string; signal: AbortSignal },
): AsyncGenerator<PullStep> {
  const { settings, env, current, signal } = options
  const provider = await createOllamaProvider(
    providerOptions(settingsFor('ollama', { settings, current }), env),
  )
  yield* provider.pull(name, signal)
}

/** What every provider with credentials here offers, the one in use first; one that fails is left out. */
export async function allModels(options: {
  settings: Settings
  env: Env
  current: string
  signal: AbortSignal
}): Promise<{ provider: string; model: ModelInfo }[]> {
  const names = [options.current, ...configuredProviders(options.env)]
  const lists = await Promise.all(
    [...new Set(names)].map(async (name) => {
      try {
        const provider = await openProvider(name, settingsFor(name, options), options.env)
        return (await provider.models(options.signal)).map((model) => ({ provider: name, model }))
      } catch (thrown) {
        if (name === options.current) throw thrown
        return []
      }
    }),
  )
  return lists.flat()
}

function openProvider(name: string, settings: Settings, env: Env): Promise<Provider> {
  return createProvider(name, providerOptions(settings, env))
}

/** A base URL belongs to the provider in use, not to every one that has a key. */
function settingsFor(
  name: string,
  { settings, current }: { settings: Settings; current: string },
): Settings {
  if (name === current) return settings
  const { baseUrl: _baseUrl, ...others } = settings
  return others
}

function providerOptions(settings: Settings, env: Env): ProviderOptions {
  return {
    env,
    stallMs: settings.stallSeconds * 1000,
    ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
    ...(settings.caFile === undefined ? {} : { caFile: settings.caFile }),
    // Ollama makes its window as large as it is told.
    ...(settings.contextWindow === undefined ? {} : { contextWindow: settings.contextWindow }),
  }
}

function withOverrides(info: ModelInfo, settings: Settings): ModelInfo {
  return {
    ...info,
    ...(settings.contextWindow === undefined ? {} : { contextWindow: settings.contextWindow }),
  }
}
