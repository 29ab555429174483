/** Where a try keeps the changes of one directory: what the kernel is given, and what the directory was at the start. */
import { chmodSync, chownSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { statOf, toBytes } from './byte-path.ts'

export interface Layer {
  /** The directory that is copied. Absolute, real. */
  root: string
  /** Holds `up` and `work`. */
  directory: string
  /** What stood there, to notice when it is another directory by the time of applying. */
  inode: string
  device: string
  /** Nanoseconds: a file of the root with a later ctime was changed by somebody else. */
  since: string
}

/** Makes the empty layers. What a command sees of the root itself is the mode, owner and time of `up`. */
export function makeLayer(root: string, directory: string): Layer {
  const up = join(directory, 'up')
  for (const path of [directory, up, join(directory, 'work')]) mkdirSync(path, { mode: 0o700 })
  const found = statOf(toBytes(root))
  const made = statOf(toBytes(up))
  if (!found || !made) throw new Error(`${root} is gone`)
  if (found.uid !== made.uid || found.gid !== made.gid)
    chownSync(up, Number(found.uid), Number(found.gid))
  chmodSync(up, Number(found.mode) & 0o7777)
  utimesSync(up, Number(found.atimeMs) / 1000, Number(found.mtimeMs) / 1000)
  const since = found.dev === made.dev ? made.ctimeNs : timeOn(root)
  return {
    root,
    directory,
    inode: String(found.ino),
    device: String(found.dev),
    since: String(since),
  }
}

/** Another file system may have another clock (a server's): a file that is made there for a moment tells. */
function timeOn(root: string): bigint {
  const probe = join(root, `.codi-time-${process.pid}-${crypto.randomUUID().slice(0, 8)}`)
  try {
    writeFileSync(probe, '', { flag: 'wx', mode: 0o600 })
    return statOf(toBytes(probe))?.ctimeNs ?? BigInt(Date.now()) * 1_000_000n
  } finally {
    rmSync(probe, { force: true })
  }
}
