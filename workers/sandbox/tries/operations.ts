/**
 * The operations of an application, one rename each: done forwards, taken back, and found out about after a crash. Every
 * place is reached from its root without following a symbolic link.
 */
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  rmdirSync,
} from 'node:fs'
import { getSystemErrorName } from 'node:util'
import { CodiError } from '../../../src/base/errors.ts'
import { fromLatin, joinBytes, parentOf, shownBytes, statOf, toBytes } from './byte-path.ts'
import { type FileCalls, here, type Place } from './calls.ts'
import { type Identity, newestBelow } from './identity.ts'
import type { Intent, Operation } from './intent.ts'
import { modeOf } from './scan.ts'

export type Undone = 'undone' | 'nothing' | 'stuck'

export interface Operator {
  /** Throws a CodiError with nothing done by this operation. Doing what is done already changes nothing. */
  do(operation: Operation): void
  /** Whether it is done, can be done, or somebody else was there. */
  state(operation: Operation): 'done' | 'open' | 'taken'
  /** Puts back what it did. `nothing`: it had done nothing; `stuck`: somebody wrote there since, so that it stands. */
  undo(operation: Operation): Undone
  /** Of what stands there, in nanoseconds. */
  changeTime(operation: Operation): bigint | undefined
  /** Waits until they are on the disk. */
  sync(operations: readonly Operation[]): void
  close(): void
}

/** So many files or directories are synced one by one, beyond them their file systems. */
export const fewSyncs = 24
const O_PATH = 0x200000
const directoryFlags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW
/** Directories that are held open at once. */
const maxHeld = 200
const notSupported = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

export function openOperator(intent: Pick<Intent, 'roots'>, calls: FileCalls): Operator {
  const roots = intent.roots.map(({ path, inode }) => openRoot(path, inode))
  const held = new Map<string, number>()

  function release(): void {
    for (const fd of held.values()) closeSync(fd)
    held.clear()
  }

  /** A descriptor of the directory at `path`, below a root. */
  function directoryAt(root: number, path: Buffer): number {
    const base = roots[root]
    if (base === undefined) throw new CodiError('internal', `There is no root ${root}`)
    if (path.length === 0) return base
    const key = `${root}/${path.toString('latin1')}`
    const known = held.get(key)
    if (known !== undefined) return known
    const { directory, name } = parentOf(path)
    const above = directoryAt(root, directory)
    const fd = openSync(inside(above, name), directoryFlags)
    held.set(key, fd)
    return fd
  }

  function placeOf({ root, path }: Operation): Place {
    if (held.size > maxHeld) release()
    const { directory, name } = parentOf(fromLatin(path))
    return { directory: directoryAt(root, directory), name }
  }

  function found(operation: Operation): BigIntStats | undefined {
    try {
      const { directory, name } = placeOf(operation)
      return statOf(inside(directory, name))
    } catch {
      return undefined
    }
  }

  function standingPath(operation: Operation): Buffer {
    return pathOf(placeOf(operation))
  }

  /** Where it fails for want of a right that the owner can give, that is given for the moment. */
  function rename(from: Place, to: Place, how: 'exchange' | 'no-replace'): void {
    const failed = tryRename(calls, from, to, how)
    if (failed === undefined) return
    if (failed !== 'EACCES') throw new Error(failed)
    const given = [from, to].flatMap(opened)
    try {
      const again = tryRename(calls, from, to, how)
      if (again !== undefined) throw new Error(again)
    } finally {
      for (const { path, mode, moved } of given.reverse())
        for (const at of [path, moved]) restoreMode(at, mode)
    }

    function opened({ directory, name }: Place) {
      const other = directory === from.directory && name === from.name ? to : from
      const own = pathOf({ directory, name })
      const around = directory === here ? parentOf(Buffer.from(name)).directory : inside(directory)
      return [
        { path: around, moved: around },
        { path: own, moved: pathOf(other) },
      ].flatMap(({ path, moved }) => {
        const stat = statOf(path)
        const isDirectory = stat?.isDirectory() || path === around
        if (!stat || !isDirectory || (Number(stat.mode) & 0o300) === 0o300) return []
        const mode = modeOf(stat)
        restoreMode(path, mode | 0o700)
        return [{ path, moved, mode }]
      })
    }
  }

  function exchange(operation: Operation & { kind: 'replace' }, target: Place): void {
    const source: Place = { directory: here, name: fromLatin(operation.source) }
    const aside: Place = { directory: here, name: fromLatin(operation.aside) }
    const standing = statOf(pathOf(target))
    // A file system without the swap has a moment in which nothing stands there.
    if (!standing && statOf(Buffer.from(aside.name))) {
      rename(source, target, 'no-replace')
      return
    }
    if (!isOld(standing, operation.old, pathOf(target))) throw taken(operation)
    const failed = tryRename(calls, source, target, 'exchange')
    if (failed !== undefined && notSupported.has(failed)) {
      rename(target, aside, 'no-replace')
      rename(source, target, 'no-replace')
      return
    }
    if (failed !== undefined) rename(source, target, 'exchange')
    // Between the look and the swap somebody may have written there: then it goes back as it was.
    const swapped = Buffer.from(source.name)
    if (!isOld(statOf(swapped), operation.old, swapped)) {
      rename(source, target, 'exchange')
      throw taken(operation)
    }
    rename(source, aside, 'no-replace')
  }

  const operator: Operator = {
    do(operation) {
      try {
        perform(operation)
      } catch (thrown) {
        if (thrown instanceof CodiError) throw thrown
        const why = thrown instanceof Error ? thrown.message : String(thrown)
        throw new CodiError('io', `Cannot change ${shownPath(operation)}: ${why}`, {
          cause: thrown,
        })
      }
    },
    state(operation) {
      const stands = found(operation)
      switch (operation.kind) {
        case 'mkdir':
          return stands === undefined ? 'open' : stands.isDirectory() ? 'done' : 'taken'
        case 'mode':
          if (!stands) return 'taken'
          if (modeOf(stands) === operation.mode) return 'done'
          return modeOf(stands) === operation.was ? 'open' : 'taken'
        case 'delete':
          if (statOf(fromLatin(operation.aside))) return stands ? 'taken' : 'done'
          if (!stands) return 'done'
          return isOld(stands, operation.old, standingPath(operation)) ? 'open' : 'taken'
        case 'create': {
          if (!statOf(fromLatin(operation.source))) return stands ? 'done' : 'taken'
          return stands ? 'taken' : 'open'
        }
        case 'replace': {
          const waits = statOf(fromLatin(operation.source))
          if (!waits) return stands ? 'done' : 'taken'
          // Swapped, but what was there has not been put aside yet.
          if (isOld(waits, operation.old, fromLatin(operation.source))) return 'open'
          if (!stands) return statOf(fromLatin(operation.aside)) ? 'open' : 'taken'
          return isOld(stands, operation.old, standingPath(operation)) ? 'open' : 'taken'
        }
      }
    },
    undo(operation) {
      const stands = found(operation)
      const target = () => placeOf(operation)
      switch (operation.kind) {
        case 'mkdir':
          try {
            rmdirSync(pathOf(target()))
          } catch {
            // Somebody has put something into it, or it was never made.
            return stands ? 'stuck' : 'nothing'
          }
          return 'undone'
        case 'mode':
          if (!stands || modeOf(stands) !== operation.mode) return 'nothing'
          setMode(target(), operation.was)
          return 'undone'
        case 'delete':
          if (!statOf(fromLatin(operation.aside))) return 'nothing'
          if (stands) return 'stuck'
          rename({ directory: here, name: fromLatin(operation.aside) }, target(), 'no-replace')
          return 'undone'
        case 'create':
          if (statOf(fromLatin(operation.source)) || !stands) return 'nothing'
          if (!isOld(stands, operation.own, standingPath(operation))) return 'stuck'
          rename(target(), { directory: here, name: fromLatin(operation.source) }, 'no-replace')
          return 'undone'
        case 'replace':
          return undoReplace(operation, stands, target())
      }
    },
    changeTime: (operation) => found(operation)?.ctimeNs,
    sync(operations) {
      if (operations.length > fewSyncs) {
        for (const root of roots) syncAt(root, calls.sync)
        return
      }
      const synced = new Set<string>()
      for (const operation of operations) {
        const { directory } = parentOf(fromLatin(operation.path))
        const key = `${operation.root}/${directory.toString('latin1')}`
        if (!synced.has(key)) syncAt(placeOf(operation).directory, fsyncSync)
        synced.add(key)
      }
    },
    close() {
      release()
      for (const root of roots.splice(0)) closeSync(root)
    },
  }
  return operator

  function perform(operation: Operation): void {
    const target = placeOf(operation)
    switch (operation.kind) {
      case 'mkdir':
        if (!statOf(pathOf(target))?.isDirectory()) mkdirSync(pathOf(target))
        setMode(target, operation.mode)
        return
      case 'mode':
        setMode(target, operation.mode)
        return
      case 'delete': {
        if (statOf(fromLatin(operation.aside))) return
        const stands = statOf(pathOf(target))
        if (!stands) return
        if (!isOld(stands, operation.old, pathOf(target))) throw taken(operation)
        rename(target, { directory: here, name: fromLatin(operation.aside) }, 'no-replace')
        return
      }
      case 'create': {
        const source = { directory: here, name: fromLatin(operation.source) }
        if (!statOf(source.name) && statOf(pathOf(target))) return
        if (statOf(pathOf(target))) throw taken(operation)
        rename(source, target, 'no-replace')
        return
      }
      case 'replace': {
        const source: Place = { directory: here, name: fromLatin(operation.source) }
        const waits = statOf(Buffer.from(source.name))
        if (!waits) return
        if (isOld(waits, operation.old, Buffer.from(source.name))) {
          rename(source, { directory: here, name: fromLatin(operation.aside) }, 'no-replace')
          return
        }
        exchange(operation, target)
      }
    }
  }

  function undoReplace(
    operation: Operation & { kind: 'replace' },
    stands: BigIntStats | undefined,
    target: Place,
  ): Undone {
    const source: Place = { directory: here, name: fromLatin(operation.source) }
    const aside: Place = { directory: here, name: fromLatin(operation.aside) }
    const waits = statOf(fromLatin(operation.source))
    const old = statOf(fromLatin(operation.aside))
    if (old && !stands) {
      rename(aside, target, 'no-replace')
      return 'undone'
    }
    if (!old && !isOld(waits, operation.old, Buffer.from(source.name))) return 'nothing'
    if (!isOld(stands, operation.own, pathOf(target))) return 'stuck'
    if (old && !waits) rename(aside, source, 'no-replace')
    const failed = tryRename(calls, source, target, 'exchange')
    if (failed === undefined) return 'undone'
    if (!notSupported.has(failed)) throw new Error(failed)
    rename(target, aside, 'no-replace')
    rename(source, target, 'no-replace')
    rename(aside, source, 'no-replace')
    return 'undone'
  }
}

/** Whether that still stands at `path`, and nobody has written to it, or into it. */
function isOld(found: BigIntStats | undefined, old: Identity, path: Buffer): boolean {
  if (!found || String(found.ino) !== old.inode) return false
  if (found.isDirectory()) return newestBelow(path) <= BigInt(old.newestNs ?? 0)
  return String(found.size) === old.size && String(found.mtimeNs) === old.mtimeNs
}

/** Through a descriptor that only stands for a place, which cannot be synced itself. */
function syncAt(place: number, sync: (fd: number) => unknown): void {
  let fd: number
  try {
    fd = openSync(inside(place, Buffer.from('.')), constants.O_RDONLY)
  } catch {
    // A directory that cannot be read; the system writes it in its own time.
    return
  }
  try {
    sync(fd)
  } finally {
    closeSync(fd)
  }
}

function tryRename(
  calls: FileCalls,
  from: Place,
  to: Place,
  how: 'exchange' | 'no-replace',
): string | undefined {
  const result = calls.rename(from, to, how)
  return result === 0 ? undefined : getSystemErrorName(result)
}

function openRoot(path: string, inode: string): number {
  const fd = openSync(path, directoryFlags)
  if (String(statOf(inside(fd, Buffer.from('.')))?.ino) === inode) return fd
  closeSync(fd)
  throw new CodiError('stale', `${path} is another directory than the command ran on`)
}

function inside(fd: number, name?: Uint8Array): Buffer {
  const directory = toBytes(`/proc/self/fd/${fd}`)
  return name === undefined ? Buffer.concat([directory, toBytes('/.')]) : joinBytes(directory, name)
}

function pathOf({ directory, name }: Place): Buffer {
  return directory === here ? Buffer.from(name) : inside(directory, name)
}

function restoreMode(path: Buffer, mode: number): void {
  try {
    if (statOf(path)?.isDirectory()) chmodSync(path, mode)
  } catch {
    // Not ours to open: the rename tells why it failed.
  }
}

/** Of the thing itself: a link that somebody put there is not followed. */
function setMode(target: Place, mode: number): void {
  const fd = openSync(pathOf(target), O_PATH | constants.O_NOFOLLOW)
  try {
    chmodSync(`/proc/self/fd/${fd}`, mode)
  } finally {
    closeSync(fd)
  }
}

function taken(operation: Operation): CodiError {
  return new CodiError('stale', `${shownPath(operation)} was changed just now`)
}

function shownPath({ path }: Operation): string {
  return shownBytes(fromLatin(path))
}
