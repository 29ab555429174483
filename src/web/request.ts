/**
 * One HTTP request to an address that was checked: the name is resolved once, the connection goes to that very address.
 * Redirects are answers like any other; bodies are unpacked here, and read no further than asked.
 */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { checkedAddresses } from '../base/checked-address.ts'
import { CodiError } from '../base/errors.ts'
import { type Environment, proxyFor } from '../base/outgoing-proxy.ts'
import { unpacked } from './content-encoding.ts'
import { failureOf } from './failure.ts'
import { targetOf } from './web-target.ts'

/** What every request of the web service has in common. */
export interface WebAccess {
  env: Environment
  /** Rules that open addresses which are not public. */
  allowHosts: readonly string[]
  /** As `readAuthorities` gives them. */
  authorities: readonly string[] | undefined
}

export interface WebCall {
  url: URL
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  maxBytes: number
  /** For the whole of it. */
  timeoutMs: number
}

export interface WebAnswer {
  status: number
  /** Lower-case names. */
  headers: Record<string, string>
  bytes: Uint8Array
  truncated: boolean
}

/** Throws a CodiError: `outside`, `unreachable`, `limit`, `invalid`; the abort of `signal` goes through. */
export async function request(
  call: WebCall,
  access: WebAccess,
  signal: AbortSignal,
): Promise<WebAnswer> {
  const limit = AbortSignal.timeout(call.timeoutMs)
  const both = AbortSignal.any([signal, limit])
  try {
    const proxy = proxyFor(call.url, access.env)
    const addresses = await addressesOf(call.url, access, {
      signal: both,
      proxied: proxy !== false,
    })
    return proxy === false
      ? await direct(call, addresses, access, both)
      : await proxied(call, proxy, access, both)
  } catch (thrown) {
    if (signal.aborted) signal.throwIfAborted()
    if (limit.aborted) {
      const seconds = Math.ceil(call.timeoutMs / 1000)
      throw new CodiError('limit', `${call.url.host} did not answer within ${seconds} s`)
    }
    throw failureOf(thrown, call.url)
  }
}

/** A name that only the proxy knows is left to it. */
async function addressesOf(
  url: URL,
  access: WebAccess,
  options: { signal: AbortSignal; proxied: boolean },
): Promise<readonly string[]> {
  try {
    return await checkedAddresses(targetOf(url), {
      rules: access.allowHosts,
      signal: options.signal,
    })
  } catch (thrown) {
    const unknown = thrown instanceof CodiError && thrown.kind === 'unreachable'
    if (options.proxied && unknown) return []
    throw thrown
  }
}

async function direct(
  call: WebCall,
  addresses: readonly string[],
  access: WebAccess,
  signal: AbortSignal,
): Promise<WebAnswer> {
  const { request: open } =
    call.url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = open(
      call.url,
      {
        method: call.method ?? 'GET',
        headers: headersOf(call),
        // A connection of its own: none that was opened for another address is used again.
        agent: false,
        lookup: (_name, _options, done) => done(null, found),
        signal,
        ...(access.authorities ? { ca: [...access.authorities] } : {}),
      },
      resolve,
    )
    outgoing.on('error', reject)
    outgoing.end(call.body)
  })
  try {
    return await readAnswer(
      { status: response.statusCode ?? 0, headers: flat(response.headers), body: response },
      call.maxBytes,
    )
  } finally {
    response.destroy()
  }
}

async function proxied(
  call: WebCall,
  proxy: string,
  access: WebAccess,
  signal: AbortSignal,
): Promise<WebAnswer> {
  const { Readable } = await import('node:stream')
  const response = await fetch(call.url, {
    method: call.method ?? 'GET',
    headers: headersOf(call),
    ...(call.body === undefined ? {} : { body: call.body }),
    redirect: 'manual',
    decompress: false,
    keepalive: false,
    proxy,
    signal,
    ...(access.authorities ? { tls: { ca: [...access.authorities] } } : {}),
  })
  const body = response.body ? Readable.fromWeb(response.body as never) : Readable.from([])
  try {
    const headers = Object.fromEntries(response.headers)
    return await readAnswer({ status: response.status, headers, body }, call.maxBytes)
  } finally {
    body.destroy()
  }
}

async function readAnswer(
  answer: { status: number; headers: Record<string, string>; body: Readable },
  maxBytes: number,
): Promise<WebAnswer> {
  const { status, headers } = answer
  const body = await unpacked(answer.body, headers['content-encoding'])
  const chunks: Uint8Array[] = []
  let count = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    count += chunk.length
    if (count > maxBytes) break
  }
  const bytes = Buffer.concat(chunks)
  return { status, headers, bytes: bytes.subarray(0, maxBytes), truncated: bytes.length > maxBytes }
}

function headersOf(call: WebCall): Record<string, string> {
  return {
    'user-agent': 'Mozilla/5.0 (compatible; codi)',
    'accept-encoding': 'gzip, br',
    'accept-language': 'en;q=0.9, *;q=0.5',
    ...call.headers,
  }
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')])
  return Object.fromEntries(entries)
}
