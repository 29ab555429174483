/**
 * The way out of the sandbox: an HTTP and SOCKS proxy on a Unix socket, one for each command, that lets through what the
 * policy, the command's own access or a person allows. Names are resolved here, never by the command.
 */
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { hostText } from '../../../src/base/host-rule.ts'
import { type Environment, proxyFor } from '../../../src/base/outgoing-proxy.ts'
import type { SandboxPolicy } from '../../../src/contract/sandbox-service.ts'
import { openHostAccess, type RefusedHost } from './access.ts'
import { readBytes } from './byte-reader.ts'
import type { HostQuestions } from './questions.ts'
import type { ServeContext } from './serve-context.ts'
import { answer, serveHttp } from './serve-http.ts'
import { serveSocks4, serveSocks5 } from './serve-socks.ts'
import { listenPrivately } from './socket-place.ts'

export interface CommandProxy {
  /** Where the relay of the command's own network connects to. */
  readonly socketPath: string
  /** What it refused so far. */
  refused(): RefusedHost[]
  /** Ends every connection and withdraws its questions. */
  close(): Promise<void>
}

export interface ProxyOptions {
  /** codi's own place; made if need be. */
  directory: string
  /** The id of the CommandRequest. */
  id: string
  policy: Pick<SandboxPolicy, 'network' | 'allowedHosts'>
  /** One more host, given to this command alone. */
  host?: string | undefined
  questions: HostQuestions
  env: Environment
}

const maxConnections = 512
const maxHeadBytes = 64 * 1024
/** For a client to say what it wants; the question about a host is not in it. */
const headTimeoutMs = 60_000
/** Undefined where this command needs none: it has no network at all, or all of it. */
export async function openProxy(options: ProxyOptions): Promise<CommandProxy | undefined> {
  const { network } = options.policy
  if (network === 'on' || (network === 'off' && options.host === undefined)) return undefined
  const life = new AbortController()
  const sockets = new Set<Socket>()
  const context: ServeContext = {
    env: options.env,
    signal: life.signal,
    access: openHostAccess({
      ...options,
      signal: life.signal,
      resolvesElsewhere: (target) =>
        proxyFor(new URL(`https://${hostText(target)}`), options.env) !== false,
    }),
  }
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (client) => {
    client.on('error', () => client.destroy())
    if (sockets.size >= maxConnections) {
      return answer(client, 503, 'Service Unavailable', `more than ${maxConnections} connections`)
    }
    sockets.add(client)
    client.once('close', () => sockets.delete(client))
    // A client that breaks off or talks nonsense gets no answer, and nobody else needs one.
    serve(client, context).catch(() => client.destroy())
  })
  const place = await listenPrivately(server, options.directory)
  return {
    socketPath: place.socketPath,
    refused: context.access.refused,
    async close() {
      life.abort()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(place.directory, { recursive: true, force: true })
    },
  }
}

async function serve(client: Socket, context: ServeContext): Promise<void> {
  const reader = readBytes(client, { maxBytes: maxHeadBytes, timeoutMs: headTimeoutMs })
  try {
    const [first] = await reader.need(1)
    if (first === 5) await serveSocks5(client, reader, context)
    else if (first === 4) await serveSocks4(client, reader, context)
    else await serveHttp(client, reader, context)
  } finally {
    reader.release()
  }
}
