/** What a try would change, for people, models and programs: a list and a diff that git takes. */
import { type BigIntStats, closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type DiffFile, type DiffSide, gitDiff } from '../../../src/base/git-diff/git-diff.ts'
import type { ChangeSet, ListedChange } from '../../../src/contract/change-set.ts'
import { joinBytes, shownBytes, toBytes } from './byte-path.ts'
import type { Layer } from './layers.ts'
import { type Change, modeOf, readLink } from './scan.ts'

/** Larger files are told to differ, and how is left out. */
const maxTextBytes = 512 * 1024
/** Of all contents together. */
const maxHeldBytes = 96 * 1024 * 1024
const chunkBytes = 1024 * 1024
const filesATurn = 200

export async function describeChanges(
  changes: readonly Change[],
  options: { maxDiffChars: number; firstRoot: string },
): Promise<ChangeSet & { leftOut: number }> {
  const hold = { bytes: 0 }
  const files: DiffFile[] = []
  const notes = new Map<string, string>()
  const directories: ListedChange[] = []
  let seen = 0
  for (const change of changes)
    for (const leaf of change.leaves) {
      if (++seen % filesATurn === 0) await Bun.sleep(0)
      const path = shownPath(change.layer, leaf.path, options.firstRoot)
      const before = sideOf(joinBytes(toBytes(change.layer.root), leaf.path), leaf.before, hold)
      const above = toBytes(join(change.layer.directory, 'up'))
      const after = sideOf(joinBytes(above, leaf.path), leaf.after, hold)
      if (before || after) files.push({ path, before, after })
      const note = modeNote(leaf)
      if (note !== undefined) notes.set(path, note)
      const row = directoryRow(path, leaf)
      if (row) directories.push(row)
    }
  const rows = await gitDiff(files)
  const parts: string[] = []
  let chars = 0
  let leftOut = 0
  for (const { diff } of rows) {
    if (chars + diff.length > options.maxDiffChars) leftOut++
    else {
      parts.push(diff)
      chars += diff.length
    }
  }
  const listed = rows.map(({ diff: _, mode, ...row }): ListedChange => {
    const shown = mode && { before: octal(mode.before), after: octal(mode.after) }
    const note = shown ? undefined : notes.get(row.path)
    return { ...row, ...(shown ? { mode: shown } : {}), ...(note === undefined ? {} : { note }) }
  })
  return {
    changes: [...listed, ...directories].sort((one, two) => (one.path < two.path ? -1 : 1)),
    diff: parts.join(''),
    leftOut,
  }
}

/** Relative to the workspace, absolute elsewhere. */
function shownPath(layer: Layer, path: Buffer, firstRoot: string): string {
  const text = shownBytes(path)
  return layer.root === firstRoot ? text : join(layer.root, text)
}

/** Git knows no directories: only what a diff of files would not show is said. */
function directoryRow(path: string, leaf: Change['leaves'][number]): ListedChange | undefined {
  const { before, after, isEmpty } = leaf
  const row = { path: `${path}/`, binary: false, added: 0, removed: 0 }
  const [was, is] = [before?.isDirectory() ?? false, after?.isDirectory() ?? false]
  if (was && is && before && after) {
    if (modeOf(before) === modeOf(after)) return undefined
    const mode = { before: octal(modeOf(before)), after: octal(modeOf(after)) }
    return { ...row, kind: 'mode', mode, note: 'directory' }
  }
  const odd = modeNote(leaf)
  if (was === is || (!isEmpty && odd === undefined)) return undefined
  const parts = [isEmpty ? 'empty directory' : 'directory', ...(odd === undefined ? [] : [odd])]
  return { ...row, kind: is ? 'created' : 'deleted', note: parts.join(', ') }
}

/** A diff tells of what is new only whether it can be executed: any other mode than the usual is said. */
function modeNote({ before, after }: Change['leaves'][number]): string | undefined {
  if (!after || after.isSymbolicLink() || before?.isDirectory() === after.isDirectory())
    return undefined
  const mode = modeOf(after)
  const isUsual = (mode & ~process.umask()) === mode && (mode & 0o7000) === 0
  const closes = (mode & 0o077) === 0 || (mode & 0o200) === 0
  return isUsual && !closes ? undefined : `mode ${octal(mode)}`
}

function octal(mode: number): string {
  return mode.toString(8)
}

function sideOf(
  path: Buffer,
  found: BigIntStats | undefined,
  hold: { bytes: number },
): DiffSide | undefined {
  if (!found || found.isDirectory()) return undefined
  const mode = modeOf(found)
  if (found.isSymbolicLink()) {
    const bytes = readLink(path)
    return { mode, isLink: true, sha: blobSha([bytes], BigInt(bytes.length)), bytes }
  }
  const size = Number(found.size)
  const isHeld = size <= maxTextBytes && hold.bytes + size <= maxHeldBytes
  try {
    const chunks = readChunks(path, Math.min(chunkBytes, size + 1))
    if (!isHeld) return { mode, isLink: false, sha: blobSha(chunks, found.size), bytes: undefined }
    const bytes = Buffer.concat([...chunks])
    hold.bytes += bytes.length
    return { mode, isLink: false, sha: blobSha([bytes], BigInt(bytes.length)), bytes }
  } catch {
    // Not to be read by who runs codi: its name and that it differs is what can be said.
    return { mode, isLink: false, sha: `unread-${found.ino}`, bytes: undefined }
  }
}

function* readChunks(path: Buffer, bytes: number): Generator<Buffer> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(bytes)
      const count = readSync(fd, chunk, 0, bytes, null)
      if (count === 0) return
      yield chunk.subarray(0, count)
    }
  } finally {
    closeSync(fd)
  }
}

function blobSha(chunks: Iterable<Uint8Array>, size: bigint): string {
  const hasher = new Bun.CryptoHasher('sha1').update(`blob ${size}\0`)
  for (const chunk of chunks) hasher.update(chunk)
  return hasher.digest('hex')
}
