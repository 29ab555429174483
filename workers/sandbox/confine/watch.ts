/**
 * For backends that cannot keep part of a writable directory closed: what decides what git, codi and other agents run
 * is remembered before a command and put back after it. What a command left there is kept aside, and told.
 */
import {
  chmodSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorMessage } from '../../../src/base/errors.ts'
import { isWithin } from '../../../src/base/paths.ts'
import { rememberAnchors } from './anchors.ts'

type Seen =
  | { kind: 'directory'; mode: number }
  | { kind: 'link'; target: string }
  | { kind: 'file'; mode: number; stamp: string; bytes: Buffer | undefined }
  | { kind: 'other' }

export interface Watch {
  /** Puts back what changed; one sentence for each. */
  restore(): string[]
}

const maxEntries = 4000
const maxFileBytes = 1024 * 1024
const maxBytes = 16 * 1024 * 1024

/** Of a git directory: the rest of it cannot make anybody run something. */
const gitNames = ['hooks', 'config', 'config.worktree', 'commondir', 'info']

/** Protected places, and git directories that are open but for some names. `aside` keeps what was put away. */
export function watchProtected(
  { places, gitDirectories }: { places: readonly string[]; gitDirectories: readonly string[] },
  aside: string,
): Watch {
  const watched = [...places.flatMap(watchedPlaces), ...gitDirectories.flatMap(inGit)]
  const before = look(watched)
  const anchors = rememberAnchors(watched)
  return {
    restore() {
      const { told, isSafe } = anchors.restore((path) => put(path, aside))
      const after = look(watched.filter(isSafe))
      const isOutOfReach = (path: string) =>
        watched.some((place) => !isSafe(place) && isWithin(path, place))
      for (const [path, seen] of after) {
        const known = before.get(path)
        if (known && isSame(known, seen)) continue
        told.push(...change(path, known, aside))
      }
      for (const [path, known] of before)
        if (!after.has(path) && !isOutOfReach(path)) told.push(...change(path, known, aside))
      return told
    },
  }
}

function watchedPlaces(path: string): string[] {
  return basename(path) === '.git' && stat(path)?.isDirectory() ? inGit(path) : [path]
}

function inGit(directory: string): string[] {
  return gitNames.map((name) => join(directory, name))
}

/** What lies at and below the paths, parents before what they hold. */
function look(paths: readonly string[]): Map<string, Seen> {
  const found = new Map<string, Seen>()
  let bytes = 0
  const open = [...paths]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path) || found.size >= maxEntries) continue
    const info = stat(path)
    if (!info) continue
    if (info.isDirectory()) {
      found.set(path, { kind: 'directory', mode: info.mode })
      for (const entry of entries(path)) open.push(join(path, entry.name))
    } else if (info.isSymbolicLink()) {
      found.set(path, { kind: 'link', target: readlinkSync(path) })
    } else if (info.isFile()) {
      const fits = info.size <= maxFileBytes && bytes + info.size <= maxBytes
      if (fits) bytes += info.size
      found.set(path, {
        kind: 'file',
        mode: info.mode,
        stamp: `${info.ino}:${info.size}:${info.mtimeMs}:${info.ctimeMs}`,
        bytes: fits ? read(path) : undefined,
      })
    } else found.set(path, { kind: 'other' })
  }
  return found
}

function isSame(before: Seen, after: Seen): boolean {
  if (before.kind === 'file' && after.kind === 'file') {
    if (before.mode !== after.mode) return false
    if (before.stamp === after.stamp) return true
    return (
      before.bytes !== undefined && after.bytes !== undefined && before.bytes.equals(after.bytes)
    )
  }
  if (before.kind === 'link' && after.kind === 'link') return before.target === after.target
  return (
    before.kind === after.kind &&
    (before.kind !== 'directory' || after.kind !== 'directory' || before.mode === after.mode)
  )
}

/** Puts one path back to what it was; what is there now is moved aside. */
function change(path: string, known: Seen | undefined, aside: string): string[] {
  try {
    const kept =
      known?.kind === 'directory' && stat(path)?.isDirectory() ? undefined : put(path, aside)
    const where = kept === undefined ? '' : `; what the command left is kept in ${kept}`
    if (!known)
      return kept === undefined
        ? []
        : [`The command made ${path}, which is protected, and it was taken away${where}`]
    if (!bringBack(path, known)) {
      return [
        `The command changed ${path}, which is protected and too large to be put back; look at it before you use git or codi here`,
      ]
    }
    return [`The command changed ${path}, which is protected, and it was put back${where}`]
  } catch (thrown) {
    return [
      `The command changed ${path}, which is protected, and it cannot be put back: ${errorMessage(thrown)}`,
    ]
  }
}

function bringBack(path: string, known: Seen): boolean {
  mkdirSync(dirname(path), { recursive: true })
  if (known.kind === 'directory') {
    mkdirSync(path, { recursive: true })
    chmodSync(path, known.mode & 0o7777)
    return true
  }
  if (known.kind === 'link') {
    symlinkSync(known.target, path)
    return true
  }
  if (known.kind === 'other' || !known.bytes) return false
  writeFileSync(path, known.bytes)
  chmodSync(path, known.mode & 0o7777)
  return true
}

/** Moves what is at `path` aside; undefined where nothing is. */
function put(path: string, aside: string): string | undefined {
  if (!stat(path)) return undefined
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  const target = join(mkdtempSync(join(aside, 'changed-')), basename(path))
  try {
    renameSync(path, target)
    return target
  } catch {
    // Another file system: it is only taken away.
    rmSync(path, { recursive: true, force: true })
    return undefined
  }
}

function stat(path: string) {
  return lstatSync(path, { throwIfNoEntry: false })
}

function entries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch {
    return []
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
