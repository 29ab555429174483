/**
 * A file with several names (hard links) is written through all of them, and the others may lie outside the workspace
 * or inside `.git`, where no path tells. Nobody can follow them back, so a person decides.
 */
import { lstat } from 'node:fs/promises'

/** Why writing one of these paths is dangerous; undefined when each file has one name, or there is none yet. */
export async function linkDanger(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const info = await lstat(path).catch(() => undefined)
    if (info?.isFile() && info.nlink > 1) return 'changes a file that has other names (hard links)'
  }
  return undefined
}
