/** Copies what lies on another file system: files, links and directories with their modes, times and owners. */
import {
  type BigIntStats,
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { joinBytes, namesIn, statOf } from './byte-path.ts'
import { modeOf, readLink } from './scan.ts'

export function copyTree(from: Buffer, to: Buffer): void {
  const found = statOf(from)
  if (!found) return
  if (found.isDirectory()) {
    mkdirSync(to, { mode: 0o700 })
    for (const name of namesIn(from)) copyTree(joinBytes(from, name), joinBytes(to, name))
  } else if (found.isSymbolicLink()) symlinkSync(readLink(from), to)
  else if (found.isFile()) copyFileSync(from, to, constants.COPYFILE_EXCL)
  else return
  keepOwner(to, found)
  if (found.isSymbolicLink()) lutimesSync(to, seconds(found.atimeMs), seconds(found.mtimeMs))
  else {
    chmodSync(to, modeOf(found))
    utimesSync(to, seconds(found.atimeMs), seconds(found.mtimeMs))
  }
}

export function treeBytes(leaves: readonly { after?: BigIntStats }[]): number {
  return leaves.reduce((sum, { after }) => sum + (after?.isFile() ? Number(after.size) : 0), 0)
}

/** Only root may give a file away; whoever else it is made by, it is theirs. */
function keepOwner(path: Buffer, { uid, gid }: BigIntStats): void {
  const made = statOf(path)
  if (!made || (made.uid === uid && made.gid === gid)) return
  try {
    lchownSync(path, Number(uid), Number(gid))
  } catch {
    // As with any copy that a person makes.
  }
}

function seconds(milliseconds: bigint): number {
  return Number(milliseconds) / 1000
}
