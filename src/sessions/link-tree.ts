/** A second directory with the same files: as further names of them where the file system can, else as copies. */
import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../base/errors.ts'

/** Nothing where `from` does not exist. The files must be such as are never written again. */
export function linkTree(from: string, to: string): void {
  let names: string[]
  try {
    names = readdirSync(from)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return
    throw thrown
  }
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const name of names) {
    try {
      linkSync(join(from, name), join(to, name))
    } catch {
      copyFileSync(join(from, name), join(to, name))
    }
  }
}
