/**
 * Puts a set of file changes on disk, all or nothing: everything is staged beside its target first; when a later step
 * fails, what was done is taken back. Afterwards the ledger knows the new states.
 */

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cancelled } from '../../base/async.ts'
import { type StagedWrite, stageWrite, writeAtomic } from '../../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage, toCodiError } from '../../base/errors.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { requireApproved } from './approved.ts'
import { hashOf, stampOf, type TextFile } from './file-text.ts'

export interface FileChange {
  /** Absolute, resolved. */
  path: string
  /** The file as it was when the change was worked out; undefined: there was none. */
  before: TextFile | undefined
  /** Null: the file goes away. */
  after: { bytes: Uint8Array; text: string; mode?: number } | null
}

/** Throws with nothing changed. */
export async function commitChanges(
  changes: readonly FileChange[],
  context: ToolContext,
): Promise<void> {
  const undo: (() => Promise<void>)[] = []
  const finish: (() => Promise<void>)[] = []
  const discard: (() => Promise<void>)[] = []
  try {
    for (const change of changes) {
      if (context.signal.aborted) throw cancelled()
      requireApproved(context, change.path)
      await requireAsBefore(change, context)
    }
    const staged: { change: FileChange; write: StagedWrite | undefined }[] = []
    for (const change of changes) {
      if (change.after) await makeParents(change.path, undo)
      const write = change.after ? await stage(change, change.after) : undefined
      if (write) discard.push(() => write.discard())
      staged.push({ change, write })
    }
    if (context.signal.aborted) throw cancelled()
    for (const { change, write } of staged) {
      if (write) {
        await write.commit()
        undo.push(() => restore(change))
      } else {
        await setAside(change.path, { undo, finish })
      }
    }
  } catch (thrown) {
    // First, because a directory that was made can only go when nothing staged is in it.
    await runAll(discard)
    const failed = await runAll(undo.reverse())
    throw withLosses(thrown, failed)
  }
  await runAll([...discard, ...finish])
  await recordAll(changes, context)
}

/** Between working out and writing somebody else may have written. */
async function requireAsBefore(change: FileChange, context: ToolContext): Promise<void> {
  const name = context.workspace.display(change.path)
  const now = await readFile(change.path).catch((thrown) => {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw toCodiError(thrown)
  })
  if (change.before === undefined) {
    if (now === undefined) return
    throw new CodiError('stale', `${name} was created by someone else meanwhile; read it first`)
  }
  if (now === undefined || hashOf(now) !== change.before.stamp.hash) {
    throw new CodiError('stale', `${name} was changed by someone else meanwhile; read it again`)
  }
}

function stage(
  change: FileChange,
  after: { bytes: Uint8Array; mode?: number },
): Promise<StagedWrite> {
  return stageWrite(change.path, after.bytes, {
    mustBeNew: change.before === undefined,
    ...(after.mode === undefined ? {} : { mode: after.mode }),
  })
}

async function makeParents(path: string, undo: (() => Promise<void>)[]): Promise<void> {
  const parent = dirname(path)
  let first: string | undefined
  try {
    first = await mkdir(parent, { recursive: true })
  } catch (thrown) {
    throw new CodiError('io', `Cannot make the directory ${parent}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  }
  if (first === undefined) return
  const made = first
  // Deepest first; a directory that someone else put a file into meanwhile stays.
  undo.push(async () => {
    for (let path = parent; path.length >= made.length; path = dirname(path)) {
      await rmdir(path).catch(() => {})
    }
  })
}

/** A file to be deleted is renamed until everything else has succeeded. */
async function setAside(
  path: string,
  steps: { undo: (() => Promise<void>)[]; finish: (() => Promise<void>)[] },
): Promise<void> {
  const aside = join(
    dirname(path),
    `.${basename(path).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`,
  )
  try {
    await rename(path, aside)
  } catch (thrown) {
    throw new CodiError('io', `Cannot delete ${path}: ${errorMessage(thrown)}`, { cause: thrown })
  }
  steps.undo.push(() => rename(aside, path))
  steps.finish.push(() => unlink(aside))
}

async function restore(change: FileChange): Promise<void> {
  if (!change.before) return unlink(change.path)
  await writeAtomic(change.path, change.before.bytes, { mode: change.before.mode })
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

async function recordAll(changes: readonly FileChange[], context: ToolContext): Promise<void> {
  for (const { path, after } of changes) {
    if (!after) continue
    const info = await stat(path, { bigint: true })
    context.ledger.record(path, stampOf(after.bytes, info, after.text))
  }
}
