/**
 * Who may write the search index (`updater`), or send text to an embedder: one at a time over all processes, so that
 * work is not done twice and terms get their numbers from one hand. A holder that is gone loses it at once, one that
 * hangs after a while.
 */
import { cancelled } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import { isJsonObject, parseJson } from '../../src/base/json.ts'
import type { SearchStore } from './store.ts'

export interface Lease {
  /** Inside every write transaction: throws when another has taken it, and keeps it otherwise. */
  renew(): void
  release(): void
}

const staleMs = 8_000
const pollMs = 100

type LeaseKey = 'updater' | 'embedder'

/** Waits for its turn. */
export async function takeLease(
  store: SearchStore,
  signal: AbortSignal,
  key: LeaseKey = 'updater',
): Promise<Lease> {
  const holder = crypto.randomUUID()
  while (!tryTake(store, key, holder)) {
    if (signal.aborted) throw cancelled()
    await Bun.sleep(pollMs)
  }
  return {
    renew() {
      if (read(store, key)?.holder !== holder)
        throw new CodiError('worker', 'Another codi has taken over this work on the search index')
      write(store, key, holder)
    },
    release() {
      try {
        store.transaction(() => {
          if (read(store, key)?.holder === holder)
            store.query<never, [string]>('DELETE FROM meta WHERE key = ?').run(key)
        })
      } catch {
        // A full disk, a database closed meanwhile: it goes stale, and whoever waits takes over.
      }
    },
  }
}

function tryTake(store: SearchStore, key: LeaseKey, holder: string): boolean {
  let taken = false
  store.transaction(() => {
    const other = read(store, key)
    if (other && Date.now() - other.at < staleMs && isAlive(other.pid)) return
    write(store, key, holder)
    taken = true
  })
  return taken
}

function read(
  store: SearchStore,
  key: LeaseKey,
): { holder: string; pid: number; at: number } | undefined {
  const value = parseJson(store.meta(key) ?? 'null')
  if (!isJsonObject(value)) return undefined
  const { holder, pid, at } = value
  return typeof holder === 'string' && typeof pid === 'number' && typeof at === 'number'
    ? { holder, pid, at }
    : undefined
}

function write(store: SearchStore, key: LeaseKey, holder: string): void {
  store.setMeta(key, JSON.stringify({ holder, pid: process.pid, at: Date.now() }))
}

/** In a container the number may mean nothing: then the time alone decides. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')
  }
}
