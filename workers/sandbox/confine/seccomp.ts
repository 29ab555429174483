/**
 * The filter of system calls as BPF instructions, for the backends that have no helper to load one: what lets a program
 * out of a sandbox, or at other programs, answers EPERM.
 */
import {
  cloneNewUser,
  errno,
  family,
  type Machine,
  socketDatagram,
  socketTypeMask,
  tioclinux,
  tiocsti,
} from './system-calls.ts'

export interface FilterOptions {
  machine: Machine
  /** `none`: no socket at all; `private`: the command has a network namespace; `all`: the network as it is. */
  network: 'none' | 'private' | 'all'
  /** Refuses what changes owners and attributes: for where mounts do not hold them. */
  metadata: boolean
}

const load = 0x20
const jumpEqual = 0x15
const jumpAtLeast = 0x35
const jumpAnyBit = 0x45
const and = 0x54
const give = 0x06

const allow = 0x7fff_0000
const killProcess = 0x8000_0000
const refuse = (number: number) => 0x0005_0000 | number

/** Places in seccomp_data; the low word of an argument stands first. */
const numberAt = 0
const machineAt = 4
const argumentAt = (index: number) => 16 + 8 * index
const x32Bit = 0x4000_0000

/** `struct sock_filter[]`. */
export function seccompFilter({ machine, network, metadata }: FilterOptions): Uint8Array {
  const rows: number[][] = []
  const add = (code: number, jumpTrue: number, jumpFalse: number, value: number) =>
    rows.push([code, jumpTrue, jumpFalse, value])
  const denied = [
    ...machine.denied,
    ...(metadata ? machine.metadata : []),
    ...(network === 'none' ? machine.network : []),
  ]

  add(load, 0, 0, machineAt)
  add(jumpEqual, 1, 0, machine.audit)
  add(give, 0, 0, killProcess)
  add(load, 0, 0, numberAt)
  add(jumpAtLeast, 0, 1, x32Bit)
  add(give, 0, 0, refuse(errno.perm))
  // The C library falls back to clone, whose flags can be read.
  whenNumber(machine.clone3, [[give, 0, 0, refuse(errno.nosys)]])
  for (const number of denied) whenNumber(number, [[give, 0, 0, refuse(errno.perm)]])
  for (const number of [machine.clone, machine.unshare]) {
    whenNumber(number, [
      [load, 0, 0, argumentAt(0)],
      [jumpAnyBit, 0, 1, cloneNewUser],
      [give, 0, 0, refuse(errno.perm)],
      [give, 0, 0, allow],
    ])
  }
  whenNumber(machine.ioctl, [
    [load, 0, 0, argumentAt(1)],
    [jumpEqual, 1, 0, tiocsti],
    [jumpEqual, 0, 1, tioclinux],
    [give, 0, 0, refuse(errno.perm)],
    [give, 0, 0, allow],
  ])
  // Limits of this process only: not of others that belong to the same person.
  whenNumber(machine.prlimit64, [
    [load, 0, 0, argumentAt(0)],
    [jumpEqual, 1, 0, 0],
    [give, 0, 0, refuse(errno.perm)],
    [give, 0, 0, allow],
  ])
  const families =
    network === 'none'
      ? []
      : [family.inet, family.inet6, family.netlink, ...(network === 'private' ? [family.unix] : [])]
  whenNumber(machine.socket, [
    [load, 0, 0, argumentAt(0)],
    ...families.map((value, index) => [jumpEqual, families.length - index, 0, value]),
    [give, 0, 0, refuse(errno.perm)],
    [give, 0, 0, allow],
  ])
  // A pair of datagram sockets could still be sent to a path.
  whenNumber(machine.socketpair, [
    [load, 0, 0, argumentAt(0)],
    [jumpEqual, 0, 3, family.unix],
    [load, 0, 0, argumentAt(1)],
    [and, 0, 0, socketTypeMask],
    [jumpEqual, 0, 1, socketDatagram],
    [give, 0, 0, refuse(errno.perm)],
    [give, 0, 0, allow],
  ])
  add(give, 0, 0, allow)
  return pack(rows)

  /** `body` ends with an answer in every branch. */
  function whenNumber(number: number, body: number[][]): void {
    add(jumpEqual, 0, body.length, number)
    rows.push(...body)
  }
}

function pack(rows: number[][]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(rows.length * 8))
  rows.forEach(([code = 0, jumpTrue = 0, jumpFalse = 0, value = 0], index) => {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, jumpTrue)
    bytes.setUint8(index * 8 + 3, jumpFalse)
    bytes.setUint32(index * 8 + 4, value >>> 0, true)
  })
  return new Uint8Array(bytes.buffer)
}
