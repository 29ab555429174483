/** `use` and `mod` of Rust: `crate`, `self`, `super`, child modules, and other crates of the project by Cargo.toml. */
import { ancestors, below, directoryOf, type ProjectPaths } from '../project-paths.ts'
import { crateNamed, crateOf } from './cargo.ts'
import type { Resolver } from './resolver.ts'

export const rust: Resolver = (project, { from, specifier }) => {
  const segments = specifier
    .replace(/^::/, '')
    .split('::')
    .map((part) => part.trim().replace(/^r#/, ''))
    .filter((part) => part !== '*')
  const [first = '', ...rest] = segments
  const directory = moduleDirectory(project, from)
  if (first === 'crate') {
    const root = crateRoot(project, from)
    return root && (moduleAt(project, rootDirectory(root), rest) ?? root)
  }
  if (first === 'self') return moduleAt(project, directory, rest) ?? from
  if (first === 'super') {
    const ups = segments.findIndex((part) => part !== 'super')
    let up: string | undefined = directory
    for (let count = 0; count < (ups < 0 ? segments.length : ups); count++)
      up = up === undefined || up === '' ? undefined : directoryOf(up)
    if (up === undefined) return undefined
    return moduleAt(project, up, ups < 0 ? [] : segments.slice(ups)) ?? moduleFile(project, up)
  }
  const local = moduleAt(project, directory, segments)
  if (local) return local
  const library = crateNamed(project, from, first)?.library
  return library && (moduleAt(project, rootDirectory(library), rest) ?? library)
}

/** The directory where the child modules of a file are. */
function moduleDirectory(project: ProjectPaths, path: string): string {
  return /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) || crateRoot(project, path) === path
    ? directoryOf(path)
    : path.replace(/\.rs$/, '')
}

/** A library may have its root anywhere; its modules are beside it. */
const rootDirectory = directoryOf

function crateRoot(project: ProjectPaths, from: string): string | undefined {
  const crate = crateOf(project, from)
  // Each of these is a program of its own.
  if (/(?:^|\/)(?:tests|examples|benches|bin)\/[^/]+\.rs$|(?:^|\/)build\.rs$/.test(from))
    return from
  if (crate?.library && from.startsWith(`${directoryOf(crate.library)}/`)) return crate.library
  for (const directory of ancestors(directoryOf(from)))
    for (const name of ['lib.rs', 'main.rs']) {
      const path = below(directory, name)
      if (path !== undefined && project.has(path)) return path
    }
  return undefined
}

/** The deepest module file that the segments lead to; the last ones name items in it. */
function moduleAt(
  project: ProjectPaths,
  directory: string,
  segments: string[],
): string | undefined {
  let found: string | undefined
  let at = directory
  for (const segment of segments) {
    at = at === '' ? segment : `${at}/${segment}`
    const file = moduleFile(project, at)
    if (!file) break
    found = file
  }
  return found
}

function moduleFile(project: ProjectPaths, base: string): string | undefined {
  return [`${base}.rs`, `${base}/mod.rs`, `${base}/lib.rs`, `${base}/main.rs`].find((path) =>
    project.has(path),
  )
}
