/** What stands at a path now, no link followed: neither at its end nor on the way. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { errorCode, errorMessage } from '../base/errors.ts'
import type { FileState } from '../contract/journal.ts'

export interface SeenFile {
  state: FileState
  /** Of a regular file that is not larger than what was asked for. */
  bytes?: Uint8Array
}

/** Contents larger than this are not kept. */
export const maxContentBytes = 64 * 1024 * 1024
const chunkBytes = 1024 * 1024

/**
 * Never throws. Its content is not in the object store yet: `kept` is false. Behind a link there is nothing: what lies
 * there has another name, and this one is free once the link is gone.
 */
export function lookAt(path: string, maxBytes = maxContentBytes): SeenFile {
  return isBehindLink(path) ? { state: { kind: 'absent' } } : lookInto(path, maxBytes)
}

/** The same of an entry of a directory that is known to be the one that is meant. */
export function lookInto(path: string, maxBytes = maxContentBytes): SeenFile {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found) return { state: { kind: 'absent' } }
    const mode = found.mode & 0o7777
    if (found.isSymbolicLink()) return { state: { kind: 'link', target: readlinkSync(path) } }
    if (found.isDirectory()) return { state: { kind: 'directory', mode } }
    if (!found.isFile()) return other('a socket, a pipe or a device')
    return readRegular(path, maxBytes)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR')
      return { state: { kind: 'absent' } }
    return other(errorMessage(thrown))
  }
}

/** Whether a link stands on the way to a path that was real once. */
export function isBehindLink(path: string): boolean {
  for (let parent = dirname(path); dirname(parent) !== parent; parent = dirname(parent)) {
    try {
      return realpathSync.native(parent) !== parent
    } catch (thrown) {
      // What is missing or is a file leads nowhere; what lies further up may be a link all the same.
      if (errorCode(thrown) === 'ELOOP') return true
      if (errorCode(thrown) !== 'ENOENT' && errorCode(thrown) !== 'ENOTDIR') return false
    }
  }
  return false
}

/** A part at a time, so that a large file costs no memory. */
function readRegular(path: string, maxBytes: number): SeenFile {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    const { mode, size } = fstatSync(fd)
    const hash = new Bun.CryptoHasher('sha1').update(`blob ${size}\0`)
    const whole = size <= maxBytes ? new Uint8Array(size) : undefined
    const chunk = whole ?? new Uint8Array(Math.min(chunkBytes, size))
    let read = 0
    while (read < size) {
      const offset = whole ? read : 0
      const count = readSync(fd, chunk, offset, Math.min(chunk.length - offset, size - read), read)
      if (count === 0) return other('somebody wrote it while it was read')
      hash.update(chunk.subarray(offset, offset + count))
      read += count
    }
    const state: FileState = {
      ...{ kind: 'file', sha: hash.digest('hex'), bytes: size },
      ...{ mode: mode & 0o7777, kept: false },
    }
    return whole ? { state, bytes: whole } : { state }
  } finally {
    closeSync(fd)
  }
}

function other(why: string): SeenFile {
  return { state: { kind: 'other', why } }
}

/** Whether the disk holds the same either way; whether the content was kept does not count. */
export function sameState(one: FileState, two: FileState): boolean {
  if (one.kind === 'file' && two.kind === 'file')
    return one.sha === two.sha && one.mode === two.mode
  if (one.kind === 'link' && two.kind === 'link') return one.target === two.target
  if (one.kind === 'directory' && two.kind === 'directory') return one.mode === two.mode
  return one.kind === 'absent' && two.kind === 'absent'
}
