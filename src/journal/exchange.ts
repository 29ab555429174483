/** One file for another in a single step, with the way back; what has several names keeps them. */
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { CodiError } from '../base/errors.ts'
import { pinDirectory } from '../base/pinned-directory.ts'
import type { FileState } from '../contract/journal.ts'
import { inDirectory, move, temporaryName, unlinkIn } from './entries.ts'

export interface Ways {
  /** What takes back what was done, in order. */
  undo: (() => void)[]
  /** What is left to do once all has succeeded: leftovers of ours first, then modes of directories. */
  finish: (() => void)[]
}

/** Puts what lies under a temporary name in the place of what a row says stands there. */
export function exchange(
  temporary: string,
  { path, current }: { path: string; current: FileState },
  work: Ways,
): void {
  const { undo, finish } = work
  if (current.kind === 'absent' || current.kind === 'directory') {
    inDirectory(path, (entry) => {
      // Nobody else's new file is written over.
      if (lstatSync(entry, { throwIfNoEntry: false }))
        throw new CodiError('stale', `${path} was created meanwhile; nothing was done`)
    })
    move(temporary, path, 'write')
    undo.push(() => unlinkIn(path))
    return
  }
  if (current.kind === 'file' && writeThrough(temporary, path, work)) return
  const aside = `${dirname(path)}/${temporaryName(path)}`
  const hasSecondName = secondName(path, aside)
  if (hasSecondName) undo.push(() => unlinkIn(aside))
  else move(path, aside, 'replace')
  undo.push(() => move(aside, path, 'put back'))
  move(temporary, path, 'write')
  finish.unshift(() => unlinkIn(aside))
}

/** A file with several hard links keeps them: it is written in place. */
function writeThrough(temporary: string, path: string, { undo, finish }: Ways): boolean {
  let before: Uint8Array | undefined
  let mode = 0
  inDirectory(path, (entry) => {
    const found = lstatSync(entry)
    if (!found.isFile() || found.nlink < 2 || (found.mode & 0o200) === 0) return
    before = readFileSync(entry)
    mode = found.mode & 0o7777
  })
  const old = before
  if (!old) return false
  const after = inDirectory(temporary, (entry) => readFileSync(entry))
  const newMode = inDirectory(temporary, (entry) => lstatSync(entry).mode & 0o7777)
  const write = (bytes: Uint8Array, bits: number) =>
    inDirectory(path, (entry) => {
      const fd = openSync(entry, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW)
      try {
        writeFileSync(fd, bytes)
        fchmodSync(fd, bits)
        fdatasyncSync(fd)
      } finally {
        closeSync(fd)
      }
    })
  undo.push(() => write(old, mode))
  write(after, newMode)
  finish.unshift(() => unlinkIn(temporary))
  return true
}

/** The old file under another name, until all has succeeded. False where it cannot have one. */
function secondName(path: string, aside: string): boolean {
  try {
    using directory = pinDirectory(dirname(path))
    linkSync(directory.entry(basename(path)), directory.entry(basename(aside)))
    return true
  } catch {
    return false
  }
}
