/** Changes of files as a list and a diff. Directories are told only where nothing else changed. */
import { relative } from 'node:path'
import { type DiffFile, type DiffSide, type FileDiff, gitDiff } from '../base/git-diff/git-diff.ts'
import type { ChangeSet, ListedChange } from '../contract/change-set.ts'
import type { FileState, PathChange } from '../contract/journal.ts'
import { lookAt } from './file-state.ts'
import { blobSha, type Objects } from './objects.ts'

export interface ShownChange extends PathChange {
  /** The content afterwards, where it lies nowhere yet. */
  afterBytes?: Uint8Array | undefined
  note?: string | undefined
}

/** Larger contents are only said to differ. */
const maxShownBytes = 16 * 1024 * 1024

export async function toChangeSet(
  changes: readonly ShownChange[],
  { root, objects }: { root: string; objects: Objects },
): Promise<ChangeSet> {
  const shown = (path: string) => shownPath(path, root)
  const files: DiffFile[] = []
  const plain: ListedChange[] = []
  const notes = new Map<string, string>()
  for (const change of changes) {
    const path = shown(change.path)
    if (change.note !== undefined) notes.set(path, change.note)
    const before = await sideOf(change.before, change.path, objects)
    const after =
      change.afterBytes && change.after.kind === 'file'
        ? sideWith(change.after, change.afterBytes)
        : await sideOf(change.after, change.path, objects)
    if (before || after) files.push({ path, before, after })
    else plain.push(plainRow(change, path))
  }
  const rows = await gitDiff(files)
  const listed = rows.map((row) => toListed(row, notes.get(row.path)))
  const others = plain.filter((row) => listed.length === 0 || !row.path.endsWith('/'))
  return { changes: [...listed, ...others], diff: rows.map((row) => row.diff).join('') }
}

/** Relative where it lies in the workspace. */
export function shownPath(path: string, root: string): string {
  const name = relative(root, path)
  return name === '' || name.startsWith('..') ? path : name
}

function toListed(row: FileDiff, note: string | undefined): ListedChange {
  const { path, kind, from, binary, added, removed, mode } = row
  const octal = (bits: number) => bits.toString(8).padStart(3, '0')
  return {
    ...{ path, kind },
    ...(from === undefined ? {} : { from }),
    ...(mode ? { mode: { before: octal(mode.before), after: octal(mode.after) } } : {}),
    ...{ binary, added, removed },
    ...(note === undefined ? {} : { note }),
  }
}

/** A directory, or something that is no file. */
function plainRow({ before, after, note }: ShownChange, path: string): ListedChange {
  const isDirectory = before.kind === 'directory' || after.kind === 'directory'
  const kind =
    before.kind === 'absent' ? 'created' : after.kind === 'absent' ? 'deleted' : 'changed'
  const why = note ?? (before.kind === 'other' ? before.why : undefined)
  return {
    ...{ path: isDirectory ? `${path}/` : path, kind, binary: false, added: 0, removed: 0 },
    ...(why === undefined ? {} : { note: why }),
  }
}

async function sideOf(
  state: FileState,
  path: string,
  objects: Objects,
): Promise<DiffSide | undefined> {
  if (state.kind === 'link') {
    const bytes = new TextEncoder().encode(state.target)
    return { mode: 0o777, isLink: true, sha: blobSha(bytes), bytes }
  }
  if (state.kind !== 'file') return undefined
  const { mode, sha } = state
  if (state.bytes > maxShownBytes) return { mode, isLink: false, sha, bytes: undefined }
  return { mode, isLink: false, sha, bytes: await contentAt(state, path, objects) }
}

function sideWith({ mode }: { mode: number }, bytes: Uint8Array): DiffSide {
  return { mode, isLink: false, sha: blobSha(bytes), bytes }
}

/** From the store, or from the disk where the file still holds it. */
async function contentAt(
  state: Extract<FileState, { kind: 'file' }>,
  path: string,
  objects: Objects,
): Promise<Uint8Array | undefined> {
  const kept = await objects.get(state.sha)
  if (kept) return kept
  const now = lookAt(path, maxShownBytes)
  return now.state.kind === 'file' && now.state.sha === state.sha ? now.bytes : undefined
}
