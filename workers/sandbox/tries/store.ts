/**
 * Where tries are kept: a directory each, for the person alone, locked by whoever uses it. Ids are never given twice while
 * one is kept.
 */
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { CodiError } from '../../../src/base/errors.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'
import { type TryState, tryId } from '../../../src/contract/tries.ts'
import { namesIn, statOf, toBytes } from './byte-path.ts'
import type { FileCalls } from './calls.ts'

const layer = Type.Object({
  root: Type.String(),
  directory: Type.String(),
  inode: Type.String(),
  device: Type.String(),
  since: Type.String(),
})

const record = Type.Object({
  id: Type.String(),
  command: Type.String(),
  cwd: Type.String(),
  startedAt: Type.Number(),
  exitCode: Type.Union([Type.Integer(), Type.Null()]),
  signal: Type.Union([Type.String(), Type.Null()]),
  layers: Type.Array(layer),
  /** Absolute; never applied. */
  closed: Type.Array(Type.String()),
  /** Latin1, one for each layer: what stood in its way at the end, to tell what was removed afterwards. */
  replaced: Type.Array(Type.Array(Type.String())),
  /** One for each layer: see ScanOptions. */
  modes: Type.Array(Type.Array(Type.Tuple([Type.String(), Type.Integer()])), { default: [] }),
  notes: Type.Array(Type.String()),
})

export type TryRecord = typeof record.static

export interface TryStore {
  /** Makes the directory of a new try, locked. */
  create(): KeptTry
  /** Locked; throws a CodiError where there is none of that name, or somebody uses it. */
  open(id: string): KeptTry & { record: TryRecord }
  /** Also one that cannot be read any more. */
  remove(id: string): void
  /** Takes away what killed codis left that is no try: unwritten ones, probes. */
  sweep(): void
  /** All that can be read, oldest first, without a lock. */
  list(): { record: TryRecord; directory: string; state: TryState }[]
}

export interface KeptTry {
  id: string
  directory: string
  write(record: TryRecord): void
  remove(): void
  /** Lets go of the lock. */
  close(): void
}

const recordName = 'try.json'
const lockName = 'lock'
/** Beside the tries: the number given last. */
const lastName = 'last'
const maxTries = 10_000
const lockTries = 5
const lockWaitMs = 3

export function openTryStore(places: readonly string[], calls: FileCalls): TryStore {
  const store: TryStore = {
    create() {
      const place = places[0]
      if (place === undefined) throw new CodiError('unsupported', 'No place is given for tries')
      mkdirSync(place, { recursive: true, mode: 0o700 })
      checkOwner(place)
      const last = Math.max(lastGiven(place), ...places.flatMap(idsIn))
      for (let number = last + 1; number < last + maxTries; number++) {
        const id = `try_${number}`
        const directory = join(place, id)
        try {
          mkdirSync(directory, { mode: 0o700 })
        } catch {
          continue
        }
        const fd = lockOf(directory)
        if (fd === undefined) continue
        writeFileSync(join(place, lastName), String(number), { mode: 0o600 })
        return kept(id, directory, fd)
      }
      throw new CodiError('limit', `There are too many tries in ${place}; codi try discard --all`)
    },
    open(id) {
      const directory = find(id)
      const fd = locked(id, directory)
      const read = readRecord(directory)
      if (read) return { ...kept(id, directory, fd), record: read }
      closeSync(fd)
      throw new CodiError('not_found', `${id} cannot be read; codi try discard ${id} removes it`)
    },
    remove(id) {
      const directory = find(id)
      kept(id, directory, locked(id, directory)).remove()
    },
    sweep() {
      for (const directory of places.flatMap(leftovers)) {
        const fd = lockOf(directory)
        if (fd === undefined) continue
        removeTree(directory)
        closeSync(fd)
      }
    },
    list: () =>
      places
        .flatMap((place) => idsIn(place).map((number) => join(place, `try_${number}`)))
        .flatMap((directory) => {
          const read = readRecord(directory)
          if (!read) return []
          const state = stateOf(read, { directory, inUse: isLocked(directory) })
          return [{ record: read, directory, state }]
        })
        .sort((one, two) => one.record.startedAt - two.record.startedAt),
  }
  return store

  function find(id: string): string {
    const directory = places
      .filter(isOwn)
      .map((place) => join(place, id))
      .find((path) => existsSync(path))
    if (tryId(id) === id && directory !== undefined) return directory
    const all = places.flatMap(idsIn).map((number) => `try_${number}`)
    const known = all.length === 0 ? 'none is kept' : `kept: ${all.slice(-10).join(', ')}`
    throw new CodiError('not_found', `There is no try ${id} (${known})`)
  }

  function locked(id: string, directory: string): number {
    // Whoever lists tries holds each for a moment.
    for (let tries = 0; tries < lockTries; tries++) {
      if (tries > 0) Bun.sleepSync(lockWaitMs)
      const fd = lockOf(directory)
      if (fd !== undefined) return fd
    }
    throw new CodiError('stale', `${id} is in use by another codi; wait until that has ended`)
  }

  function lockOf(directory: string): number | undefined {
    const fd = openSync(join(directory, lockName), 'a', 0o600)
    if (calls.lock(fd)) return fd
    closeSync(fd)
    return undefined
  }

  function kept(id: string, directory: string, fd: number): KeptTry {
    let isOpen = true
    const close = () => {
      if (isOpen) closeSync(fd)
      isOpen = false
    }
    return {
      id,
      directory,
      write: (value) =>
        writeFileSync(join(directory, recordName), JSON.stringify(value), { mode: 0o600 }),
      remove() {
        // First what makes it a try: half of one would show changes that nobody made.
        rmSync(join(directory, recordName), { force: true })
        removeTree(directory)
        close()
      },
      close,
    }
  }

  function isLocked(directory: string): boolean {
    const fd = lockOf(directory)
    if (fd !== undefined) closeSync(fd)
    return fd === undefined
  }
}

export function stateOf(
  { id, command, cwd, startedAt, exitCode, signal, layers }: TryRecord,
  { directory, inUse }: { directory: string; inUse: boolean },
): TryState {
  const roots = layers.map(({ root }) => root)
  const bytes = sizeOf(toBytes(directory))
  return { id, command, cwd, roots, startedAt, exitCode, signal, inUse, bytes }
}

/** Below a directory that all may write, somebody else could have made it first. */
export function checkOwner(place: string): void {
  const found = lstatSync(place)
  if (found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0) return
  throw new CodiError(
    'denied',
    `${place} is not a directory for you alone; remove it, or chmod 700`,
  )
}

/** Whether what lies there is the person's own: a try tells which files of theirs are written. */
function isOwn(place: string): boolean {
  const found = lstatSync(place, { throwIfNoEntry: false })
  return (
    found?.isDirectory() === true && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
  )
}

function lastGiven(place: string): number {
  try {
    return Number.parseInt(readFileSync(join(place, lastName), 'utf8'), 10) || 0
  } catch {
    return 0
  }
}

/** None in a place that somebody else has made or can write to. */
function idsIn(place: string): number[] {
  try {
    if (!isOwn(place)) return []
    return readdirSync(place).flatMap((name) =>
      tryId(name) === name ? [Number(name.slice('try_'.length))] : [],
    )
  } catch {
    return []
  }
}

/** Nothing that is being made is so old. */
const leftoverMs = 3600 * 1000

function leftovers(place: string): string[] {
  try {
    if (!isOwn(place)) return []
    return readdirSync(place)
      .filter((name) => tryId(name) === name || name.startsWith('probe-'))
      .map((name) => join(place, name))
      .filter((path) => Date.now() - lstatSync(path).mtimeMs > leftoverMs && !readRecord(path))
  } catch {
    return []
  }
}

function readRecord(directory: string): TryRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(directory, recordName), 'utf8'))
    return Value.Check(record, parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Of the blocks on disk; what cannot be looked at counts nothing. */
function sizeOf(path: Buffer): number {
  try {
    const found = statOf(path)
    if (!found) return 0
    const own = Number(found.blocks) * 512
    if (!found.isDirectory()) return own
    return namesIn(path).reduce(
      (sum, name) => sum + sizeOf(Buffer.concat([path, toBytes('/'), name])),
      own,
    )
  } catch {
    return 0
  }
}
