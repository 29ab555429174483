/**
 * The calls of the C library that applying a try needs and the runtime does not have. Paths are bytes without a NUL at
 * their end. Each answers 0, or the negative errno. Opened on first use.
 */
import { dlopen, FFIType, ptr, read } from 'bun:ffi'
import { CodiError } from '../../../src/base/errors.ts'
import { openLibc } from '../../../src/base/libc.ts'

export interface FileCalls {
  /** From and to: a directory's descriptor and a name in it, or `here` and an absolute path. */
  rename(from: Place, to: Place, how: 'exchange' | 'no-replace'): number
  /** Writes the file system that a descriptor lies on to the disk. */
  sync(fd: number): number
  /** Takes the lock of an open file, for as long as it is open; false where somebody else has it. */
  lock(fd: number): boolean
  /** Names of the extended attributes of a path, a link itself; none where they cannot be had. */
  attributes(path: Uint8Array): string[]
  hasValue(path: Uint8Array, name: string, value: string): boolean
  removeAttribute(path: Uint8Array, name: string): number
  /** Puts a whiteout there: the sign of an overlay for what is gone. */
  makeWhiteout(path: Uint8Array): number
}

export interface Place {
  directory: number
  name: Uint8Array
}

/** Instead of a descriptor: the name is an absolute path. */
export const here = -100

const renameFlags = { 'no-replace': 1, exchange: 2 } as const
const renameNumber = process.arch === 'arm64' ? 276 : 316
const exclusiveNow = 2 | 4
const characterDevice = 0o020000
const maxListBytes = 64 * 1024

export function openFileCalls(): FileCalls {
  const calls = openLibc(bind)
  if (!calls) throw new CodiError('unsupported', 'There is no C library here that codi can call')
  const answer = (result: number | bigint) => (Number(result) < 0 ? -calls.error() : 0)
  const list = new Uint8Array(maxListBytes)
  const value = new Uint8Array(16)
  return {
    rename(from, to, how) {
      const source = terminated(from.name)
      const target = terminated(to.name)
      const { directory: one } = from
      const { directory: two } = to
      return answer(
        calls.syscall(renameNumber, one, ptr(source), two, ptr(target), renameFlags[how]),
      )
    },
    sync: (fd) => answer(calls.syncfs(fd)),
    lock: (fd) => calls.flock(fd, exclusiveNow) === 0,
    attributes(path) {
      const bytes = terminated(path)
      const length = Number(calls.llistxattr(ptr(bytes), ptr(list), list.length))
      if (length <= 0) return []
      return new TextDecoder().decode(list.subarray(0, length - 1)).split('\0')
    },
    hasValue(path, name, wanted) {
      const [bytes, key] = [terminated(path), terminated(Buffer.from(name))]
      const length = Number(calls.lgetxattr(ptr(bytes), ptr(key), ptr(value), value.length))
      return length > 0 && Buffer.from(value.subarray(0, length)).toString('latin1') === wanted
    },
    removeAttribute: (path, name) =>
      answer(calls.lremovexattr(ptr(terminated(path)), ptr(terminated(Buffer.from(name))))),
    makeWhiteout: (path) => answer(calls.mknod(ptr(terminated(path)), characterDevice, 0n)),
  }
}

function bind(library: string) {
  const { i32, i64, u32, u64, ptr: pointer } = FFIType
  const { symbols } = dlopen(library, {
    syscall: { args: [i64, i32, pointer, i32, pointer, u32], returns: i64 },
    syncfs: { args: [i32], returns: i32 },
    flock: { args: [i32, i32], returns: i32 },
    llistxattr: { args: [pointer, pointer, u64], returns: i64 },
    lgetxattr: { args: [pointer, pointer, pointer, u64], returns: i64 },
    lremovexattr: { args: [pointer, pointer], returns: i32 },
    mknod: { args: [pointer, u32, u64], returns: i32 },
    __errno_location: { args: [], returns: pointer },
  })
  return {
    ...symbols,
    error(): number {
      const place = symbols.__errno_location()
      return place === null ? 5 : read.i32(place, 0)
    },
  }
}

function terminated(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 1)
  all.set(bytes)
  return all
}
