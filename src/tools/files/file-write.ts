/**
 * Puts a set of file changes on disk, all or nothing: everything is staged beside its target first; when a later step
 * fails, what was done is taken back. Afterwards the ledger knows the new states, and the journal what there was before.
 */

import { constants } from 'node:fs'
import { open, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { cancelled } from '../../base/async.ts'
import { type StagedWrite, stageWrite, writeAtomic } from '../../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage, toCodiError } from '../../base/errors.ts'
import { type PinnedDirectory, pinDirectory } from '../../base/pinned-directory.ts'
import type { PendingChange } from '../../contract/journal.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { requireApproved } from './approved.ts'
import { becameLink, hashOf, stampOf, type TextFile } from './file-text.ts'

export interface FileChange {
  /** Absolute, resolved. */
  path: string
  /** The file as it was when the change was worked out; undefined: there was none. */
  before: TextFile | undefined
  /** Null: the file goes away. */
  after: { bytes: Uint8Array; text: string; mode?: number } | null
}

/**
 * Throws with nothing changed. The directories of the files are held open meanwhile: what was allowed is written there,
 * even if somebody puts a link in the way.
 */
export async function commitChanges(
  changes: readonly FileChange[],
  context: ToolContext,
  options: { tool?: string } = {},
): Promise<void> {
  const pins = openPins()
  let recorded: PendingChange | undefined
  try {
    for (const change of changes) {
      if (context.signal.aborted) throw cancelled()
      requireApproved(context, change.path)
      await requireAsBefore(change, context, pins)
    }
    recorded = await context.changes?.before(
      changes.map((change) => change.path),
      { callId: context.callId, tool: options.tool ?? 'files' },
    )
    await commit(changes, context, pins)
  } finally {
    pins.close()
    await recorded?.done()
  }
}

async function commit(
  changes: readonly FileChange[],
  context: ToolContext,
  pins: Pins,
): Promise<void> {
  const undo: (() => Promise<void>)[] = []
  const finish: (() => Promise<void>)[] = []
  const discard: (() => Promise<void>)[] = []
  try {
    const staged: { change: FileChange; write: StagedWrite | undefined }[] = []
    for (const change of changes) {
      if (change.after) makeParents(change.path, { pins, undo })
      const write = change.after ? await stage(change, context, pins) : undefined
      if (write) discard.push(() => write.discard())
      staged.push({ change, write })
    }
    if (context.signal.aborted) throw cancelled()
    pins.verify()
    for (const { change, write } of staged) {
      if (write) {
        await write.commit()
        undo.push(() => restore(change, pins))
      } else {
        await setAside(change.path, { pins, undo, finish })
      }
    }
    pins.verify()
  } catch (thrown) {
    // First, because a directory that was made can only go when nothing staged is in it.
    await runAll(discard)
    const failed = await runAll(undo.reverse())
    throw withLosses(thrown, failed)
  }
  await runAll([...discard, ...finish])
  await recordAll(changes, context, pins)
}

/** The directories of the changed files, each held open once. */
interface Pins {
  /** A path to the file through its directory. Throws the system's error where the directory is missing. */
  entry(path: string): string
  /** Opens the directory of the file, and makes it; tells what was made. */
  make(path: string): string[]
  verify(): void
  close(): void
}

function openPins(): Pins {
  const open = new Map<string, PinnedDirectory>()
  function pin(path: string, made?: string[]): PinnedDirectory {
    const directory = dirname(path)
    const known = open.get(directory)
    if (known) return known
    const pinned = pinDirectory(directory, made ? { made } : {})
    open.set(directory, pinned)
    return pinned
  }
  return {
    entry: (path) => pin(path).entry(basename(path)),
    make(path) {
      const made: string[] = []
      pin(path, made)
      return made
    },
    verify() {
      for (const pinned of open.values()) pinned.verify()
    },
    close() {
      for (const pinned of open.values()) pinned.close()
    },
  }
}

/** Between working out and writing somebody else may have written. */
async function requireAsBefore(
  change: FileChange,
  context: ToolContext,
  pins: Pins,
): Promise<void> {
  const name = context.workspace.display(change.path)
  const now = await bytesNow(change.path, pins)
  if (change.before === undefined) {
    if (now === undefined) return
    throw new CodiError('stale', `${name} was created by someone else meanwhile; read it first`)
  }
  if (now === undefined || hashOf(now) !== change.before.stamp.hash) {
    throw new CodiError('stale', `${name} was changed by someone else meanwhile; read it again`)
  }
}

async function bytesNow(path: string, pins: Pins): Promise<Uint8Array | undefined> {
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
    const handle = await open(pins.entry(path), flags)
    return await handle.readFile().finally(() => handle.close())
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw errorCode(thrown) === 'ELOOP' ? becameLink(path) : toCodiError(thrown)
  }
}

function stage(change: FileChange, context: ToolContext, pins: Pins): Promise<StagedWrite> {
  const { path, before, after } = change
  const { approved } = context
  return stageWrite(pins.entry(path), after?.bytes ?? new Uint8Array(), {
    mustBeNew: before === undefined,
    shownAs: path,
    onlyName: approved !== undefined && !approved.linkedPaths?.includes(path),
    ...(after?.mode === undefined ? {} : { mode: after.mode }),
  })
}

function makeParents(
  path: string,
  { pins, undo }: { pins: Pins; undo: (() => Promise<void>)[] },
): void {
  let made: string[]
  try {
    made = pins.make(path)
  } catch (thrown) {
    if (thrown instanceof CodiError) throw thrown
    throw new CodiError(
      'io',
      `Cannot make the directory ${dirname(path)}: ${errorMessage(thrown)}`,
      { cause: thrown },
    )
  }
  if (made.length === 0) return
  // Deepest first; a directory that someone else put a file into meanwhile stays.
  undo.push(async () => {
    for (const directory of made.reverse()) await rmdir(directory).catch(() => {})
  })
}

/** A file to be deleted is renamed until everything else has succeeded. */
async function setAside(
  path: string,
  steps: { pins: Pins; undo: (() => Promise<void>)[]; finish: (() => Promise<void>)[] },
): Promise<void> {
  const from = steps.pins.entry(path)
  const aside = `${dirname(from)}/.${basename(path).slice(0, 60)}.${crypto.getRandomValues(new Uint8Array(6)).toHex()}.tmp`
  try {
    await rename(from, aside)
  } catch (thrown) {
    throw new CodiError('io', `Cannot delete ${path}: ${errorMessage(thrown)}`, { cause: thrown })
  }
  steps.undo.push(() => rename(aside, from))
  steps.finish.push(() => unlink(aside))
}

async function restore(change: FileChange, pins: Pins): Promise<void> {
  const path = pins.entry(change.path)
  if (!change.before) return unlink(path)
  const { bytes, mode } = change.before
  await writeAtomic(path, bytes, { mode, shownAs: change.path })
}

/** The messages of the steps that failed. */
async function runAll(steps: readonly (() => Promise<void>)[]): Promise<string[]> {
  const failed: string[] = []
  for (const step of steps) {
    await step().catch((thrown) => failed.push(errorMessage(thrown)))
  }
  return failed
}

function withLosses(thrown: unknown, failed: readonly string[]): CodiError {
  const cause = toCodiError(thrown)
  if (failed.length === 0) return cause
  return new CodiError(
    'io',
    `${cause.message}; and taking back what was already written failed: ${failed.join('; ')}`,
    { cause: thrown },
  )
}

async function recordAll(
  changes: readonly FileChange[],
  context: ToolContext,
  pins: Pins,
): Promise<void> {
  for (const { path, after } of changes) {
    if (!after) continue
    const info = await stat(pins.entry(path), { bigint: true })
    context.ledger.record(path, stampOf(after.bytes, info, after.text))
  }
}
