/** The connection out of the proxy: to an address that was checked, or to the proxy that the environment names. */
import { connect, type Socket } from 'node:net'
import { CodiError, errorCode } from '../../../src/base/errors.ts'
import { type HostPort, hostText } from '../../../src/base/host-rule.ts'
import { type Environment, proxyFor } from '../../../src/base/outgoing-proxy.ts'
import { ConnectionLost, readBytes } from './byte-reader.ts'

export interface Outward {
  socket: Socket
  /** What the other side has said already. */
  early: Buffer
}

const connectTimeoutMs = 15_000
const maxAnswerBytes = 16 * 1024
/** Of a host with many addresses. */
const maxAddresses = 4

/** Throws a CodiError of kind `unreachable`. */
export async function connectOut(
  target: HostPort,
  addresses: readonly string[],
  options: { env: Environment; signal: AbortSignal },
): Promise<Outward> {
  const proxy = outgoingProxy(target, 'https:', options.env)
  if (proxy) return throughProxy(target, proxy, options.signal)
  let failure: unknown
  for (const address of addresses.slice(0, maxAddresses)) {
    try {
      return {
        socket: await connectTo(address, target.port, options.signal),
        early: Buffer.alloc(0),
      }
    } catch (thrown) {
      failure = thrown
      if (options.signal.aborted) break
    }
  }
  throw unreachable(target, failure)
}

/** The proxy for requests to `target`, where the environment names one. Throws for one that cannot be used. */
export function outgoingProxy(
  target: HostPort,
  protocol: 'http:' | 'https:',
  env: Environment,
): URL | undefined {
  const found = proxyFor(new URL(`${protocol}//${hostText(target)}`), env)
  if (found === false) return undefined
  const proxy = URL.canParse(found) ? new URL(found) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy
  throw new CodiError(
    'unreachable',
    `codi cannot use the proxy that the environment names (${proxy?.protocol ?? 'no URL'}); HTTPS_PROXY must be an http:// or https:// URL`,
  )
}

export async function connectToProxy(proxy: URL, signal: AbortSignal): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[|\]$/g, '')
  const port = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80)
  const socket = await connectTo(host, port, signal)
  if (proxy.protocol === 'http:') return socket
  const { connect: connectTls } = await import('node:tls')
  const secured = connectTls({ socket, servername: host })
  await ready(secured, 'secureConnect', signal)
  return secured
}

/** The line that tells the proxy who we are; empty where its URL holds nobody. */
export function proxyAuthorization(proxy: URL): string {
  if (proxy.username === '') return ''
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return `Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`
}

export function unreachable(target: HostPort, thrown: unknown): CodiError {
  const code = errorCode(thrown)
  const words = code === undefined ? undefined : codeWords[code]
  const why = words ?? (thrown instanceof Error ? thrown.message : String(thrown))
  return new CodiError('unreachable', `cannot reach ${hostText(target)}: ${why}`, { cause: thrown })
}

const codeWords: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENETUNREACH: 'there is no network to it',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it does not answer',
}

async function throughProxy(target: HostPort, proxy: URL, signal: AbortSignal): Promise<Outward> {
  try {
    const socket = await connectToProxy(proxy, signal)
    const authority = hostText(target)
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proxyAuthorization(proxy)}\r\n`,
    )
    const reader = readBytes(socket, { maxBytes: maxAnswerBytes, timeoutMs: connectTimeoutMs })
    try {
      const head = (await reader.takeThrough('\r\n\r\n')).toString('latin1')
      const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1]
      if (!status?.startsWith('2'))
        throw new ConnectionLost(`the proxy ${proxy.host} says ${status}`)
      return { socket, early: reader.release() }
    } catch (thrown) {
      reader.release()
      socket.destroy()
      throw thrown
    }
  } catch (thrown) {
    throw unreachable(target, thrown)
  }
}

async function connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true })
  await ready(socket, 'connect', signal)
  return socket
}

function ready(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => settle(Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' })),
      connectTimeoutMs,
    )
    const abort = () => settle(new Error('the command has ended'))
    const settle = (failure?: Error) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.off('error', settle)
      if (!failure) return resolve()
      socket.on('error', () => {})
      socket.destroy()
      reject(failure)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', settle)
    socket.once(event, () => settle())
    if (signal.aborted) abort()
  })
}
