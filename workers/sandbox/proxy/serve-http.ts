/** One request of a command that speaks HTTP to the proxy: CONNECT, or a plain request with the whole address in it. */
import type { Socket } from 'node:net'
import { CodiError } from '../../../src/base/errors.ts'
import { type HostPort, hostName } from '../../../src/base/host-rule.ts'
import type { ByteReader } from './byte-reader.ts'
import { hangUp } from './hang-up.ts'
import {
  connectOut,
  connectToProxy,
  outgoingProxy,
  proxyAuthorization,
  unreachable,
} from './outward.ts'
import type { ServeContext } from './serve-context.ts'
import { tunnel } from './tunnel.ts'

export async function serveHttp(
  client: Socket,
  reader: ByteReader,
  context: ServeContext,
): Promise<void> {
  const head = (await reader.takeThrough('\r\n\r\n')).toString('latin1')
  const first = reader.release()
  const request = parseHead(head)
  if (typeof request === 'string') return answer(client, 400, 'Bad Request', request)
  try {
    const { target } = request
    const addresses = await context.access.addresses(target)
    if (request.method !== 'CONNECT')
      return await forward(client, request, { ...context, addresses, first })
    const out = await connectOut(target, addresses, context)
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    await tunnel(client, out, { target, access: context.access, first })
  } catch (thrown) {
    if (!(thrown instanceof CodiError)) throw thrown
    if (thrown.kind === 'unreachable')
      return answer(client, 502, 'codi cannot reach the host', thrown.message)
    answer(client, 403, 'codi: host not allowed', `host not allowed: ${thrown.message}`)
  }
}

interface ProxyRequest {
  method: string
  target: HostPort
  /** Of a plain request. */
  url?: URL
  version: string
  /** Header lines as they came. */
  lines: string[]
}

/** A text says what is wrong with it. */
function parseHead(head: string): ProxyRequest | string {
  const [first = '', ...lines] = head.slice(0, -4).split('\r\n')
  const [, method, asked, version] = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(first) ?? []
  if (!method || !asked || !version) return 'this is an HTTP proxy; the request is no HTTP/1'
  if (lines.some((line) => !/^[!#$%&'*+\-.^_`|~\w]+:[^\r\n\0]*$/.test(line)))
    return 'a header line of the request is malformed'
  if (method === 'CONNECT') {
    const [, name = '', port = ''] = /^(\[.*\]|[^:]*):(\d{1,5})$/.exec(asked) ?? []
    const target = toTarget(name, Number(port))
    return target ? { method, target, version, lines } : `CONNECT wants HOST:PORT, not ${asked}`
  }
  const url = URL.canParse(asked) ? new URL(asked) : undefined
  const target =
    url?.protocol === 'http:' ? toTarget(url.hostname, Number(url.port) || 80) : undefined
  if (!url || !target) return 'a proxy is asked for http://HOST/PATH, or by CONNECT'
  return { method, target, url, version, lines }
}

function toTarget(name: string, port: number): HostPort | undefined {
  const host = hostName(name)
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

/** Lines about this one connection, and what is said anew. */
const ownLines =
  /^(host|connection|proxy-connection|proxy-authorization|keep-alive|upgrade|te|trailer):/i

/**
 * A connection carries one plain request: the next may be for another host. That it closes is told to the host, which
 * tells it to the command.
 */
async function forward(
  client: Socket,
  request: ProxyRequest,
  context: ServeContext & { addresses: readonly string[]; first: Buffer },
): Promise<void> {
  const { target, url } = request
  if (!url) return
  const proxy = outgoingProxy(target, 'http:', context.env)
  const path = `${url.pathname}${url.search}`
  const lines = [
    `${request.method} ${proxy ? `${url.protocol}//${url.host}${path}` : path} ${request.version}`,
    `Host: ${url.host}`,
    'Connection: close',
    ...request.lines.filter((line) => !ownLines.test(line)),
  ]
  const head = `${lines.join('\r\n')}\r\n${proxy ? proxyAuthorization(proxy) : ''}\r\n`
  const out = proxy
    ? { socket: await toProxy(proxy, target, context), early: Buffer.alloc(0) }
    : await connectOut(target, context.addresses, { env: {}, signal: context.signal })
  out.socket.write(Buffer.from(head, 'latin1'))
  await tunnel(client, out, { target, access: context.access, first: context.first, isBody: true })
}

function toProxy(proxy: URL, target: HostPort, context: ServeContext): Promise<Socket> {
  return connectToProxy(proxy, context.signal).catch((thrown) => {
    throw unreachable(target, thrown)
  })
}

/** `reason` is what most programs show of a refused CONNECT; the rest is for those that show more. */
export function answer(client: Socket, status: number, reason: string, text: string): void {
  const body = `codi: ${text}\n`
  hangUp(
    client,
    [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
