/**
 * The loopback callback of a login: a server on 127.0.0.1 that takes one answer on one path, from a browser that really
 * asked this host, with the right state. Everything else is refused and does not end the login: a foreign page must not
 * be able to break it.
 */
import { CodiError, errorCode } from '../base/errors.ts'
import { isSame } from './pkce.ts'

export interface Callback {
  redirectUri: string
  /** The parameters of the one good answer. */
  answer: Promise<URLSearchParams>
  /** How many answers came with a wrong state. */
  strays(): number
  close(): Promise<void>
}

export interface CallbackOptions {
  name: string
  ports: readonly number[]
  host: '127.0.0.1' | 'localhost'
  path: string
  /** Undefined where the path itself is the secret. */
  state: string | undefined
}

export function openCallback(options: CallbackOptions): Callback {
  const { host, path, state } = options
  const { promise, resolve } = Promise.withResolvers<URLSearchParams>()
  let done = false
  let strays = 0

  const server = listen(options, (request, port) => {
    const url = new URL(request.url)
    if (request.headers.get('host') !== `${host}:${port}`)
      return page(421, 'This is not that host.')
    const mode = request.headers.get('sec-fetch-mode')
    // A page of somebody else that asks by script; a browser that follows a redirect sends no origin.
    if (request.headers.has('origin') || (mode !== null && mode !== 'navigate'))
      return page(403, 'Only a browser that was sent here may ask.')
    if (request.method !== 'GET') return page(405, 'Only GET is answered here.')
    if (url.pathname !== path) return page(404, 'There is nothing here.')
    if (done) return page(410, 'This login is over. You can close this page.')
    if (state !== undefined && !isSame(url.searchParams.get('state'), state)) {
      strays++
      return page(400, 'This answer belongs to another login. Start again in the terminal.')
    }
    done = true
    resolve(url.searchParams)
    return url.searchParams.has('error')
      ? page(200, 'The login was refused. You can close this page; the terminal says more.')
      : page(200, 'codi has the answer. You can close this page and go back to the terminal.')
  })

  return {
    redirectUri: `http://${host}:${server.port}${path}`,
    answer: promise,
    strays: () => strays,
    // The page is still on its way when the answer is known.
    close: () => server.stop(),
  }
}

function listen(
  { ports, name }: CallbackOptions,
  answer: (request: Request, port: number) => Response,
): { port: number; stop(): Promise<void> } {
  for (const port of ports.length > 0 ? ports : [0]) {
    try {
      const server = Bun.serve({
        hostname: '127.0.0.1',
        port,
        idleTimeout: 10,
        fetch: (request, self) => answer(request, self.port ?? port),
      })
      return { port: server.port ?? port, stop: () => server.stop() }
    } catch (thrown) {
      if (errorCode(thrown) !== 'EADDRINUSE') throw thrown
    }
  }
  throw new CodiError(
    'io',
    `The login of ${name} wants port ${ports.join(' or ')} of this machine, which is in use; end what uses it, or register another one and set oauth.${name}.ports`,
  )
}

/** Nothing of the address may leave the page: no referrer, no script, no cache. */
function page(status: number, text: string): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>codi</title><p>${text}</p></html>\n`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    },
  })
}
