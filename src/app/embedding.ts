/**
 * The `embedding` setting as what the vectors worker needs: the host's address, its key, whether it costs money. A
 * setting that cannot work is told once, and the built-in embedder does the work.
 */

import { closest } from '../base/closest.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { type Environment, firstSet, isLoopback, proxyFor } from '../base/outgoing-proxy.ts'
import type { Credentials, KeyCredential } from '../contract/auth.ts'
import type { Settings } from '../contract/settings.ts'
import type { EmbeddingOptions } from '../contract/vector-service.ts'
import { baseUrlOf, isStoredFor, keyOf } from '../providers/address.ts'
import { findHost, type Host, hosts } from '../providers/hosts.ts'

export type StoredKey = Pick<KeyCredential, 'key' | 'baseUrl'>

/** Undefined for the built-in embedder, also where the setting cannot work: `warn` then says why. */
export function embeddingOrBuiltin(
  settings: Settings,
  { env, stored, warn }: { env: Environment; stored?: StoredKey; warn(text: string): void },
): EmbeddingOptions | undefined {
  try {
    return embeddingOptions(settings, env, stored)
  } catch (thrown) {
    warn(`${errorMessage(thrown)}; search uses the built-in vectors`)
    return undefined
  }
}

/** Undefined for the built-in embedder. Throws a CodiError for a setting that cannot work. */
export function embeddingOptions(
  settings: Settings,
  env: Environment,
  stored?: StoredKey,
): EmbeddingOptions | undefined {
  const wanted = settings.embedding.trim()
  if (isBuiltin(settings)) return undefined
  const slash = wanted.indexOf('/')
  const model = wanted.slice(slash + 1)
  if (slash <= 0 || model === '')
    throw new CodiError(
      'usage',
      `embedding wants builtin or HOST/MODEL such as ollama/nomic-embed-text, not "${wanted}"`,
    )
  const host = embeddingHost(wanted.slice(0, slash))
  const baseUrl = baseUrlOfEmbedding(host, env, settings.embeddingBaseUrl)
  const url = new URL(baseUrl)
  const apiKey = keyOfEmbedding(host, env, { baseUrl, stored })
  const price = settings.embeddingPrice ?? (isFree(host, url) ? 0 : undefined)
  const proxy = proxyFor(url, env)
  return {
    provider: host.wire === 'ollama' ? 'ollama' : 'openai',
    name: `${host.id}/${model}`,
    model,
    baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(host.keys[0] === undefined ? {} : { keyName: keyNameOf(host, env) }),
    ...(host.quirks?.keyHeader === undefined ? {} : { keyHeader: host.quirks.keyHeader }),
    ...(settings.embeddingDimensions === undefined
      ? {}
      : { dimensions: settings.embeddingDimensions }),
    ...(price === undefined ? {} : { pricePerMillion: price }),
    ...(settings.caFile === undefined ? {} : { caFile: settings.caFile }),
    ...(proxy === false ? {} : { proxy }),
  }
}

/** What `codi login` keeps for the host of the setting. A login with tokens is no use to it: they end while it works. */
export async function storedEmbeddingKey(
  settings: Settings,
  { credentials, warn }: { credentials: Credentials; warn(text: string): void },
): Promise<StoredKey | undefined> {
  const host = isBuiltin(settings) ? undefined : findHost(settings.embedding.split('/')[0] ?? '')
  if (!host) return undefined
  try {
    const stored = await credentials.get(host.id)
    return stored?.kind === 'key' ? stored : undefined
  } catch (thrown) {
    warn(errorMessage(thrown))
    return undefined
  }
}

function isBuiltin({ embedding }: Settings): boolean {
  return ['', 'builtin'].includes(embedding.trim())
}

function embeddingHost(id: string): Host {
  const able = hosts.filter((host) => ['chat', 'responses', 'ollama'].includes(host.wire))
  const host = findHost(id)
  if (host && able.includes(host)) return host
  if (host)
    throw new CodiError(
      'unsupported',
      `${host.name} has no embedding models; see the embedding setting`,
    )
  const near = closest(
    id,
    able.map((each) => each.id),
    { limit: 1 },
  )[0]
  const hint = near === undefined ? 'openai-compatible takes any base URL' : `did you mean ${near}?`
  throw new CodiError('usage', `embedding names an unknown host "${id}"; ${hint}`)
}

function baseUrlOfEmbedding(host: Host, env: Environment, given: string | undefined): string {
  try {
    return baseUrlOf(host, env, given)
  } catch (thrown) {
    const message = errorMessage(thrown).replace('give --base-url', 'give embeddingBaseUrl')
    throw new CodiError('usage', message, { cause: thrown })
  }
}

function keyOfEmbedding(
  host: Host,
  env: Environment,
  { baseUrl, stored }: { baseUrl: string; stored: StoredKey | undefined },
): string | undefined {
  const isUsable =
    stored !== undefined &&
    firstSet(env, host.keys) === undefined &&
    isStoredFor(host, stored.baseUrl, baseUrl)
  try {
    return keyOf(host, env, { apiKey: isUsable ? stored.key : undefined, baseUrl })
  } catch (thrown) {
    const message = errorMessage(thrown).replace(
      ', or choose another provider with --provider',
      ', or change the embedding setting',
    )
    throw new CodiError('credentials', message, { cause: thrown })
  }
}

function keyNameOf(host: Host, env: Environment): string {
  return host.keys.find((name) => firstSet(env, [name]) !== undefined) ?? host.keys[0] ?? ''
}

/** A server of one's own. What Ollama sells runs elsewhere. */
function isFree(host: Host, url: URL): boolean {
  return (
    isLoopback(url.hostname) || (host.wire === 'ollama' && !/(^|\.)ollama\.com$/.test(url.hostname))
  )
}
