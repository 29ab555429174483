/**
 * The servers that run: one for each kind and root, started with the first question, stopped when idle for long, and
 * started again after a crash with growing pauses.
 */
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import type { LspServerStatus } from '../../src/contract/lsp-service.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import type { LspClient } from './client.ts'
import type { Found } from './find.ts'

export type FoundServer = Extract<Found, { state: 'found' }>

export interface Pool {
  /** The running server; starts it where it does not run. Rejects with why it cannot. */
  client(found: FoundServer): Promise<LspClient>
  /** A question was answered: the server is well, and its idle time begins anew. */
  answered(found: FoundServer): void
  missing(found: Extract<Found, { state: 'missing' }>): void
  status(): LspServerStatus[]
  close(): Promise<void>
}

interface Slot {
  status: LspServerStatus
  client: Promise<LspClient> | undefined
  failures: number
  /** `performance.now()` before which it is not started again. */
  retryAt: number
  usedAt: number
  idle: Timer | undefined
}

const maxServers = 8
const defaultIdleMs = 10 * 60_000
const firstPauseMs = 1000
const maxPauseMs = 60_000

export function createPool(groups: ProcessGroups, idleMs = defaultIdleMs): Pool {
  const slots = new Map<string, Slot>()

  async function start(slot: Slot, { row, argv, root }: FoundServer): Promise<LspClient> {
    slot.status.state = 'starting'
    delete slot.status.note
    try {
      const { LspClient } = await import('./client.ts')
      const client = await LspClient.start({ row, argv, root, groups })
      slot.status.state = 'ready'
      void client.ended.then((why) => {
        if (slot.status.state === 'ready') fail(slot, why)
      })
      return client
    } catch (thrown) {
      fail(slot, errorMessage(thrown))
      throw thrown
    }
  }

  /** The first restart is free, the next ones wait. */
  function fail(slot: Slot, why: string): void {
    clearTimeout(slot.idle)
    slot.client = undefined
    slot.status.state = 'failed'
    slot.status.note = why
    slot.failures++
    const pauseMs = slot.failures === 1 ? 0 : firstPauseMs * 2 ** (slot.failures - 2)
    slot.retryAt = performance.now() + Math.min(pauseMs, maxPauseMs)
  }

  async function stop(slot: Slot): Promise<void> {
    clearTimeout(slot.idle)
    const client = await slot.client?.catch(() => undefined)
    if (!client) return
    slot.client = undefined
    slot.status.state = 'stopped'
    await client.stop()
  }

  function makeRoom(): void {
    const running = [...slots.values()].filter((slot) => slot.client)
    if (running.length < maxServers) return
    const oldest = running.sort((a, b) => a.usedAt - b.usedAt)[0]
    if (oldest) void stop(oldest)
  }

  function slotOf({ row, root, argv }: FoundServer): Slot {
    const key = `${row.id}\0${root}`
    let slot = slots.get(key)
    if (!slot) {
      const status: LspServerStatus = {
        server: row.id,
        state: 'stopped',
        command: argv.join(' '),
        root,
      }
      slot = { status, client: undefined, failures: 0, retryAt: 0, usedAt: 0, idle: undefined }
      slots.set(key, slot)
      slots.delete(row.id)
    }
    return slot
  }

  return {
    client(found) {
      const slot = slotOf(found)
      slot.usedAt = performance.now()
      clearTimeout(slot.idle)
      if (slot.client) return slot.client
      const pause = Math.ceil((slot.retryAt - performance.now()) / 1000)
      if (pause > 0) {
        const again = `${slot.status.note}; it is started again in ${pause} s at the earliest`
        return Promise.reject(new CodiError('worker', again))
      }
      makeRoom()
      slot.client = start(slot, found)
      return slot.client
    },
    answered(found) {
      const slot = slotOf(found)
      slot.failures = 0
      clearTimeout(slot.idle)
      if (slot.client) slot.idle = setTimeout(() => void stop(slot), idleMs)
    },
    missing({ row }) {
      const status: LspServerStatus = {
        server: row.id,
        state: 'missing',
        command: row.commands[0]?.join(' ') ?? '',
        root: '',
        note: row.install,
      }
      slots.set(row.id, {
        status,
        client: undefined,
        failures: 0,
        retryAt: 0,
        usedAt: 0,
        idle: undefined,
      })
    },
    status: () => [...slots.values()].map(({ status }) => ({ ...status })),
    async close() {
      await Promise.all([...slots.values()].map(stop))
    },
  }
}
