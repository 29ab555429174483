/**
 * Writes one audit log. A line is in the file when `append` returns; a process that is killed leaves at most its last
 * line cut, which the next writer records. One writer a file: a second process that goes on with the same session writes
 * `NAME-2.jsonl`.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { CodiError, toCodiError } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import type { JsonObject } from '../base/json.ts'
import { chainLine, chainStart, readChainLine } from './chain.ts'
import { headDirectory, headPath, headText, logDirectory, readHead } from './places.ts'

export interface AuditLog {
  readonly path: string
  /** Throws a CodiError of kind `io` where the line cannot be written whole. */
  append(record: JsonObject): void
  close(): Promise<void>
}

const maxWriters = 100

export async function openAuditLog(options: {
  dataDirectory: string
  /** The session, or what stands for one. */
  name: string
}): Promise<AuditLog> {
  const { dataDirectory } = options
  const base = options.name.replace(/[^\w.-]/g, '_')
  try {
    for (const directory of [logDirectory(dataDirectory), headDirectory(dataDirectory)])
      mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (let number = 1; number <= maxWriters; number++) {
      const name = number === 1 ? base : `${base}-${number}`
      const unlock = await holdLock(join(headDirectory(dataDirectory), `${name}.lock`))
      if (unlock) return openChain(dataDirectory, name, unlock)
    }
  } catch (thrown) {
    throw auditFailure(thrown)
  }
  throw auditFailure(new Error(`${maxWriters} processes write logs of ${base}`))
}

/** The function that lets go of it; undefined where another process has it. */
async function holdLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const held = Promise.withResolvers<boolean>()
  const released = Promise.withResolvers<void>()
  const work = withFileLock(
    path,
    () => {
      held.resolve(true)
      return released.promise
    },
    { limitMs: 0 },
  )
  work.catch((thrown) => {
    if (toCodiError(thrown).kind === 'limit') held.resolve(false)
    else held.reject(thrown)
  })
  if (!(await held.promise)) return undefined
  return async () => {
    released.resolve()
    await work
  }
}

function openChain(dataDirectory: string, name: string, unlock: () => Promise<void>): AuditLog {
  const path = join(logDirectory(dataDirectory), `${name}.jsonl`)
  const end = endOf(path)
  let { seq, prev } = end
  const log = openSync(path, 'a', 0o600)
  const headFile = headPath(dataDirectory, name)
  const counted = readHead(headFile)?.count ?? 0
  const head = openSync(headFile, existsSync(headFile) ? 'r+' : 'w', 0o600)

  function append(record: JsonObject): void {
    const { line, hash } = chainLine(record, { seq: seq + 1, prev })
    try {
      writeWhole(log, `${line}\n`)
      seq++
      prev = hash
      writeSync(head, headText({ count: seq, hash }), 0)
    } catch (thrown) {
      throw auditFailure(thrown)
    }
  }

  if (end.cutBytes !== undefined) {
    writeWhole(log, '\n')
    if (end.cutBytes > 0) append({ type: 'recovered', cutBytes: end.cutBytes })
  }
  // Written over, the head record would no longer tell that lines are missing.
  if (counted > end.seq || end.seq > counted + 1) append({ type: 'gap', counted, found: end.seq })
  return {
    path,
    append,
    async close() {
      closeSync(log)
      closeSync(head)
      await unlock()
    },
  }
}

/** All of it or none: half a line would look like a crash. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  const size = fstatSync(fd).size
  const written = writeSync(fd, bytes)
  if (written === bytes.length) return
  ftruncateSync(fd, size)
  throw new CodiError('io', 'The disk is full')
}

/** Where the chain goes on. `cutBytes`: the file does not end with a line; so many bytes are of no use. */
function endOf(path: string): { seq: number; prev: string; cutBytes?: number } {
  if (!existsSync(path)) return { seq: 0, prev: chainStart }
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  // A line without its end may be whole all the same.
  const last = rest === '' ? undefined : readChainLine(rest)
  const known = last ?? lines.map(readChainLine).findLast((line) => line !== undefined)
  const at = known ? { seq: known.seq, prev: known.hash } : { seq: 0, prev: chainStart }
  if (rest === '') return at
  return { ...at, cutBytes: last ? 0 : Buffer.byteLength(rest) }
}

function auditFailure(thrown: unknown): CodiError {
  return new CodiError(
    'io',
    `Cannot write the audit log: ${toCodiError(thrown).message}; nothing is done that is not recorded`,
    { cause: thrown },
  )
}
