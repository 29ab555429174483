/** What stood at a place: enough to tell later whether somebody has written to it, or into it. */
import type { BigIntStats } from 'node:fs'
import { type Static, Type } from '@sinclair/typebox'
import { joinBytes, namesIn, statOf } from './byte-path.ts'

export const identity = Type.Object({
  inode: Type.String(),
  size: Type.String(),
  mtimeNs: Type.String(),
  /** Of a directory: the newest time of change of what is in it, directories aside. */
  newestNs: Type.Optional(Type.String()),
})

export type Identity = Static<typeof identity>

/** `newest`: of what was seen below a directory. */
export function identityOf(found: BigIntStats, newest: () => bigint): Identity {
  return {
    inode: String(found.ino),
    size: String(found.size),
    mtimeNs: String(found.mtimeNs),
    ...(found.isDirectory() ? { newestNs: String(newest()) } : {}),
  }
}

export function newestOf(found: readonly (BigIntStats | undefined)[]): bigint {
  let newest = 0n
  for (const one of found) {
    if (!one || one.isDirectory()) continue
    const time = timeOf(one)
    if (time > newest) newest = time
  }
  return newest
}

/** Of a file with further names the time of writing: moving one of them away is no change of the others. */
function timeOf({ nlink, ctimeNs, mtimeNs }: BigIntStats): bigint {
  return nlink > 1n ? mtimeNs : ctimeNs
}

/** Directories themselves change with every entry that comes or goes. What cannot be looked at cannot be told. */
export function newestBelow(directory: Buffer): bigint {
  let newest = 0n
  try {
    for (const name of namesIn(directory)) {
      const path = joinBytes(directory, name)
      const found = statOf(path)
      if (!found) continue
      const time = found.isDirectory() ? newestBelow(path) : timeOf(found)
      if (time > newest) newest = time
    }
  } catch {
    return newest
  }
  return newest
}
