/**
 * The index database as a process has it open: made on first use, made again when somebody deleted it meanwhile, set
 * aside when it is damaged. Nobody outside keeps a store longer than a call.
 */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { delay } from '../../src/base/async.ts'
import { CodiError, errorMessage } from '../../src/base/errors.ts'
import { type Lease, openLease } from './lease.ts'
import { type IndexStore, isDamage, openStore, setAside } from './store.ts'

export interface IndexDatabase {
  store(): IndexStore
  /** Waits for the right to write; `onWait` is called now and then meanwhile. Rejects when the signal fires. */
  takeLease(signal: AbortSignal, onWait: () => void): Promise<void>
  releaseLease(): void
  /** Runs a read; a database that turns out damaged, or is gone, is replaced by an empty one and asked again. */
  read<T>(ask: (store: IndexStore) => T): T
  /** Deals with what a use of the store threw: true when the same may be tried again, on an empty database. */
  recover(thrown: unknown): boolean
  /** Process that writes the index at this moment; undefined when none does. */
  writer(): number | undefined
  /** On disk, with what lies beside it. */
  bytes(): number
  close(): void
}

/** How often a process asks whether the other one is done, or dead. */
const askEveryMs = 40

interface Opened {
  store: IndexStore
  lease: Lease
  files: string
}

export function indexDatabase(path: string, notice: (text: string) => void): IndexDatabase {
  let opened: Opened | undefined

  function open(): Opened {
    if (opened && opened.files !== filesOf(path)) close()
    opened ??= openSound()
    return opened
  }

  function openSound(): Opened {
    try {
      return openAll()
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      setAside(path, notice)
      return openAll()
    }
  }

  function openAll(): Opened {
    const store = openStore(path, notice)
    try {
      // The first read makes the files beside the database, and sees that it is one.
      store.meta('epoch')
      return { store, lease: openLease(`${path}.lease`), files: filesOf(path) }
    } catch (thrown) {
      store.close()
      throw thrown
    }
  }

  function close(): void {
    opened?.lease.close()
    opened?.store.close()
    opened = undefined
  }

  function recover(thrown: unknown): boolean {
    const isDamaged = isDamage(thrown)
    const isGone = opened !== undefined && opened.files !== filesOf(path)
    if (!isDamaged && !isGone) return false
    close()
    if (isDamaged) setAside(path, notice)
    return true
  }

  return {
    store: () => open().store,
    async takeLease(signal, onWait) {
      while (!open().lease.tryTake()) {
        onWait()
        await delay(askEveryMs, signal)
      }
    },
    releaseLease: () => opened?.lease.release(),
    recover,
    read(ask) {
      try {
        return ask(open().store)
      } catch (thrown) {
        if (!recover(thrown)) throw worded(thrown, path)
        return ask(open().store)
      }
    },
    writer() {
      const { lease, store } = open()
      if (lease.held) return process.pid
      if (!lease.tryTake()) return Number(store.meta('holder')) || undefined
      lease.release()
      return undefined
    },
    bytes: () =>
      ['', '-wal'].reduce(
        (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
        0,
      ),
    close,
  }
}

/** Tells one set of files from another that took its place. */
function filesOf(path: string): string {
  return ['', '-wal', '.lease'].map((suffix) => inode(path + suffix)).join(' ')
}

function inode(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.dev}:${stat.ino}` : ''
}

/** An error of SQLite or of the disk as a sentence; any other as it is. */
export function worded(thrown: unknown, path: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const told = (text: string) => new CodiError('io', text, { cause: thrown })
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return told(
      `There is no room for the code index in ${dirname(path)}; free some disk space, what is indexed is kept`,
    )
  if (code === 'SQLITE_IOERR_WRITE')
    return told(
      `The code index ${path} cannot be written: the disk is full, faulty or allows no file so large`,
    )
  if (!code.startsWith('SQLITE_')) return thrown
  return told(`The code index ${path} cannot be used: ${errorMessage(thrown)}`)
}
