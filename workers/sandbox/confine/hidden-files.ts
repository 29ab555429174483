/**
 * Files that a person named by globs and that no command may read, as they lie now. Globs cost a walk through the
 * workspace, so the answer is kept for some seconds; without globs nothing is done.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { isWithin } from '../../../src/base/paths.ts'

export interface HiddenFiles {
  find(): readonly string[]
  /** Said once: that there were more than can be hidden, or that the walk took too long. */
  readonly note: string | undefined
}

const keptMs = 5000
const maxFiles = 4096
const walkLimitMs = 1500

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
  const { start, rest } = splitGlob(glob)
  for (const root of isAbsolute(glob)
    ? [start]
    : roots.map((directory) => join(directory, start))) {
    if (!existsSync(root)) continue
    if (rest === '') {
      yield root
      continue
    }
    const scan = { cwd: root, absolute: true, dot: true, followSymlinks: false, onlyFiles: false }
    yield* new Bun.Glob(rest).scanSync(scan)
  }
}

/** The names before the first wild card, as a path, and the glob from there on. A backslash makes a name of one. */
function splitGlob(glob: string): { start: string; rest: string } {
  const parts = glob.split('/')
  const found = parts.findIndex((part) => /[*?[{!]/.test(part.replace(/\\./g, '')))
  const first = found < 0 ? parts.length : found
  const start = parts.slice(0, first).join('/').replace(/\\(.)/g, '$1')
  return { start: isAbsolute(glob) ? start || '/' : start, rest: parts.slice(first).join('/') }
}
