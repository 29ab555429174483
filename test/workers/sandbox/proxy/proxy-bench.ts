/** A proxy with a policy, the questions it put, and clients that speak to it byte by byte. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkerEvent } from '../../../../src/contract/services.ts'
import {
  type CommandProxy,
  openProxy,
  type ProxyOptions,
} from '../../../../workers/sandbox/proxy/proxy.ts'
import {
  type HostQuestions,
  openHostQuestions,
} from '../../../../workers/sandbox/proxy/questions.ts'
import { portOf } from '../../../support/tcp-server.ts'

export interface ProxyBench extends AsyncDisposable {
  readonly proxy: CommandProxy
  readonly directory: string
  readonly events: WorkerEvent[]
  readonly questions: HostQuestions
  /** The event at this place, as soon as it is there. */
  event(index: number): Promise<WorkerEvent>
  connect(): Promise<Client>
  /** What the proxy answers to these bytes, to the end of the connection. */
  say(bytes: string | Uint8Array): Promise<string>
  /** A TCP port that leads to the proxy, as the relay inside the sandbox does. */
  relay(): Promise<number>
}

export async function openProxyBench(
  options: Partial<Omit<ProxyOptions, 'policy'>> & {
    allow?: string[]
    network?: 'off' | 'ask'
  } = {},
): Promise<ProxyBench> {
  const directory = await mkdtemp(join(tmpdir(), 'codi-proxy-'))
  const events: WorkerEvent[] = []
  let arrived = () => {}
  const questions = openHostQuestions((event) => {
    events.push(event)
    arrived()
  })
  const proxy = await openProxy({
    directory,
    id: 'call-1',
    questions,
    env: {},
    ...options,
    policy: { network: options.network ?? 'ask', allowedHosts: options.allow ?? [] },
  })
  if (!proxy) throw new Error('no proxy was opened')
  const relays: Server[] = []

  async function open(): Promise<Client> {
    const socket = connect({ path: (proxy as CommandProxy).socketPath, allowHalfOpen: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return createClient(socket)
  }

  return {
    proxy,
    directory,
    events,
    questions,
    async event(index) {
      while (events.length <= index) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
      return events[index] as WorkerEvent
    },
    connect: open,
    async say(bytes) {
      const client = await open()
      client.socket.write(bytes)
      const said = (await client.rest()).toString('latin1')
      client.socket.end()
      return said
    },
    async relay() {
      const relay = createServer({ allowHalfOpen: true }, (socket) => {
        const inner = connect({ path: proxy.socketPath, allowHalfOpen: true })
        socket.pipe(inner).pipe(socket)
        socket.on('error', () => inner.destroy())
        inner.on('error', () => socket.destroy())
      })
      relays.push(relay)
      return await portOf(relay)
    },
    async [Symbol.asyncDispose]() {
      for (const relay of relays) relay.close()
      await proxy.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export interface Client {
  readonly socket: Socket
  /** Exactly so many bytes. */
  read(count: number): Promise<Buffer>
  /** Everything up to the end of the connection. */
  rest(): Promise<Buffer>
  /** Resolves when the other side has ended or cut the connection. */
  readonly ended: Promise<void>
}

export function createClient(socket: Socket): Client {
  let ready = Buffer.alloc(0)
  let over = false
  let wake = () => {}
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true
      wake()
      resolve()
    }
    socket.on('end', end).on('close', end).on('error', end)
  })
  socket.on('data', (chunk: Buffer) => {
    ready = Buffer.concat([ready, chunk])
    wake()
  })
  const changed = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  return {
    socket,
    ended,
    async read(count) {
      while (ready.length < count) {
        if (over) throw new Error(`it ended after ${ready.length} bytes: ${ready}`)
        await changed()
      }
      const taken = ready.subarray(0, count)
      ready = ready.subarray(count)
      return taken
    },
    async rest() {
      while (!over) await changed()
      return ready
    },
  }
}
