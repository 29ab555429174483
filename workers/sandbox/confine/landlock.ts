/**
 * Landlock rules as data: what may be read, run and written below which path. Rights only add up, so what must stay
 * closed is what no rule names: `everythingBut` walks around it.
 */
import { join } from 'node:path'
import { everythingBut } from './everything-but.ts'
import type { Plan } from './plan.ts'

export interface LandlockRule {
  path: string
  rights: bigint
}

const right = {
  execute: 1n << 0n,
  writeFile: 1n << 1n,
  readFile: 1n << 2n,
  readDir: 1n << 3n,
  makeChar: 1n << 6n,
  makeBlock: 1n << 11n,
  refer: 1n << 13n,
  truncate: 1n << 14n,
  ioctlDevice: 1n << 15n,
} as const

const firstRights = 0x1fffn
export const readRights = right.execute | right.readFile | right.readDir
/** What a rule about a single file may name. */
const fileRights =
  right.execute | right.writeFile | right.readFile | right.truncate | right.ioctlDevice
const deviceRights = right.readFile | right.writeFile | right.truncate | right.ioctlDevice

/** The file rights that a kernel knows, by the version of its Landlock. */
export function handledRights(abi: number): bigint {
  let rights = firstRights
  if (abi >= 2) rights |= right.refer
  if (abi >= 3) rights |= right.truncate
  if (abi >= 5) rights |= right.ioctlDevice
  return rights
}

export const networkRights = { bindTcp: 1n, connectTcp: 2n } as const
export const scopes = { abstractSocket: 1n, signal: 2n } as const

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx']

export function landlockRules(plan: Plan, abi: number): LandlockRule[] {
  const handled = handledRights(abi)
  const writing = handled & ~(right.makeChar | right.makeBlock | right.ioctlDevice)
  const rules = [
    { path: '/', rights: right.readDir },
    ...everythingBut(plan.unreadable).map((path) => ({ path, rights: readRights })),
    ...devices.map((name) => ({ path: join('/dev', name), rights: deviceRights })),
    { path: '/dev/pts', rights: deviceRights },
    ...[plan.temporary, ...plan.writable].map((path) => ({ path, rights: writing })),
  ]
  return rules.map(({ path, rights }) => ({ path, rights: rights & handled }))
}

/** Rights as they fit what `path` is. */
export function rightsFor(rule: LandlockRule, isDirectory: boolean): bigint {
  return isDirectory ? rule.rights : rule.rights & fileRights
}
