/**
 * A provider by the id that people type. Nothing is loaded and nobody is asked before the first request; what is
 * missing (an unknown name, no key, no address) is said here, as a CodiError.
 */

import { closest } from '../base/closest.ts'
import { CodiError } from '../base/errors.ts'
import { type Environment, firstSet, isLoopback } from '../base/outgoing-proxy.ts'
import type { KeySource } from '../contract/auth.ts'
import type { Provider } from '../contract/provider.ts'
import { baseUrlOf, isStoredFor, keyOf } from './address.ts'
import type { Authorized } from './authorized.ts'
import { findHost, type Host, hosts } from './hosts.ts'
import { createHttp } from './http.ts'
import type { OllamaProvider } from './ollama.ts'
import type { Patience } from './resilient.ts'
import type { WireSettings } from './wire.ts'

export interface ProviderOptions {
  env: Environment
  /** Silence of a host after which a request counts as stalled. */
  stallMs: number
  /** Instead of the key in the environment. */
  apiKey?: string
  /** Instead of the host's own address. */
  baseUrl?: string
  /** PEM file with further certificate authorities. */
  caFile?: string
  /** The window that a person asked for; only Ollama can be told. */
  contextWindow?: number
  /** What `codi login` stored for this provider; a key in the environment comes before it. */
  stored?: KeySource | undefined
  patience?: Partial<Patience>
}

export async function createProvider(id: string, options: ProviderOptions): Promise<Provider> {
  const host = hostOf(id)
  if (host.wire === 'builtin') {
    const { createBuiltin } = await import('./builtin/builtin.ts')
    return createBuiltin()
  }
  if (host.wire === 'mock') {
    const { createMock } = await import('./mock.ts')
    return createMock(options.env)
  }
  const { settings, login } = await wireSettings(host, options)
  const wire = await createWire(settings)
  const { resilient } = await import('./resilient.ts')
  return resilient(login ? login.lasting(wire) : wire, {
    local: isLoopback(new URL(settings.baseUrl).hostname),
    ...(options.patience ? { patience: options.patience } : {}),
  })
}

/** Ollama with what only it can: pulling models. Without retries, which a download does not want. */
export async function createOllamaProvider(options: ProviderOptions): Promise<OllamaProvider> {
  const { settings } = await wireSettings(hostOf('ollama'), options)
  return (await import('./ollama.ts')).createOllama(settings)
}

/** The settings of a provider that is reached over HTTP. */
async function wireSettings(
  host: Host,
  options: ProviderOptions,
): Promise<{ settings: WireSettings; login?: Authorized }> {
  const { env, stallMs, caFile, contextWindow } = options
  const baseUrl = baseUrlOf(host, env, options.baseUrl, options.stored?.baseUrl)
  const http = await createHttp({ env, stallMs, caFile: caFile ?? env.NODE_EXTRA_CA_CERTS })
  const common = { host, baseUrl, http, env, contextWindow }
  const stored = storedFor(host, options, baseUrl)
  if (!stored) return { settings: { ...common, apiKey: keyOf(host, env, { ...options, baseUrl }) } }
  if (stored.kind === 'key') {
    const apiKey = keyOf(host, {}, { apiKey: await stored.token(), baseUrl })
    return { settings: { ...common, apiKey, bearer: stored.bearer, stored: true } }
  }
  const { authorized, tokenPlaceholder } = await import('./authorized.ts')
  const login = authorized(http, stored)
  return {
    settings: { ...common, apiKey: tokenPlaceholder, http: login.http, stored: true },
    login,
  }
}

/** Undefined where another key comes first, or the host needs none and the login is for another address. */
function storedFor(
  host: Host,
  { stored, apiKey, env }: ProviderOptions,
  baseUrl: string,
): KeySource | undefined {
  if (!stored || apiKey?.trim()) return undefined
  const isForHere = isStoredFor(host, stored.baseUrl, baseUrl)
  // A key in the environment is meant for the usual address, not for one that only the login names.
  const isOwnAddress = isForHere && stored.baseUrl !== undefined
  if (firstSet(env, host.keys) !== undefined && !isOwnAddress) return undefined
  if (isForHere) return stored
  if (host.key !== 'required') return undefined
  throw new CodiError(
    'credentials',
    `The login of ${host.name} is for ${stored.baseUrl ?? host.baseUrl ?? 'another address'}, not for ${baseUrl}: run \`codi login ${host.id} --base-url ${baseUrl}\`, or set ${host.keys[0]}`,
  )
}

async function createWire(settings: WireSettings): Promise<Provider> {
  switch (settings.host.wire) {
    case 'messages':
      return (await import('./anthropic.ts')).createAnthropic(settings)
    case 'responses':
      return (await import('./responses.ts')).createResponses(settings)
    case 'ollama':
      return (await import('./ollama.ts')).createOllama(settings)
    default:
      return (await import('./chat.ts')).createChat(settings)
  }
}

/** The row of a provider; throws a CodiError that names the closest ones. */
export function hostOf(id: string): Host {
  const host = findHost(id)
  if (host) return host
  const ids = hosts.map((row) => row.id)
  const near = closest(id, ids, { threshold: 0.5 })
  const known =
    near.length > 0 ? `did you mean ${near.join(' or ')}` : `known are ${ids.join(', ')}`
  throw new CodiError(
    'usage',
    `No provider is called "${id}": ${known}, or openai-compatible with --base-url for any other host`,
  )
}
