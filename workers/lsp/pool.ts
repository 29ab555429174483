/**
 * The servers that run: one for each kind and root, started with the first question, stopped when idle for long or too
 * big, and started again after a crash with growing pauses.
 */
import { abortable } from '../../src/base/async.ts'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import { formatBytes } from '../../src/base/text.ts'
import type { Enclosure } from '../../src/contract/enclosure.ts'
import type { LspServerStatus } from '../../src/contract/lsp-service.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import type { LspClient } from './client.ts'
import type { Found } from './find.ts'
import { createMemoryWatch } from './memory-watch.ts'

export type FoundServer = Extract<Found, { state: 'found' }>

export interface Pool {
  /**
   * What `ask` answers with the running server, which is started where it does not run; undefined when it is not ready
   * before the signal fires, or at once with `onlyReady`: then it goes on starting for the next question.
   */
  use<T>(
    found: FoundServer,
    ask: (client: LspClient) => Promise<T>,
    options: { signal: AbortSignal; onlyReady?: boolean },
  ): Promise<T | undefined>
  /** Those that are ready now. */
  running(): { found: FoundServer; client: LspClient }[]
  missing(found: Extract<Found, { state: 'missing' }>): void
  status(): Promise<LspServerStatus[]>
  close(): Promise<void>
}

export interface PoolOptions {
  groups: ProcessGroups
  /** Servers run as it says. */
  enclosure?: Enclosure
  notice(text: string): void
  idleMs?: number
  memoryLimitBytes?: number
  memoryCheckMs?: number
  maxServers?: number
}

interface Slot {
  found: FoundServer
  status: LspServerStatus
  client: Promise<LspClient> | undefined
  ready: LspClient | undefined
  /** Questions that it is asked now. */
  asked: number
  failures: number
  /** `performance.now()` before which it is not started again. */
  retryAt: number
  usedAt: number
  /** How often it was stopped for its size. */
  grown: number
  idle: Timer | undefined
}

const defaultMaxServers = 8
const defaultIdleMs = 10 * 60_000
const defaultMemoryLimitBytes = 4096 * 1024 * 1024
const defaultMemoryCheckMs = 20_000
const firstPauseMs = 1000
const maxPauseMs = 60_000
/** A server that grew too big is started again this often. */
const maxGrown = 1

export function createPool(options: PoolOptions): Pool {
  const { groups, notice, idleMs = defaultIdleMs, maxServers = defaultMaxServers } = options
  const memoryLimitBytes = options.memoryLimitBytes ?? defaultMemoryLimitBytes
  const slots = new Map<string, Slot>()
  const absent = new Map<string, LspServerStatus>()
  const closing = new AbortController()
  const memory = createMemoryWatch({
    everyMs: options.memoryCheckMs ?? defaultMemoryCheckMs,
    limitBytes: memoryLimitBytes,
    running: pids,
    grown: stopGrown,
  })

  async function start(slot: Slot): Promise<LspClient> {
    const { row, argv, root } = slot.found
    slot.status = { ...slot.status, state: 'starting', command: argv.join(' ') }
    delete slot.status.note
    memory.begin()
    try {
      const { LspClient } = await import('./client.ts')
      const client = await LspClient.start({
        ...{ row, argv, root, groups, enclosure: options.enclosure },
        signal: closing.signal,
      })
      slot.ready = client
      slot.status.state = 'ready'
      if (client.pid !== undefined) slot.status.pid = client.pid
      void client.ended.then((why) => {
        if (slot.ready === client) fail(slot, why)
      })
      return client
    } catch (thrown) {
      const why = `${errorMessage(thrown)} (to install it: ${row.install})`
      fail(slot, why)
      throw new CodiError('worker', why, { cause: thrown })
    }
  }

  /** The first restart is free, the next ones wait. */
  function fail(slot: Slot, why: string): void {
    forget(slot, 'failed')
    slot.status.note = why
    slot.failures++
    const pauseMs = slot.failures === 1 ? 0 : firstPauseMs * 2 ** (slot.failures - 2)
    slot.retryAt = performance.now() + Math.min(pauseMs, maxPauseMs)
  }

  function forget(slot: Slot, state: 'failed' | 'stopped'): void {
    clearTimeout(slot.idle)
    slot.client = undefined
    slot.ready = undefined
    slot.status.state = state
    delete slot.status.pid
    if (![...slots.values()].some(({ client }) => client)) memory.end()
  }

  async function stop(slot: Slot, reason?: string): Promise<void> {
    const client = await slot.client?.catch(() => undefined)
    if (!client || slot.ready !== client) return
    forget(slot, 'stopped')
    if (reason !== undefined) slot.status.note = reason
    await client.stop(reason)
  }

  async function stopGrown(slot: Slot, bytes: number): Promise<void> {
    if (!slot.ready) return
    slot.grown++
    const again = slot.grown <= maxGrown
    const reason = `it had grown to ${formatBytes(bytes)}, more than ${formatBytes(memoryLimitBytes)}`
    await stop(slot, reason)
    const then = again ? 'it is started again once' : 'it stays stopped'
    notice(`The language server ${slot.status.server} was stopped: ${reason}; ${then}`)
    if (again) slot.client ??= start(slot)
    slot.client?.catch(() => {})
  }

  function pids(): Map<number, Slot> {
    const byPid = new Map<number, Slot>()
    for (const slot of slots.values()) if (slot.ready?.pid) byPid.set(slot.ready.pid, slot)
    return byPid
  }

  /** The one used longest ago makes room, where it has nothing to do. */
  function makeRoom(): void {
    const running = [...slots.values()].filter((slot) => slot.client)
    if (running.length < maxServers) return
    const resting = running.filter((slot) => slot.asked === 0)
    const oldest = resting.sort((a, b) => a.usedAt - b.usedAt)[0]
    if (!oldest)
      throw new CodiError('limit', `${maxServers} language servers are busy already; ask again`)
    void stop(oldest, `it made room for another; at most ${maxServers} run at once`)
  }

  function slotOf(found: FoundServer): Slot {
    const key = `${found.row.id}\0${found.root}`
    absent.delete(found.row.id)
    const known = slots.get(key)
    if (known) {
      known.found = found
      return known
    }
    const { row, root, argv } = found
    const status: LspServerStatus = {
      ...{ server: row.id, state: 'stopped', command: argv.join(' '), root },
    }
    const counts = { asked: 0, failures: 0, retryAt: 0, usedAt: 0, grown: 0 }
    const slot: Slot = {
      ...{ found, status, client: undefined, ready: undefined, idle: undefined, ...counts },
    }
    slots.set(key, slot)
    return slot
  }

  function clientOf(slot: Slot): Promise<LspClient> {
    if (slot.grown > maxGrown)
      throw new CodiError('limit', `${slot.status.note}, twice; it stays stopped in this session`)
    if (slot.client) return slot.client
    const pause = Math.ceil((slot.retryAt - performance.now()) / 1000)
    if (pause > 0) {
      const again = `${slot.status.note}; it is started again in ${pause} s at the earliest`
      throw new CodiError('worker', again)
    }
    makeRoom()
    slot.client = start(slot)
    // It goes on starting for the next question, also when nobody waits any longer.
    slot.client.catch(() => {})
    return slot.client
  }

  return {
    async use(found, ask, { signal, onlyReady }) {
      const slot = slotOf(found)
      slot.usedAt = performance.now()
      clearTimeout(slot.idle)
      slot.asked++
      try {
        const starting = clientOf(slot)
        if (onlyReady && !slot.ready) return undefined
        const client =
          slot.ready ??
          (await abortable(starting, signal).catch((thrown) => {
            if (signal.aborted) return undefined
            throw thrown
          }))
        if (!client) return undefined
        const answer = await ask(client)
        slot.failures = 0
        return answer
      } finally {
        slot.asked--
        if (slot.asked === 0 && slot.client) {
          clearTimeout(slot.idle)
          slot.idle = setTimeout(() => void stop(slot), idleMs)
        }
      }
    },
    running: () =>
      [...slots.values()].flatMap(({ found, ready }) => (ready ? [{ found, client: ready }] : [])),
    missing({ row }) {
      absent.set(row.id, {
        server: row.id,
        state: 'missing',
        command: row.commands[0]?.join(' ') ?? '',
        root: '',
        note: row.install,
      })
    },
    async status() {
      const bytes = await memory.look()
      const known = [...slots.values()].map((slot) => {
        const memoryBytes = bytes.get(slot)
        return { ...slot.status, ...(memoryBytes === undefined ? {} : { memoryBytes }) }
      })
      return [...known, ...absent.values()]
    },
    async close() {
      closing.abort()
      memory.end()
      await Promise.all([...slots.values()].map((slot) => stop(slot)))
    },
  }
}
