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

/** `first`: what the command has said already. Resolves when both sides have ended. */
export async function tunnel(
  client: Socket,
  out: Outward,
  options: { target: HostPort; access: HostAccess; first: Buffer },
): Promise<void> {
  const { socket: server } = out
  const { target, access } = options
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
  const limits = { maxBytes: maxClaimBytes, timeoutMs: idleMs }
  const reader = readBytes(client, limits, options.first)
  const claimed = await firstClaim(reader)
  const first = reader.release()
  if (claimed !== undefined && hostName(claimed) !== target.host) {
    const asked = claimed === '' ? 'something else' : claimed.slice(0, 255)
    access.refuse(
      target,
      `a connection that was allowed for ${hostText(target)} asked for ${asked}`,
    )
    client.destroy()
    server.destroy()
  } else {
    if (first.length > 0) server.write(first)
    client.pipe(server)
  }
  await ended
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
