/**
 * Files that a search is to look into, held open by codi: ripgrep follows a symbolic link that is named to it, and
 * between the judgement and the search somebody may have put one in the place of a file. What is gone or has become a
 * link is left out.
 */
import { closeSync } from 'node:fs'
import { resolve } from 'node:path'
import { openPinnedFile } from '../../base/pinned-directory.ts'

export interface HeldFiles {
  /** What a program that is started by this process opens instead of the names. */
  targets: string[]
  /** The name that stands behind a target. */
  nameOf(target: string): string | undefined
  close(): void
}

/** Open at once; a process may have some hundred more at least. */
const maxHeld = 400

/** `names` are relative to `directory`, which is resolved. */
export function holdFiles(directory: string, names: readonly string[]): HeldFiles {
  const byTarget = new Map<string, string>()
  const descriptors: number[] = []
  for (const name of names) {
    if (process.platform !== 'linux' || descriptors.length >= maxHeld) {
      byTarget.set(name.startsWith('./') ? name : `./${name}`, name)
      continue
    }
    try {
      const fd = openPinnedFile(resolve(directory, name))
      descriptors.push(fd)
      byTarget.set(`/proc/${process.pid}/fd/${fd}`, name)
    } catch {
      // Gone, unreadable or a link by now.
    }
  }
  return {
    targets: [...byTarget.keys()],
    nameOf: (target) => byTarget.get(target),
    close() {
      for (const fd of descriptors.splice(0)) closeSync(fd)
    },
  }
}
