/** The paths of a project as import resolution asks for them, and arithmetic with them. Manifests are read once. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface ProjectPaths {
  has(path: string): boolean
  /** Files with this base name. */
  named(base: string): readonly string[]
  /** Go modules, the longest name first. */
  goModules(): { module: string; directory: string }[]
  /** Directories of `package.json` by package name. */
  packages(): ReadonlyMap<string, string>
  /** Files directly in a directory. */
  inDirectory(directory: string): readonly string[]
}

const maxManifests = 1_000

export function createProjectPaths(root: string, paths: string[]): ProjectPaths {
  const all = new Set(paths)
  const byName = groupBy(paths, (path) => posix.basename(path))
  let byDirectory: Map<string, string[]> | undefined
  let goModules: { module: string; directory: string }[] | undefined
  let packages: Map<string, string> | undefined
  const read = (path: string) => {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {
      return ''
    }
  }
  return {
    has: (path) => all.has(path),
    named: (base) => byName.get(base) ?? [],
    inDirectory(directory) {
      byDirectory ??= groupBy(paths, (path) => directoryOf(path))
      return byDirectory.get(directory) ?? []
    },
    goModules() {
      goModules ??= (byName.get('go.mod') ?? [])
        .slice(0, maxManifests)
        .map((path) => ({
          module: /^module\s+"?([^\s"]+)/m.exec(read(path))?.[1] ?? '',
          directory: directoryOf(path),
        }))
        .filter((row) => row.module !== '')
        .sort((a, b) => b.module.length - a.module.length)
      return goModules
    },
    packages() {
      if (!packages) {
        packages = new Map()
        for (const path of (byName.get('package.json') ?? []).slice(0, maxManifests)) {
          const name = /"name"\s*:\s*"([^"]+)"/.exec(read(path))?.[1]
          if (name && !packages.has(name)) packages.set(name, directoryOf(path))
        }
      }
      return packages
    },
  }
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
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
