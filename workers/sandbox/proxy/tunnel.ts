/**
 * Carries bytes both ways between a command and a host: no more is read than the other side takes, an end of one
 * direction leaves the other open, silence in both ends it.
 */
import type { Socket } from 'node:net'
import { type HostPort, hostName, hostText } from '../../../src/base/host-rule.ts'
import type { HostAccess } from './access.ts'
import { type ByteReader, ConnectionLost, readBytes } from './byte-reader.ts'
import { claimedHost, maxClaimBytes } from './claimed-host.ts'
import type { Outward } from './outward.ts'

const idleMs = 15 * 60_000

export interface TunnelOptions {
  target: HostPort
  access: HostAccess
  /** What the command has said already. */
  first: Buffer
  /** Of a request that the proxy has made itself: what follows is its body, and names no host. */
  isBody?: true
}

/** Resolves when both sides have ended. */
export async function tunnel(client: Socket, out: Outward, options: TunnelOptions): Promise<void> {
  const { socket: server } = out
  const ended = Promise.all([closed(client), closed(server)])
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.setTimeout(idleMs, () => one.destroy())
    one.on('error', () => one.destroy())
    one.on('close', () => other.end(() => other.destroy()))
  }
  if (out.early.length > 0) client.write(out.early)
  server.pipe(client)
  if (options.isBody) carry(client, server, options.first)
  else await carryChecked(client, server, options)
  await ended
}

function carry(client: Socket, server: Socket, first: Buffer): void {
  if (first.length > 0) server.write(first)
  // An end that came while the beginning was read is not told again.
  if (client.readableEnded) server.end()
  else client.pipe(server)
}

async function carryChecked(client: Socket, server: Socket, options: TunnelOptions): Promise<void> {
  const { target, access } = options
  const reader = readBytes(client, { maxBytes: maxClaimBytes, timeoutMs: idleMs }, options.first)
  const claimed = await firstClaim(reader)
  const first = reader.release()
  if (claimed === undefined || hostName(claimed) === target.host)
    return carry(client, server, first)
  const asked = claimed === '' ? 'something else' : claimed.slice(0, 255)
  access.refuse(target, `a connection that was allowed for ${hostText(target)} asked for ${asked}`)
  client.destroy()
  server.destroy()
}

/** The host that the first bytes name; undefined where they name none, or the connection ends before. */
async function firstClaim(reader: ByteReader): Promise<string | undefined> {
  let have = 0
  try {
    for (;;) {
      const bytes = await reader.need(have + 1)
      const claim = claimedHost(bytes)
      if (claim !== 'more') return claim?.host
      have = bytes.length
    }
  } catch (thrown) {
    // Whatever hides its name behind more bytes than any real one has is not let through.
    return thrown instanceof ConnectionLost && thrown.saidTooMuch ? '' : undefined
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })
}
