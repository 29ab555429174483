/**
 * Who is at work in the journal: a file a process, locked for its life, so that what a dead one left can be told from
 * what a living one is about to finish.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type HeldFileLock, holdFileLock } from '../base/file-lock.ts'

export interface Owner {
  id: string
  release(): void
}

export function becomeOwner(directory: string): Owner {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const id = crypto.randomUUID()
  const path = lockPath(directory, id)
  const lock = holdFileLock(path)
  return {
    id,
    release() {
      rmSync(path, { force: true })
      lock?.release()
    },
  }
}

/** Undefined while the owner lives; else a lock under which what it left may be taken over. */
export function takeOver(directory: string, id: string): Pick<HeldFileLock, 'release'> | undefined {
  const path = lockPath(directory, id)
  const lock = holdFileLock(path)
  return (
    lock && {
      release() {
        rmSync(path, { force: true })
        lock.release()
      },
    }
  )
}

function lockPath(directory: string, id: string): string {
  // An id is read from the database; it is a name and no path.
  return join(directory, `${id.replace(/[^\w-]/g, '')}.lock`)
}
