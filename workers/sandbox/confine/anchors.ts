/**
 * The directories that watched files lie in, by what they are and not by their names: a command may have moved one away
 * and put a link in its place, and whatever is then put back "there" would land where the link leads.
 */
import { lstatSync, readdirSync, realpathSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Anchors {
  /** Brings back what was moved as far as it is found; answers what happened, and which paths are safe to touch. */
  restore(putAway: (path: string) => string | undefined): {
    told: string[]
    isSafe(path: string): boolean
  }
}

interface Anchor {
  path: string
  real: string | undefined
  /** Undefined for one that was not there. */
  inode: string | undefined
}

export function rememberAnchors(paths: readonly string[]): Anchors {
  const places = [...new Set(paths.map((path) => dirname(path)))].sort()
  const anchors = places.map(
    (path): Anchor => ({ path, real: landing(path), inode: inodeOf(path) }),
  )
  return {
    restore(putAway) {
      const told: string[] = []
      const lost = new Set<string>()
      for (const anchor of anchors) {
        try {
          const text = bringBack(anchor, putAway)
          if (text !== undefined) told.push(text)
        } catch {
          // What cannot be moved is told below.
        }
        if (anchor.real !== undefined && landing(anchor.path) === anchor.real) continue
        lost.add(anchor.path)
        told.push(
          `The command put something else in the place of ${anchor.path}, which holds protected files; look at it before you use git or codi here`,
        )
      }
      return { told, isSafe: (path) => !lost.has(dirname(path)) }
    },
  }
}

function bringBack(
  { path, real, inode }: Anchor,
  putAway: (path: string) => string | undefined,
): string | undefined {
  if (inode === undefined || inodeOf(path) === inode) return undefined
  if (real === undefined || landing(dirname(path)) !== dirname(real)) return undefined
  const moved = siblings(path).find((sibling) => inodeOf(sibling) === inode)
  const isForeign = landing(path) !== real
  if (moved === undefined && !isForeign) return undefined
  const kept = putAway(path)
  const where = kept === undefined ? '' : `; what was put in its place is kept in ${kept}`
  if (moved === undefined)
    return `The command took ${path} away, which holds protected files${where}`
  renameSync(moved, path)
  return `The command moved ${path} to ${basename(moved)}, and it was moved back${where}`
}

function siblings(path: string): string[] {
  return readdirSync(dirname(path)).map((name) => join(dirname(path), name))
}

/** Of a directory itself, not of what a link leads to. */
function inodeOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() ? `${found.dev}:${found.ino}` : undefined
}

/** Where a file of that name would come to lie; undefined where a link on the way leads nowhere. */
function landing(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })) {
    try {
      return realpathSync(path)
    } catch {
      return undefined
    }
  }
  if (dirname(path) === path) return path
  const parent = landing(dirname(path))
  return parent === undefined ? undefined : join(parent, basename(path))
}
