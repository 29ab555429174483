/** Where a person's own files lie. */
import { homedir } from 'node:os'

/** A home directory is no project: unless somebody asks about its code, hours are not spent on it. */
export function holdsHome(root: string, home = homedir()): boolean {
  return root === home || root === '/' || home.startsWith(`${root}/`)
}
