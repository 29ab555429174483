/**
 * A lock over all processes of a machine: `flock` on a file that is never deleted. The system lets go of it when its
 * holder ends, however it ends, so there is no stale lock to recognise. Two holders in one process exclude each other too.
 */
import { dlopen, FFIType } from 'bun:ffi'
import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { delay } from './async.ts'
import { CodiError, toCodiError } from './errors.ts'
import { openLibc } from './libc.ts'

const exclusiveNow = 2 | 4
const defaultLimitMs = 30_000
const firstPauseMs = 5
const maxPauseMs = 50

/**
 * Runs `work` while nobody else holds the lock. Throws CodiError `limit` when it is not to be had in time, `cancelled`
 * on abort and `io` where the file cannot be made; its directory must exist.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; limitMs?: number } = {},
): Promise<T> {
  const library = openFlock()
  let fd: number | undefined
  try {
    fd = openLockFile(path)
    const until = performance.now() + (options.limitMs ?? defaultLimitMs)
    for (let pauseMs = firstPauseMs; library.symbols.flock(fd, exclusiveNow) !== 0; ) {
      if (performance.now() > until)
        throw new CodiError(
          'limit',
          `Another process has held ${path} for too long; end it and try again`,
        )
      await delay(pauseMs, options.signal)
      pauseMs = Math.min(pauseMs * 2, maxPauseMs)
    }
    return await work()
  } finally {
    if (fd !== undefined) closeSync(fd)
    library.close()
  }
}

export interface HeldFileLock {
  /** Safe to call twice. */
  release(): void
}

export interface OpenFileLock extends HeldFileLock {
  /** To read and write what lies in the file. */
  readonly fd: number
}

/**
 * The same lock at once or not at all, for as long as its holder wants it, to the end of the process at most: undefined
 * where somebody else holds it. Whoever holds it may delete its file before letting go. Throws CodiError `io` where the
 * file cannot be made.
 */
export function holdFileLock(path: string): OpenFileLock | undefined {
  const library = openFlock()
  try {
    for (;;) {
      const fd = openLockFile(path)
      if (library.symbols.flock(fd, exclusiveNow) !== 0) {
        closeSync(fd)
        return undefined
      }
      if (isStill(path, fd)) return heldFileLock(fd)
      closeSync(fd)
    }
  } finally {
    library.close()
  }
}

/** Its last holder may have deleted it between opening and locking: then the name is another file's, or nobody's. */
function isStill(path: string, fd: number): boolean {
  const named = statSync(path, { throwIfNoEntry: false })
  return named?.ino === fstatSync(fd).ino
}

function heldFileLock(fd: number): OpenFileLock {
  let held = true
  return {
    fd,
    release() {
      if (held) closeSync(fd)
      held = false
    },
  }
}

function openLockFile(path: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (thrown) {
    throw new CodiError('io', `Cannot lock ${path}: ${toCodiError(thrown).message}`, {
      cause: thrown,
    })
  }
}

function openFlock() {
  const bind = (name: string) =>
    dlopen(name, { flock: { args: [FFIType.int, FFIType.int], returns: FFIType.int } })
  const library = process.platform === 'darwin' ? bind('libSystem.B.dylib') : openLibc(bind)
  if (library) return library
  throw new CodiError('unsupported', 'This machine has no flock, without which nothing is stored')
}
