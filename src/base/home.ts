/** Where a person's own files lie. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { isWithin } from './paths.ts'

/** A home directory is no project: unless somebody asks about its code, hours are not spent on it. */
export function holdsHome(root: string, home = homedir()): boolean {
  return isWithin(home, root)
}

/** `~` and `~/…` as a shell reads them; every other path as it is. */
export function expandHome(path: string, home = homedir()): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path
}

/** A place as settings name it: absolute, with `~/`, or below the home directory. */
export function underHome(place: string, home: string): string {
  return resolve(home, place.replace(/^~\//, ''))
}
