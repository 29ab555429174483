/**
 * What changed in directories since the last look: by the helper, a few microseconds an entry; where there is none, by
 * this thread.
 */
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import { helperPath } from '../helper.ts'

export interface Difference {
  /** Absolute, in bytes. */
  path: Buffer
  what: 'new' | 'gone' | 'other'
  /** Nanoseconds; 0 for what is gone. */
  changedNs: bigint
  /** With the kind, as `stat` has it; 0 for what is gone. */
  mode: number
  /** Absent for what is new. */
  before?: { mode: number; bytes: number; modifiedNs: bigint }
}

export interface Scanner {
  /** None at the first look. Throws CodiError `limit` where there is too much to look at. */
  look(signal?: AbortSignal): Promise<Difference[]>
  close(): void
}

export interface ScannerOptions {
  roots: readonly string[]
  leftOut: readonly string[]
  /** Where the last look is kept, with a name of its own. */
  state: string
}

/** Above that a look costs more than it is worth. */
export const maxEntries = 200_000
const tooManyStatus = 3

export function openScanner(options: ScannerOptions): Scanner {
  const helper = helperPath()
  return typeof helper === 'string' ? nativeScanner(helper, options) : ownScanner(options)
}

function tooMany(roots: readonly string[]): CodiError {
  return new CodiError(
    'limit',
    `${roots.join(', ')} holds more than ${maxEntries} files; codi does not look through that many`,
  )
}

function nativeScanner(helper: string, { roots, leftOut, state }: ScannerOptions): Scanner {
  return {
    async look(signal) {
      const run = await runProgram(
        [
          ...[helper, 'scan', '--state', state, '--most', String(maxEntries)],
          ...leftOut.flatMap((path) => ['--except', path]),
          ...['--', ...roots],
        ],
        { encoding: 'latin1', ...(signal ? { signal } : {}) },
      )
      if (run.exitCode === tooManyStatus || run.truncated) throw tooMany(roots)
      if (run.exitCode !== 0)
        throw new CodiError('io', `Cannot look through ${roots.join(', ')}: ${run.stderr.trim()}`)
      return run.stdout.split('\0').flatMap(parseDifference)
    },
    close() {
      for (const path of [state, `${state}.new`]) rmSync(path, { force: true })
    },
  }
}

const letters: Record<string, Difference['what']> = { '+': 'new', '-': 'gone', '*': 'other' }

function parseDifference(record: string): Difference[] {
  const found = /^([-+*]) (\d+) (\d+) (\d+) (\d+) (-?\d+) (\/.*)$/s.exec(record)
  const what = letters[found?.[1] ?? '']
  if (!found || what === undefined) return []
  const [, , changed = '0', now, mode, bytes, modified = '0', path = ''] = found
  const before = { mode: Number(mode), bytes: Number(bytes), modifiedNs: BigInt(modified) }
  return [
    {
      path: Buffer.from(path, 'latin1'),
      what,
      changedNs: BigInt(changed),
      mode: Number(now),
      ...(what === 'new' ? {} : { before }),
    },
  ]
}

interface Entry {
  key: string
  changedNs: bigint
  mode: number
  bytes: number
  modifiedNs: bigint
}

/** Names that are no UTF-8 are passed over. */
function ownScanner({ roots, leftOut }: ScannerOptions): Scanner {
  let last: Map<string, Entry> | undefined

  function read(): Map<string, Entry> {
    const found = new Map<string, Entry>()
    const waiting = [...roots]
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      for (const name of namesIn(directory)) {
        const path = join(directory, name)
        if (name === '.git' || leftOut.includes(path)) continue
        const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true })
        if (!stat) continue
        found.set(path, {
          key: `${stat.ino} ${stat.size} ${stat.mode} ${stat.mtimeNs} ${stat.ctimeNs}`,
          changedNs: stat.ctimeNs,
          mode: Number(stat.mode),
          bytes: Number(stat.size),
          modifiedNs: stat.mtimeNs,
        })
        if (found.size > maxEntries) throw tooMany(roots)
        if (stat.isDirectory()) waiting.push(path)
      }
    }
    return found
  }

  return {
    async look() {
      const before = last
      const now = read()
      last = now
      if (!before) return []
      return [
        ...[...now].flatMap(([path, entry]) => compare(path, before.get(path), entry)),
        ...[...before]
          .filter(([path]) => !now.has(path))
          .flatMap(([path, entry]) => compare(path, entry, undefined)),
      ]
    },
    close() {
      last = undefined
    },
  }
}

function compare(path: string, before: Entry | undefined, now: Entry | undefined): Difference[] {
  if (before?.key === now?.key) return []
  return [
    {
      path: Buffer.from(path),
      what: before ? (now ? 'other' : 'gone') : 'new',
      changedNs: now?.changedNs ?? 0n,
      mode: now?.mode ?? 0,
      ...(before ? { before } : {}),
    },
  ]
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
