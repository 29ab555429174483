/** The few calls of the C library that Bun does not offer. Linux only; undefined where there is no library to open. */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { openLibc } from '../../src/base/libc.ts'

export interface ProcessCalls {
  /** Whether orphans of this process's descendants come to this process, and not to init. */
  adoptOrphans(adopt: boolean): boolean
  /** True while this process has any child, running or ended. */
  hasChildren(): boolean
  /** Takes the exit status of an ended child, so that it disappears. True when there was one. */
  reap(pid: number): boolean
}

const prSetChildSubreaper = 36
const pAll = 0
const wNoHang = 1
const wExited = 4
const wNoWait = 0x0100_0000
const sigInfoBytes = 128

export function openProcessCalls(): ProcessCalls | undefined {
  return openLibc(bind)
}

function bind(library: string): ProcessCalls {
  const { int, i64, ptr: pointer } = FFIType
  const { symbols } = dlopen(library, {
    prctl: { args: [int, i64, i64, i64, i64], returns: int },
    waitid: { args: [int, int, pointer, int], returns: int },
    waitpid: { args: [int, pointer, int], returns: int },
  })
  const info = new Uint8Array(sigInfoBytes)
  return {
    adoptOrphans: (adopt) => symbols.prctl(prSetChildSubreaper, adopt ? 1 : 0, 0, 0, 0) === 0,
    hasChildren: () => symbols.waitid(pAll, 0, ptr(info), wNoHang | wExited | wNoWait) === 0,
    reap: (pid) => symbols.waitpid(pid, null, wNoHang) === pid,
  }
}
