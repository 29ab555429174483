/**
 * Requests under a login: each carries the token of the moment, a 401 renews it and is tried once more, and so is an
 * answer whose host says in its midst that the token has expired. No token is left in what a host says.
 */
import type { KeySource } from '../contract/auth.ts'
import type { ModelEvent, ModelRequest, Provider } from '../contract/provider.ts'
import type { Http } from './http.ts'

export interface Authorized {
  http: Http
  /** The same provider, whose streams survive the end of a token. */
  lasting(provider: Provider): Provider
}

/** Stands where a key would; what is sent is the token. */
export const tokenPlaceholder = 'login'

/** Where SDKs put a key. */
const keyHeaders = ['authorization', 'x-api-key', 'api-key'] as const

export function authorized(http: Http, source: KeySource): Authorized {
  let last: { token: string; ok: boolean } | undefined

  async function send(
    input: string | URL | Request,
    init: RequestInit,
    token: string,
  ): Promise<Response> {
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : {}))
    for (const name of keyHeaders) headers.delete(name)
    headers.set('authorization', `Bearer ${token}`)
    const response = await http.fetch(input, { ...init, headers })
    last = { token, ok: response.ok }
    return response.ok ? response : without(token, response)
  }

  async function* stream(
    provider: Provider,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    for (let isFirst = true; ; isFirst = false) {
      let ending: Extract<ModelEvent, { type: 'error' }> | undefined
      for await (const event of provider.stream(request, signal)) {
        if (event.type === 'error') ending = event
        else yield event
      }
      if (!ending) return
      if (!isFirst || ending.failure.kind !== 'credentials' || !(await renewed(signal))) {
        yield ending
        return
      }
      yield { type: 'retry', attempt: 2, delayMs: 0, failure: ending.failure }
    }
  }

  /** Only where the answer had begun well: a refusal at its head was tried again already. */
  async function renewed(signal: AbortSignal): Promise<boolean> {
    if (!last?.ok) return false
    const refused = last.token
    const next = await source.token({ refused, signal }).catch(() => refused)
    return next !== refused
  }

  return {
    http: {
      stallMs: http.stallMs,
      async fetch(input, init = {}) {
        const signal = init.signal ?? undefined
        const token = await source.token({ signal })
        const response = await send(input, init, token)
        if (response.status !== 401) return response
        const next = await source.token({ refused: token, signal })
        return next === token ? response : send(input, init, next)
      },
    },
    lasting: (provider) => ({
      ...provider,
      stream: (request, signal) => stream(provider, request, signal),
    }),
  }
}

async function without(token: string, response: Response): Promise<Response> {
  const { status, statusText, headers } = response
  const text = (await response.text()).replaceAll(token, '…')
  return new Response(text, { status, statusText, headers })
}
