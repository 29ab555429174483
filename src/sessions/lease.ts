/**
 * One writer a session: a lock on a file of its own, which the system frees when its process ends, however it ends. The
 * file says who holds it and goes with it; one that is left over is nobody's.
 */
import {
  ftruncateSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { isatty } from 'node:tty'
import { CodiError, errorCode } from '../base/errors.ts'
import { holdFileLock, type OpenFileLock } from '../base/file-lock.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { formatMinute } from '../base/text.ts'
import type { SessionHolder } from '../contract/session.ts'

export interface Lease {
  /** False where nothing could be written, so that there is nothing to hold either. */
  readonly held: boolean
  release(): void
}

export interface Leases {
  /** Throws a CodiError of kind `io` that says who holds it. */
  take(session: string): Lease
  /** Undefined where nobody writes to it. */
  holder(session: string): SessionHolder | undefined
  /** Of all sessions that are held, by id; files that nobody holds any more are removed. */
  holders(): ReadonlyMap<string, SessionHolder>
}

const suffix = '.lease'
const lookTries = 4
const lookMs = 10
const nothingHeld: Lease = { held: false, release: () => undefined }

/** `directory` undefined: sessions that only this process sees. */
export function openLeases(directory: string | undefined): Leases {
  if (directory === undefined)
    return { take: () => nothingHeld, holder: () => undefined, holders: () => new Map() }
  const pathOf = (session: string) => join(directory, `${basename(session)}${suffix}`)

  function take(session: string): Lease {
    const path = pathOf(session)
    let lock = lockOrNone(directory ?? '', path)
    // Whoever looks whether a lease is held has its lock for a moment.
    for (let tries = 0; !lock && tries < lookTries; tries++) {
      Bun.sleepSync(lookMs)
      lock = lockOrNone(directory ?? '', path)
    }
    if (lock === 'unwritable') return nothingHeld
    if (!lock) throw held(session, readHolder(path))
    try {
      ftruncateSync(lock.fd)
      writeSync(lock.fd, `${JSON.stringify(self())}\n`)
    } catch {
      // A full disk: the lock holds all the same, only its holder has no name.
    }
    return {
      held: true,
      release() {
        removeFile(path)
        lock.release()
      },
    }
  }

  function holder(session: string): SessionHolder | undefined {
    const path = pathOf(session)
    const read = readHolder(path)
    if (!read) return undefined
    const lock = lockOrNone(directory ?? '', path)
    if (!lock || lock === 'unwritable') return read
    removeFile(path)
    lock.release()
    return undefined
  }

  return {
    take,
    holder,
    holders() {
      const found = new Map<string, SessionHolder>()
      for (const name of listFiles(directory)) {
        if (!name.endsWith(suffix)) continue
        const session = name.slice(0, -suffix.length)
        const who = holder(session)
        if (who) found.set(session, who)
      }
      return found
    },
  }
}

/** Where nothing can be written there is no second writer either. */
function lockOrNone(directory: string, path: string): OpenFileLock | 'unwritable' | undefined {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return holdFileLock(path)
  } catch (thrown) {
    const cause = thrown instanceof CodiError ? thrown.cause : thrown
    const code = errorCode(cause)
    if (code && /^(EROFS|EACCES|EPERM|ENOSPC|EDQUOT|ENOTDIR|EIO)$/.test(code)) return 'unwritable'
    throw thrown
  }
}

function self(): SessionHolder {
  const terminal = isatty(0) ? terminalName() : undefined
  return {
    pid: process.pid,
    host: hostname(),
    since: Date.now(),
    cwd: process.cwd(),
    ...(terminal === undefined ? {} : { terminal }),
  }
}

function terminalName(): string | undefined {
  try {
    return readlinkSync('/proc/self/fd/0')
  } catch {
    return undefined
  }
}

function readHolder(path: string): SessionHolder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const value = parseJson(text)
  const of = isJsonObject(value) ? value : {}
  return {
    pid: Number(of.pid ?? 0),
    host: String(of.host ?? ''),
    since: Number(of.since ?? 0),
    cwd: String(of.cwd ?? ''),
    ...(typeof of.terminal === 'string' ? { terminal: of.terminal } : {}),
  }
}

/** Who it is, as a person says it. */
export function holderText(holder: SessionHolder): string {
  const elsewhere = holder.host !== '' && holder.host !== hostname() ? ` on ${holder.host}` : ''
  const where = holder.terminal ?? (holder.cwd === '' ? '' : `in ${holder.cwd}`)
  return [
    holder.pid === process.pid ? 'this codi' : `another codi (process ${holder.pid}${elsewhere})`,
    ...(where === '' ? [] : [where]),
    ...(holder.since > 0 ? [`since ${formatMinute(holder.since)}`] : []),
  ].join(', ')
}

function held(session: string, holder: SessionHolder | undefined): CodiError {
  const who = holder ? holderText(holder) : 'another codi'
  return new CodiError(
    'io',
    `Session ${session} is being written by ${who}; end that one, or go on with a copy: codi fork ${session}`,
  )
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or in a directory that takes no writes: a file that nobody locks is nobody's lease.
  }
}
