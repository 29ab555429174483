/**
 * Files that a person named by globs and that no command may read, as they lie now. Globs cost a walk through the
 * workspace, so the answer is kept for some seconds; without globs nothing is done.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isWithin } from './paths.ts'

export interface HiddenFiles {
  find(): readonly string[]
  /** Said once: that there were more than can be hidden, or that the walk took too long. */
  readonly note: string | undefined
}

const keptMs = 5000
const maxFiles = 4096
const walkLimitMs = 1500
const wild = /[*?[{]/

export function openHiddenFiles(globs: readonly string[], roots: readonly string[]): HiddenFiles {
  let found: readonly string[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  let note: string | undefined

  function look(): readonly string[] {
    const files = new Set<string>()
    const end = performance.now() + walkLimitMs
    for (const glob of globs.map(asGlob)) {
      for (const path of matches(glob, roots)) {
        files.add(path)
        if (files.size < maxFiles && performance.now() < end) continue
        note = `${files.size} files match the setting unreadable, and the rest was not looked for; name fewer`
        return [...files]
      }
    }
    return [...files]
  }

  return {
    find() {
      if (globs.length === 0 || performance.now() - lookedAt < keptMs) return found
      found = outermost(look())
      lookedAt = performance.now()
      return found
    },
    get note() {
      return note
    },
  }
}

/** As in a .gitignore: without a slash at any depth; `~` is the home directory; what holds everything is the directory. */
function asGlob(text: string): string {
  const glob = text.replace(/^~(?=\/)/, homedir()).replace(/(?:\/\*\*)?\/?$/, '')
  return glob.includes('/') ? glob.replace(/^\.\//, '') : `**/${glob}`
}

/** Whatever lies in a hidden directory is hidden with it. */
function outermost(paths: readonly string[]): string[] {
  const kept: string[] = []
  for (const path of [...paths].sort()) {
    const last = kept.at(-1)
    if (last === undefined || !isWithin(path, last)) kept.push(path)
  }
  return kept
}

function* matches(glob: string, roots: readonly string[]): Iterable<string> {
  const places = isAbsolute(glob) ? [literalStart(glob)] : roots
  for (const root of places) {
    const inside = isAbsolute(glob) ? glob.slice(root === '/' ? 1 : root.length + 1) : glob
    if (!wild.test(inside)) {
      const path = join(root, inside)
      if (existsSync(path)) yield path
      continue
    }
    if (!existsSync(root)) continue
    const scan = { cwd: root, absolute: true, dot: true, followSymlinks: false, onlyFiles: false }
    yield* new Bun.Glob(inside).scanSync(scan)
  }
}

/** The directories of an absolute glob before its first wild card. */
function literalStart(glob: string): string {
  const parts = glob.split('/')
  const first = parts.findIndex((part) => wild.test(part))
  return parts.slice(0, first < 0 ? -1 : first).join('/') || '/'
}
