/** Where a host is and with which key it is asked: from options, the environment and the host's row. */

import { CodiError } from '../base/errors.ts'
import { type Environment, firstSet, isLoopback } from '../base/outgoing-proxy.ts'
import type { Host } from './hosts.ts'

/**
 * The base URL of a host, checked, without a slash at its end: as given, from the environment, from its login, its own.
 * Throws a CodiError when there is none.
 */
export function baseUrlOf(
  host: Host,
  env: Environment,
  given: string | undefined,
  stored?: string,
): string {
  const text = given?.trim() || firstSet(env, host.baseUrlKeys) || stored || fillIn(host, env)
  if (host.wire === 'ollama') return ollamaUrl(text)
  const url = parseUrl(text, host)
  // People give `http://localhost:8000` and mean its API.
  if (url.pathname === '/' && host.wire !== 'messages') {
    url.pathname = host.id === 'azure' ? '/openai/v1' : '/v1'
  }
  return url.href.replace(/\/+$/, '')
}

/** The key, or undefined where the host works without. Throws a CodiError of kind `credentials` when it is missing. */
export function keyOf(
  host: Host,
  env: Environment,
  options: { apiKey?: string | undefined; baseUrl: string },
): string | undefined {
  const key = options.apiKey?.trim() || firstSet(env, host.keys)
  if (key) return checked(key, host)
  if (host.key !== 'required' || isLoopback(new URL(options.baseUrl).hostname)) return undefined
  const where = host.keyUrl ? ` (make one at ${host.keyUrl})` : ''
  throw new CodiError(
    'credentials',
    `No key for ${host.name}: set ${host.keys[0]}${where}, run \`codi login ${host.id}\`, or choose another provider with --provider`,
  )
}

/** A stored credential goes to the host that it was made for, and to no other. */
export function isStoredFor(host: Host, stored: string | undefined, baseUrl: string): boolean {
  const own = stored ?? host.baseUrl
  return own !== undefined && URL.canParse(own) && new URL(own).origin === new URL(baseUrl).origin
}

/** A key with a line break or another stray character would only fail much later, as a bad header. */
function checked(key: string, host: Host): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key
  throw new CodiError(
    'credentials',
    `The key for ${host.name} holds a space, a line break or a character that no key has; check ${host.keys[0]}`,
  )
}

function fillIn(host: Host, env: Environment): string {
  const { baseUrl } = host
  if (baseUrl === undefined) {
    throw new CodiError(
      'usage',
      `No address for ${host.name}: give --base-url, or set ${host.baseUrlKeys[0] ?? 'a base URL'}`,
    )
  }
  return baseUrl.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = env[name]?.trim()
    if (value) return encodeURIComponent(value)
    throw new CodiError('usage', `No address for ${host.name}: set ${name}, or give --base-url`)
  })
}

function parseUrl(text: string, host: Host): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new CodiError(
    'usage',
    `"${text}" is no address for ${host.name}: a base URL begins with http:// or https://`,
  )
}

/** As Ollama itself reads OLLAMA_HOST: a host, a port, both or a URL; 0.0.0.0 is where it listens, not where it is. */
function ollamaUrl(text: string): string {
  const withScheme = /^https?:\/\//i.test(text)
    ? text
    : `http://${text.replace(/^:/, 'localhost:')}`
  if (!URL.canParse(withScheme)) {
    throw new CodiError(
      'usage',
      `"${text}" is no address for Ollama: OLLAMA_HOST is host:port or a URL`,
    )
  }
  const url = new URL(withScheme)
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  const portGiven = /:\d+/.test(withScheme.replace(/^https?:\/\/(\[[^\]]*\])?/i, ''))
  if (!portGiven && url.protocol === 'http:') url.port = '11434'
  return url.href.replace(/\/+$/, '').replace(/\/(v1|api)$/, '')
}
