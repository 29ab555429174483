/** A web server on loopback and the web service, with the rule that opens exactly this server. */
import type { Environment } from '../../src/base/outgoing-proxy.ts'
import { defaultSettings } from '../../src/config/schema.ts'
import type { Settings } from '../../src/contract/settings.ts'
import type { WebService } from '../../src/contract/web-service.ts'
import { openWeb } from '../../src/web/web.ts'

export interface WebBench extends AsyncDisposable {
  readonly web: WebService
  readonly port: number
  /** `http://localhost:PORT`. */
  readonly origin: string
  /** Requests in the order they came: `GET /path`. */
  readonly seen: string[]
  readonly requests: { url: string; headers: Record<string, string>; body: string }[]
}

type Handler = (request: Request, url: URL) => Response | Promise<Response>

export function openWebBench(
  handler: Handler,
  options: {
    settings?: Partial<Settings> | ((origin: string) => Partial<Settings>)
    env?: Environment
    tls?: { cert: string; key: string }
    /** Rules in place of the one that opens the server. */
    allow?: string[]
  } = {},
): WebBench {
  const seen: string[] = []
  const requests: WebBench['requests'][number][] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    ...(options.tls ? { tls: options.tls } : {}),
    async fetch(request) {
      const url = new URL(request.url)
      seen.push(`${request.method} ${url.pathname}${url.search}`)
      const headers = Object.fromEntries(request.headers)
      requests.push({ url: request.url, headers, body: await request.text() })
      return handler(request, url)
    },
  })
  const port = Number(server.port)
  const origin = `${options.tls ? 'https' : 'http'}://localhost:${port}`
  const { settings = {} } = options
  const given = typeof settings === 'function' ? settings(origin) : settings
  return {
    web: openWeb({
      env: options.env ?? {},
      settings: {
        ...defaultSettings,
        allowHosts: options.allow ?? [`localhost:${port}`, `127.0.0.1:${port}`],
        ...given,
      },
    }),
    port,
    origin,
    seen,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

export function html(body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })
}

export function get(bench: Pick<WebBench, 'web'>, url: string, maxBytes = 1_000_000) {
  return bench.web.fetch({ url, maxBytes, timeoutMs: 10_000 }, new AbortController().signal)
}

/** The CodiError that this ends with. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ kind: string; message: string }> {
  try {
    await promise
  } catch (thrown) {
    return thrown as { kind: string; message: string }
  }
  throw new Error('it did not fail')
}
