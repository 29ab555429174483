/** One connection of a command that speaks SOCKS to the proxy: version 5 (RFC 1928), 4 and 4a; CONNECT only. */
import type { Socket } from 'node:net'
import { CodiError } from '../../../src/base/errors.ts'
import { type HostPort, hostName } from '../../../src/base/host-rule.ts'
import type { ByteReader } from './byte-reader.ts'
import { hangUp } from './hang-up.ts'
import { connectOut } from './outward.ts'
import type { ServeContext } from './serve-context.ts'
import { tunnel } from './tunnel.ts'

const connectCommand = 1

/** How each version says how it went: bound address and port are of no use to anybody and zero. */
type Reply = 'granted' | 'failed' | 'denied' | 'unreachable' | 'unsupported'
const replies5: Record<Reply, number> = {
  granted: 0,
  failed: 1,
  denied: 2,
  unreachable: 4,
  unsupported: 7,
}
const replies4: Record<Reply, number> = {
  granted: 90,
  failed: 91,
  denied: 91,
  unreachable: 91,
  unsupported: 91,
}
const reply5 = (reply: Reply) => Buffer.from([5, replies5[reply], 0, 1, 0, 0, 0, 0, 0, 0])
const reply4 = (reply: Reply) => Buffer.from([0, replies4[reply], 0, 0, 0, 0, 0, 0])

export async function serveSocks5(
  client: Socket,
  reader: ByteReader,
  context: ServeContext,
): Promise<void> {
  const [, methodCount = 0] = await reader.take(2)
  const methods = await reader.take(methodCount)
  // No authentication: the way to this socket is all that is needed.
  if (!methods.includes(0)) return hangUp(client, Buffer.from([5, 0xff]))
  client.write(Buffer.from([5, 0]))
  const [version, command, , addressType] = await reader.take(4)
  const name = await addressOf(reader, addressType ?? 0)
  const port = (await reader.take(2)).readUInt16BE()
  const request = { command: version === 5 ? command : 0, name, port }
  await serve(client, reader, { ...context, request, reply: reply5 })
}

export async function serveSocks4(
  client: Socket,
  reader: ByteReader,
  context: ServeContext,
): Promise<void> {
  const head = await reader.take(8)
  await reader.takeThrough('\0')
  const address = head.subarray(4, 8)
  // 4a: an address 0.0.0.x says that a name follows.
  const named = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0
  const name = named
    ? (await reader.takeThrough('\0')).subarray(0, -1).toString('latin1')
    : address.join('.')
  const request = { command: head[1], name, port: head.readUInt16BE(2) }
  await serve(client, reader, { ...context, request, reply: reply4 })
}

async function addressOf(reader: ByteReader, type: number): Promise<string | undefined> {
  if (type === 1) return (await reader.take(4)).join('.')
  if (type === 3) {
    const [length = 0] = await reader.take(1)
    return (await reader.take(length)).toString('latin1')
  }
  if (type !== 4) return undefined
  const bytes = await reader.take(16)
  return Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(group * 2).toString(16)).join(
    ':',
  )
}

async function serve(
  client: Socket,
  reader: ByteReader,
  context: ServeContext & {
    request: { command: number | undefined; name: string | undefined; port: number }
    reply(reply: Reply): Buffer
  },
): Promise<void> {
  const first = reader.release()
  const { request, reply, access } = context
  const host = request.name === undefined ? undefined : hostName(request.name)
  if (request.command !== connectCommand) return hangUp(client, reply('unsupported'))
  if (host === undefined || request.port === 0) return hangUp(client, reply('failed'))
  const target: HostPort = { host, port: request.port }
  try {
    const out = await connectOut(target, await access.addresses(target), context)
    client.write(reply('granted'))
    await tunnel(client, out, { target, access, first })
  } catch (thrown) {
    if (!(thrown instanceof CodiError)) throw thrown
    hangUp(client, reply(thrown.kind === 'unreachable' ? 'unreachable' : 'denied'))
  }
}
