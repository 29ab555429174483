/** The provider and model in use: chosen once, changed by a person, described before the first request. */
import { abortable } from '../base/async.ts'
import type { PullStep } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { ModelInfo, Provider } from '../contract/provider.ts'
import type { Settings } from '../contract/settings.ts'
import { createOllamaProvider, createProvider, type ProviderOptions } from '../providers/create.ts'
import { chooseProvider, configuredProviders, isProviderName } from '../providers/detect.ts'
import { storedKeys } from './credentials.ts'

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
  options: { env: Env; credentials: Credentials; interrupt?: AbortSignal | undefined },
): Promise<ModelInUse> {
  const { env, credentials, interrupt = new AbortController().signal } = options
  const choose = async (asked: Settings, signal: AbortSignal) =>
    chooseProvider({ settings: asked, env, stored: await storedKeys(credentials), signal })
  let choice = await abortable(choose(settings, interrupt), interrupt)
  let opened: { provider: Provider; info: ModelInfo; login: number | undefined } | undefined

  return {
    get choice() {
      return choice
    },
    get info() {
      return opened?.info
    },
    async open(signal) {
      const login = await loginOf(choice.provider, credentials)
      // Somebody may have logged in anew, in another terminal, since a key was refused.
      if (!opened || opened.login !== login) {
        const provider = await openProvider(choice.provider, settings, options)
        const described = await provider.describe(choice.model, signal)
        opened = { provider, info: withOverrides(described, settings), login }
      }
      const { provider, info } = opened
      return { provider, info, model: choice.model }
    },
    async change(name) {
      const signal = new AbortController().signal
      const { model: _model, provider: _provider, ...plain } = settings
      const asked = isProviderName(name)
        ? { ...plain, provider: name }
        : name.includes('/')
          ? { ...plain, model: name }
          : { ...plain, provider: choice.provider, model: name }
      const next = await choose(asked, signal)
      // A missing key shows here, before the conversation depends on it.
      await openProvider(next.provider, settings, options)
      choice = next
      opened = undefined
    },
  }
}

/** When it was; renewing a token does not change it. */
async function loginOf(provider: string, credentials: Credentials): Promise<number | undefined> {
  return (await credentials.list()).find(({ name }) => name === provider)?.savedAt
}

/** Always the Ollama in reach, whichever provider is in use. */
export async function* pullModel(
  name: string,
  options: {
    settings: Settings
    env: Env
    credentials: Credentials
    current: string
    signal: AbortSignal
  },
): AsyncGenerator<PullStep> {
  const { settings, current, signal } = options
  const provider = await createOllamaProvider(
    await providerOptions('ollama', settingsFor('ollama', { settings, current }), options),
  )
  yield* provider.pull(name, signal)
}

/** What every provider with credentials here offers, the one in use first; one that fails is left out. */
export async function allModels(options: {
  settings: Settings
  env: Env
  credentials: Credentials
  current: string
  signal: AbortSignal
}): Promise<{ provider: string; model: ModelInfo }[]> {
  const { names: stored } = await storedKeys(options.credentials)
  const names = [options.current, ...configuredProviders(options.env, stored)]
  const lists = await Promise.all(
    [...new Set(names)].map(async (name) => {
      try {
        const provider = await openProvider(name, settingsFor(name, options), options)
        return (await provider.models(options.signal)).map((model) => ({ provider: name, model }))
      } catch (thrown) {
        if (name === options.current) throw thrown
        return []
      }
    }),
  )
  return lists.flat()
}

async function openProvider(
  name: string,
  settings: Settings,
  options: { env: Env; credentials: Credentials },
): Promise<Provider> {
  return createProvider(name, await providerOptions(name, settings, options))
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

async function providerOptions(
  name: string,
  settings: Settings,
  { env, credentials }: { env: Env; credentials: Credentials },
): Promise<ProviderOptions> {
  const stored = await (await storedKeys(credentials)).source(name)
  return {
    env,
    stored,
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
