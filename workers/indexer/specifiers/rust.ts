/** `use` and `mod` of Rust: `crate`, `self`, `super`, child modules, and other crates of the workspace. */
import { posix } from 'node:path'
import { ancestors, below, directoryOf, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const rust: Resolver = (project, { from, specifier }) => {
  const segments = specifier.split('::').map((part) => part.trim())
  const [first = '', ...rest] = segments
  const directory = moduleDirectory(from)
  if (first === 'crate') {
    const root = crateRoot(project, from)
    return root && (rustModule(project, directoryOf(root), rest) ?? root)
  }
  if (first === 'self') return rustModule(project, directory, rest)
  if (first === 'super') {
    const ups = segments.findIndex((part) => part !== 'super')
    let up: string | undefined = directory
    for (let count = 0; count < (ups < 0 ? segments.length : ups); count++)
      up = up === undefined || up === '' ? undefined : directoryOf(up)
    if (up === undefined) return undefined
    return (
      rustModule(project, up, ups < 0 ? [] : segments.slice(ups)) ?? rustModuleFile(project, up)
    )
  }
  const local = rustModule(project, directory, segments)
  if (local) return local
  // Another crate of the workspace, by the name of its directory.
  const library = project
    .named('lib.rs')
    .find((path) => path.endsWith('/src/lib.rs') && crateName(path) === first)
  return library && (rustModule(project, directoryOf(library), rest) ?? library)
}

function crateName(library: string): string {
  return posix.basename(library.slice(0, -'/src/lib.rs'.length)).replaceAll('-', '_')
}

/** The directory where the child modules of a file are. */
function moduleDirectory(path: string): string {
  return /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) ? directoryOf(path) : path.replace(/\.rs$/, '')
}

function crateRoot(project: ProjectPaths, from: string): string | undefined {
  for (const directory of ancestors(directoryOf(from)))
    for (const name of ['lib.rs', 'main.rs']) {
      const path = below(directory, name)
      if (path !== undefined && project.has(path)) return path
    }
  return undefined
}

/** The deepest module file that the segments lead to; the last ones name items in it. */
function rustModule(
  project: ProjectPaths,
  directory: string,
  segments: string[],
): string | undefined {
  let found: string | undefined
  let at = directory
  for (const segment of segments) {
    at = at === '' ? segment : `${at}/${segment}`
    const file = rustModuleFile(project, at)
    if (!file) break
    found = file
  }
  return found
}

function rustModuleFile(project: ProjectPaths, base: string): string | undefined {
  return [`${base}.rs`, `${base}/mod.rs`, `${base}/lib.rs`, `${base}/main.rs`].find((path) =>
    project.has(path),
  )
}
