/**
 * Removes a directory of codi's own with all that commands left in it: also directories that were closed to
 * writing. Never throws: what cannot be removed stays, and the next codi tries again.
 */
import { chmodSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export function removeTree(directory: string): void {
  if (removed(directory)) return
  openDirectories(directory)
  removed(directory)
}

function removed(directory: string): boolean {
  try {
    rmSync(directory, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

/** Of the tree itself; a link in it is not followed. */
function openDirectories(directory: string): void {
  try {
    chmodSync(directory, 0o700)
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) openDirectories(join(directory, entry.name))
  } catch {
    // Somebody else's, or gone meanwhile.
  }
}
