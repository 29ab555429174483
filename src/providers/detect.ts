/**
 * Which provider and model a run uses, and why: what was named (flag or setting), else what the model's name tells,
 * else the newest login, else the first key in the environment, else an Ollama that answers and has a model, else the built-in engine.
 * Decides within milliseconds: only the loopback probe of Ollama waits, and not for long.
 */

import { CodiError } from '../base/errors.ts'
import { type Environment, firstSet } from '../base/outgoing-proxy.ts'
import type { StoredKeys } from '../contract/auth.ts'
import type { Settings } from '../contract/settings.ts'
import { baseUrlOf } from './address.ts'
import { makerOf } from './catalog.ts'
import { createProvider, hostOf } from './create.ts'
import { findHost, type Host, hosts } from './hosts.ts'
import { createHttp } from './http.ts'
import { listOllamaModels } from './ollama-host.ts'

export interface ProviderChoice {
  provider: string
  model: string
  /** For `codi models` and `/status`: "OPENAI_API_KEY is set". */
  reason: string
}

export type ChoiceSettings = Pick<Settings, 'provider' | 'model' | 'baseUrl' | 'caFile'>

interface Question {
  settings: ChoiceSettings
  env: Environment
  /** What `codi login` stored. */
  stored?: StoredKeys | undefined
  signal: AbortSignal
}

const probeLimitMs = 300
const listLimitMs = 5000

/** Throws a CodiError when what was named does not exist or cannot name a model. */
export async function chooseProvider(question: Question): Promise<ProviderChoice> {
  const named = byName(question) ?? byBaseUrl(question) ?? byModel(question)
  const found = named ?? byLogin(question) ?? byKey(question.env) ?? byAddress(question.env)
  if (found) return withModel(found, question)
  const ollama = await byOllama(question)
  if (ollama) return ollama
  const { model } = question.settings
  if (model !== undefined) {
    throw new CodiError(
      'credentials',
      `Nobody here offers the model "${model}": set a key such as ANTHROPIC_API_KEY or OPENAI_API_KEY, log in with \`codi login\`, start Ollama, or name the provider too, as in openrouter/${model}`,
    )
  }
  return {
    provider: 'builtin',
    model: 'builtin',
    reason: 'no key is set, nobody is logged in and no Ollama answers',
  }
}

/** The providers with a login, those that have what they need in the environment, and those that may be running here. */
export function configuredProviders(env: Environment, stored: readonly string[] = []): string[] {
  const withKey = hosts.filter(
    (host) => firstSet(env, host.keys) !== undefined && isOwnKey(host, env),
  )
  const withLogin = stored.filter((name) => findHost(name)?.id === name)
  return [...new Set([...withLogin, ...withKey.map((host) => host.id), 'ollama', 'builtin'])]
}

export function isProviderName(name: string): boolean {
  return findHost(name) !== undefined
}

interface Found {
  host: Host
  model?: string | undefined
  reason: string
}

function byName({ settings }: Question): Found | undefined {
  const name = settings.provider
  if (!name || name === 'auto') return undefined
  const host = hostOf(name)
  return {
    host,
    model: withoutOwnPrefix(settings.model, host),
    reason: `provider ${host.id} was named`,
  }
}

/** An address alone: that of a known host, else any OpenAI-compatible one. */
function byBaseUrl({ settings }: Question): Found | undefined {
  const { baseUrl, model } = settings
  if (!baseUrl) return undefined
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const known = hosts.find(
    (host) => host.key === 'required' && host.baseUrl?.startsWith(`https://${url?.hostname}/`),
  )
  const ollama = url?.port === '11434' && url.pathname === '/'
  const host = known ?? hostOf(ollama ? 'ollama' : 'openai-compatible')
  return { host, model: withoutOwnPrefix(model, host), reason: '--base-url was given' }
}

function byModel({ settings, env, stored }: Question): Found | undefined {
  const { model } = settings
  if (!model) return undefined
  const slash = model.indexOf('/')
  const prefix = slash > 0 ? findHost(model.slice(0, slash)) : undefined
  if (prefix) return byPrefix(prefix, model, { env, stored })
  const maker = makerOf(model)
  if (!maker) return undefined
  return { host: hostOf(maker), model, reason: `${model} is a model of ${hostOf(maker).name}` }
}

/** `anthropic/claude-x` means OpenRouter's name for it where only OpenRouter has a key. */
function byPrefix(
  host: Host,
  model: string,
  { env, stored }: Pick<Question, 'env' | 'stored'>,
): Found {
  const openrouter = hostOf('openrouter')
  const hasKey = ({ id, keys }: Host) =>
    firstSet(env, keys) !== undefined || stored?.names.includes(id) === true
  if (host.key === 'required' && !hasKey(host) && hasKey(openrouter)) {
    return { host: openrouter, model, reason: `OpenRouter offers ${model}, and its key is set` }
  }
  return {
    host,
    model: withoutOwnPrefix(model, host),
    reason: `the model's name begins with ${host.id}/`,
  }
}

function byLogin({ stored }: Question): Found | undefined {
  for (const name of stored?.names ?? []) {
    const host = findHost(name)
    if (host?.id === name) return { host, reason: `you are logged in to ${host.name}` }
  }
  return undefined
}

function byKey(env: Environment): Found | undefined {
  for (const host of hosts) {
    const key = host.keys.find((name) => env[name]?.trim())
    if (key && isOwnKey(host, env)) return { host, reason: `${key} is set` }
  }
  return undefined
}

/** OPENAI_API_KEY with an OPENAI_BASE_URL elsewhere is meant for that host, which speaks Chat Completions. */
function isOwnKey(host: Host, env: Environment): boolean {
  if (host.id === 'ollama') return false
  const elsewhere = firstSet(env, ['OPENAI_BASE_URL'])
  const foreign =
    elsewhere !== undefined && !/^https:\/\/[\w.-]*\.openai\.com(\/|$)/.test(elsewhere)
  if (host.id === 'openai') return !foreign
  return host.id !== 'openai-compatible' || firstSet(env, host.baseUrlKeys) !== undefined
}

/** An address in the environment of a host that needs no key. */
function byAddress(env: Environment): Found | undefined {
  for (const host of hosts) {
    const name = host.baseUrlKeys.find((each) => env[each]?.trim())
    if (name && host.key === 'optional' && host.wire === 'chat') {
      return { host, reason: `${name} is set` }
    }
  }
  return undefined
}

async function byOllama(question: Question): Promise<ProviderChoice | undefined> {
  const models = await ollamaModels(question, probeLimitMs).catch(() => [])
  const wanted = question.settings.model
  const model =
    wanted === undefined
      ? models[0]
      : models.find((each) => each === wanted || each === `${wanted}:latest`)
  if (!model) return undefined
  return { provider: 'ollama', model, reason: 'Ollama is running and has it' }
}

async function withModel(found: Found, question: Question): Promise<ProviderChoice> {
  const { host, reason } = found
  const told = found.model ?? question.settings.model
  const model = told ?? firstSet(question.env, host.modelKeys ?? []) ?? host.defaultModel
  if (model) return { provider: host.id, model, reason }
  return { provider: host.id, model: await askForModel(host, question), reason }
}

/** Whoever has no usual model is asked which it has; a server of one's own mostly has one. */
async function askForModel(host: Host, question: Question): Promise<string> {
  if (host.wire === 'ollama') {
    const [first] = await ollamaModels(question, listLimitMs)
    if (first) return first
    throw new CodiError(
      'usage',
      'Ollama has no model yet: get one with `codi models pull qwen3-coder`',
    )
  }
  const { baseUrl, caFile } = question.settings
  const provider = await createProvider(host.id, {
    env: question.env,
    stallMs: listLimitMs,
    stored: await question.stored?.source(host.id),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(caFile === undefined ? {} : { caFile }),
  })
  const limited = AbortSignal.any([question.signal, AbortSignal.timeout(listLimitMs)])
  const models = (await provider.models(limited)).filter((model) => !isEmbedding(model.id))
  const [first] = models
  if (first && (host.key !== 'required' || models.length === 1)) return first.id
  const some = models.slice(0, 5).map((model) => model.id)
  const such = some.length > 0 ? `, such as ${some.join(', ')}` : ''
  throw new CodiError('usage', `No model was named for ${host.name}: give --model${such}`)
}

/** Names of the models that can answer, the most recently changed first. */
async function ollamaModels(
  { settings, env, signal }: Question,
  limitMs: number,
): Promise<string[]> {
  const host = hostOf('ollama')
  const isOllama = settings.provider !== undefined && findHost(settings.provider)?.id === 'ollama'
  const baseUrl = baseUrlOf(host, env, isOllama ? settings.baseUrl : undefined)
  const http = await createHttp({ env, stallMs: limitMs, caFile: settings.caFile })
  const apiKey = firstSet(env, host.keys)
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  const models = await listOllamaModels({ host, baseUrl, apiKey, http, env }, limited)
  return models.map((model) => model.id).filter((id) => id !== '' && !isEmbedding(id))
}

function isEmbedding(model: string): boolean {
  return /embed|minilm|\bbge\b|bge-|rerank|whisper|tts/i.test(model)
}

/** `openrouter/anthropic/claude-x` asked of OpenRouter is `anthropic/claude-x`. */
function withoutOwnPrefix(model: string | undefined, host: Host): string | undefined {
  if (model === undefined) return undefined
  const slash = model.indexOf('/')
  if (slash <= 0 || findHost(model.slice(0, slash))?.id !== host.id) return model
  return model.slice(slash + 1)
}
