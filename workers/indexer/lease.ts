/**
 * Who may write the index: one process at a time. The lease is a lock of SQLite on a small database beside the index,
 * so that it ends with the process that holds it, whatever ends that; no heartbeat, nothing to clean up.
 */
import { Database } from 'bun:sqlite'

export interface Lease {
  readonly held: boolean
  /** Takes it at once, or not at all. */
  tryTake(): boolean
  release(): void
  close(): void
}

export function openLease(path: string): Lease {
  const database = new Database(path, { create: true })
  let held = false

  function tryTake(): boolean {
    if (held) return true
    try {
      database.run('BEGIN IMMEDIATE')
      held = true
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown
    }
    return held
  }

  return {
    get held() {
      return held
    },
    tryTake,
    release() {
      if (held) database.run('ROLLBACK')
      held = false
    },
    close() {
      held = false
      database.close()
    },
  }
}

function isBusy(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}
