/**
 * What ties helpers to codi. One pipe whose write end only this process holds: its end of file tells every helper that
 * codi is gone, however it went. And a file in memory for each command, in which its helper leaves how it ended: it is
 * read afterwards, so nothing waits for it. Linux only; undefined where there is no library to call.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { closeSync, fstatSync, readSync } from 'node:fs'
import { openLibc } from '../../../src/base/libc.ts'

export interface Lifeline {
  /** To be inherited by helpers. */
  readonly life: number
  /** An empty file in memory; undefined where the system gives none. */
  openStatus(): number | undefined
  /** Everything that still hangs on it ends. */
  close(): void
}

const closeOnExec = 0o2000000
const memoryCloseOnExec = 1
const maxStatusBytes = 256 * 1024

export function openLifeline(): Lifeline | undefined {
  return openLibc((library) => {
    const { i32, u32, ptr: pointer } = FFIType
    const { symbols } = dlopen(library, {
      pipe2: { args: [pointer, i32], returns: i32 },
      memfd_create: { args: [pointer, u32], returns: i32 },
    })
    const name = Buffer.from('codi-status\0')
    const ends = new Int32Array(2)
    if (symbols.pipe2(ptr(ends), closeOnExec) !== 0) throw new Error('pipe2 failed')
    const [life = -1, own = -1] = ends
    return {
      life,
      openStatus() {
        const fd = symbols.memfd_create(ptr(name), memoryCloseOnExec)
        return fd < 0 ? undefined : fd
      },
      close() {
        closeSync(own)
        closeSync(life)
      },
    }
  })
}

/** Everything that was written to it. */
export function readStatus(fd: number): string {
  const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, maxStatusBytes))
  const read = bytes.length === 0 ? 0 : readSync(fd, bytes, 0, bytes.length, 0)
  return bytes.toString('utf8', 0, read)
}
