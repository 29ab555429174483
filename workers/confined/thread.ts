/**
 * Gives up the rights of the calling thread: capabilities, new privileges, files outside the rules, system calls outside
 * the filter. In that order, since each step needs what the next takes away; a step that fails is the answer.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { openLibc } from '../../src/base/libc.ts'
import type { ThreadRules } from '../../src/contract/confined-thread.ts'

const prSetNoNewPrivileges = 38
const prCapabilityDrop = 24
const prSetSeccomp = 22
const seccompModeFilter = 2
const capabilityVersion3 = 0x20080522
const maxCapability = 63
const pathOnly = 0o10000000
const closeOnExec = 0o2000000
const pathBeneath = 1

/** Undefined when all holds, else what failed; the thread must then not be used. */
export function confineThread(request: ThreadRules): string | undefined {
  const calls = openLibc((library) => {
    const { i32, i64, ptr: pointer } = FFIType
    return dlopen(library, {
      syscall: { args: [i64, i64, i64, i64, i64, i64, i64], returns: i64 },
      prctl: { args: [i32, i64, i64, i64, i64], returns: i32 },
      __errno_location: { args: [], returns: pointer },
    }).symbols
  })
  if (!calls) return 'no C library'
  const call = (number: number, ...args: (number | bigint)[]) =>
    Number(calls.syscall(number, ...padded(args)))
  const { capset, landlockCreate, landlockAdd, landlockRestrict } = request.calls

  // Only what the thread has can be dropped: EINVAL behind the last capability, EPERM for who has none.
  for (let capability = 0; capability <= maxCapability; capability++)
    calls.prctl(prCapabilityDrop, capability, 0, 0, 0)
  if (calls.prctl(prSetNoNewPrivileges, 1, 0, 0, 0) !== 0) return 'no_new_privs was refused'
  const header = new Uint32Array([capabilityVersion3, 0])
  const none = new Uint32Array(6)
  if (call(capset, ptr(header), ptr(none)) !== 0) return 'capabilities were not dropped'

  const attribute = new BigUint64Array(request.handled)
  const ruleset = call(landlockCreate, ptr(attribute), request.attributeBytes, 0)
  if (ruleset < 0) return 'Landlock made no ruleset'
  try {
    for (const rule of request.rules) if (!addRule(rule)) return `Landlock refused ${rule.path}`
    if (call(landlockRestrict, ruleset, 0) !== 0) return 'Landlock was refused'
  } finally {
    closeSync(ruleset)
  }

  const program = new DataView(new ArrayBuffer(16))
  program.setUint16(0, request.filter.length / 8, true)
  program.setBigUint64(8, BigInt(ptr(request.filter)), true)
  const seccomp = calls.prctl(prSetSeccomp, seccompModeFilter, ptr(program.buffer), 0, 0)
  return seccomp === 0 ? undefined : 'seccomp was refused'

  /** What is gone, or may not be looked at, needs no rule. */
  function addRule({ path, rights, fileRights }: ThreadRules['rules'][number]): boolean {
    let fd: number
    try {
      fd = openSync(path, pathOnly | closeOnExec)
    } catch {
      return true
    }
    try {
      const beneath = new DataView(new ArrayBuffer(12))
      beneath.setBigUint64(0, fstatSync(fd).isDirectory() ? rights : fileRights, true)
      beneath.setInt32(8, fd, true)
      return call(landlockAdd, ruleset, pathBeneath, ptr(beneath.buffer), 0) === 0
    } finally {
      closeSync(fd)
    }
  }
}

type SixNumbers = [
  number | bigint,
  number | bigint,
  number | bigint,
  number | bigint,
  number | bigint,
  number | bigint,
]

function padded(args: (number | bigint)[]): SixNumbers {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args
  return [a, b, c, d, e, f]
}
