/**
 * A lock across processes: a file beside what it guards, made by one process at a time. One whose process is gone, or
 * that is older than any holder may need, is taken over.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { delay } from './async.ts'
import { CodiError, errorCode, toCodiError } from './errors.ts'

export interface LockOptions {
  /** How long to wait for another holder; default 10 s. */
  waitMs?: number
  /** A lock older than this is left over, whoever made it; default 60 s. */
  staleMs?: number
  signal?: AbortSignal
}

const retryMs = 20

/** Runs `work` while no other process holds the lock of `path`. Throws a CodiError of kind `limit` when it stays held. */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const lock = `${path}.lock`
  const mark = `${process.pid} ${hostname()} ${randomUUID()}`
  await take(lock, mark, options)
  try {
    return await work()
  } finally {
    // Somebody may have taken it over from a holder that was stopped for too long.
    if ((await textOf(lock)) === mark) await unlink(lock).catch(() => undefined)
  }
}

async function take(lock: string, mark: string, options: LockOptions): Promise<void> {
  const deadline = Date.now() + (options.waitMs ?? 10_000)
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 })
  for (;;) {
    if (await make(lock, mark)) return
    await removeLeftOver(lock, options.staleMs ?? 60_000)
    if (await make(lock, mark)) return
    if (Date.now() > deadline) {
      throw new CodiError(
        'limit',
        `${lock} is held by another codi; end that one, or remove the file if none runs`,
      )
    }
    await delay(retryMs, options.signal)
  }
}

async function make(lock: string, mark: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle.writeFile(mark).finally(() => handle.close())
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw toCodiError(thrown)
  }
}

/** By a rename to a name of its own, so that of two who see it left over only one removes it. */
async function removeLeftOver(lock: string, staleMs: number): Promise<void> {
  const seen = await textOf(lock)
  const age = await stat(lock).then(
    (info) => Date.now() - info.mtimeMs,
    () => undefined,
  )
  if (seen === undefined || age === undefined) return
  if (age < staleMs && !isOfTheDead(seen)) return
  const aside = `${lock}.${randomUUID()}`
  try {
    await rename(lock, aside)
  } catch {
    return
  }
  // Between reading and renaming it may have become somebody else's: then it goes back.
  if ((await textOf(aside)) === seen) await unlink(aside).catch(() => undefined)
  else await rename(aside, lock).catch(() => undefined)
}

/** An empty mark is one that is being written. */
function isOfTheDead(mark: string): boolean {
  const [pid = '', host = ''] = mark.split(' ')
  if (!/^\d+$/.test(pid) || host !== hostname()) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (thrown) {
    return errorCode(thrown) === 'ESRCH'
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
