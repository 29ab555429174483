/** The paths of a project as import resolution asks for them, and arithmetic with them. Manifests are read once. */
import { readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface ProjectPaths {
  /** Absolute. */
  readonly root: string
  has(path: string): boolean
  /** Files with this base name. */
  named(base: string): readonly string[]
  /** Files directly in a directory. */
  inDirectory(directory: string): readonly string[]
  /** Directories that hold files directly and have this base name. */
  directoriesNamed(base: string): readonly string[]
  /** Files by the namespace that they declare (C#), in full. */
  namespaces(): ReadonlyMap<string, readonly string[]>
  /** A manifest as it is on disk, indexed or not; undefined where it cannot be read. */
  text(path: string): string | undefined
  /** A manifest as data, comments and commas forgiven; undefined where it is absent or broken. */
  data(path: string): unknown
  /** What a resolver has worked out once for this run. */
  once<T>(key: string, make: () => T): T
}

const maxManifestBytes = 24 * 1024 * 1024

export function createProjectPaths(
  root: string,
  paths: string[],
  options: { namespaces?: () => Map<string, string[]> } = {},
): ProjectPaths {
  const all = new Set(paths)
  const known = new Map<string, unknown>()
  const once = <T>(key: string, make: () => T): T => {
    if (!known.has(key)) known.set(key, make())
    return known.get(key) as T
  }
  const byName = groupBy(paths, (path) => posix.basename(path))
  const byDirectory = () => once('directories', () => groupBy(paths, directoryOf))
  const text = (path: string) =>
    once(`text ${path}`, () => {
      try {
        const absolute = join(root, path)
        const stat = statSync(absolute)
        // To open a pipe is to wait for its other end.
        if (!stat.isFile() || stat.size > maxManifestBytes) return undefined
        return readFileSync(absolute, 'utf8')
      } catch {
        return undefined
      }
    })
  return {
    root,
    once,
    text,
    has: (path) => all.has(path),
    named: (base) => byName.get(base) ?? [],
    inDirectory: (directory) => byDirectory().get(directory) ?? [],
    directoriesNamed: (base) =>
      once('directory names', () =>
        groupBy([...byDirectory().keys()], (path) => posix.basename(path)),
      ).get(base) ?? [],
    namespaces: () =>
      once('namespaces', () => options.namespaces?.() ?? new Map<string, string[]>()),
    data: (path) =>
      once(`data ${path}`, () => {
        const source = text(path)
        if (source === undefined) return undefined
        try {
          return path.endsWith('.toml') ? Bun.TOML.parse(source) : Bun.JSONC.parse(source)
        } catch {
          return undefined
        }
      }),
  }
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** Of several candidates the one that shares the longest way with `from`; the first among equals. */
export function nearest(paths: readonly string[], from: string): string | undefined {
  let best: string | undefined
  let most = -1
  for (const path of paths) {
    let shared = 0
    for (let at = 0; at < path.length && path[at] === from[at]; at++) if (path[at] === '/') shared++
    if (shared > most) {
      most = shared
      best = path
    }
  }
  return best
}

/** A field of data that came from outside; undefined for everything that has none. */
export function fieldOf(value: unknown, ...keys: string[]): unknown {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** Strings in a value that is a string or a list. */
export function stringsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((item): item is string => typeof item === 'string')
}

/** Own entries of an object; none of anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : []
}

/** The directory itself, then each one above it, last the root as ''. */
export function* ancestors(directory: string): Iterable<string> {
  for (let at = directory; at !== ''; at = directoryOf(at)) yield at
  yield ''
}

/** `relative` seen from `directory`, normalized; undefined when it leaves the root. */
export function below(directory: string | undefined, relative: string): string | undefined {
  if (directory === undefined) return undefined
  const path = posix.normalize(posix.join(directory, relative)).replace(/\/$/, '')
  if (path === '..' || path.startsWith('../') || path.startsWith('/')) return undefined
  return path === '.' ? '' : path
}

function groupBy(paths: string[], key: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const path of paths) {
    const name = key(path)
    const group = groups.get(name)
    if (group) group.push(path)
    else groups.set(name, [path])
  }
  return groups
}
