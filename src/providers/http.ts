/**
 * The one way out: every provider, through its SDK or not, fetches with this. It knows the proxies of the environment,
 * an extra certificate authority and the stall limit, never follows a redirect (a key must not travel to where it
 * was not sent), and reads an error body to its end so that nobody can be kept waiting by one.
 */
import { readAuthorities } from '../base/authorities.ts'
import { type Environment, proxyFor } from '../base/outgoing-proxy.ts'

export interface Http {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Longest silence before the first byte and between two bytes. */
  readonly stallMs: number
}

export interface HttpOptions {
  env: Environment
  stallMs: number
  /** PEM file with further certificate authorities. */
  caFile?: string | undefined
}

/** Nothing arrived before the stall limit. */
export class StallError extends Error {
  override readonly name = 'StallError'
}

const maxErrorBodyBytes = 256 * 1024

export async function createHttp(options: HttpOptions): Promise<Http> {
  const { env, stallMs } = options
  const authorities = await readAuthorities(options.caFile)

  async function guarded(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input)
    const stall = new AbortController()
    const timer = setTimeout(() => stall.abort(), stallMs)
    const outer = init.signal ?? undefined
    try {
      const response = await fetch(input, {
        ...init,
        redirect: 'manual',
        signal: outer ? AbortSignal.any([outer, stall.signal]) : stall.signal,
        proxy: proxyFor(url, env),
        ...(authorities ? { tls: { ca: authorities } } : {}),
        // Bun ends idle requests after five minutes by itself; the limit here is ours alone.
        timeout: false,
      } as BunFetchRequestInit)
      return response.ok ? response : await readWhole(response)
    } catch (thrown) {
      if (!stall.signal.aborted || outer?.aborted) throw thrown
      throw new StallError(`Nothing arrived for ${stallMs} ms`, { cause: thrown })
    } finally {
      clearTimeout(timer)
    }
  }

  return { fetch: guarded, stallMs }
}

/** An error body is short; reading it here puts it under the stall limit and a size limit. */
async function readWhole(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxErrorBodyBytes) break
  }
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const { status, statusText } = response
  return new Response(status === 304 || status === 204 ? null : Buffer.concat(chunks), {
    status,
    statusText,
    headers,
  })
}
