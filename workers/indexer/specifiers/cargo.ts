/** Crates of a project by its Cargo.toml files: their names, their roots, and what each calls the others. */
import {
  ancestors,
  below,
  directoryOf,
  entriesOf,
  fieldOf,
  type ProjectPaths,
  stringsOf,
} from '../project-paths.ts'

export interface Crate {
  directory: string
  /** As code writes it: with underscores. */
  name: string
  /** The library's root file, where there is one. */
  library: string | undefined
  /** Names that its code uses for crates of this project: of the package, of the directory, or both. */
  dependencies: ReadonlyMap<string, { packageName: string; directory: string | undefined }>
}

const sections = ['dependencies', 'dev-dependencies', 'build-dependencies']

/** The crate that a file belongs to. */
export function crateOf(project: ProjectPaths, from: string): Crate | undefined {
  const crates = cratesOf(project)
  for (const directory of ancestors(directoryOf(from))) {
    const crate = crates.get(directory)
    if (crate) return crate
  }
  return undefined
}

/** The crate that `name` means in the code of `from`. */
export function crateNamed(project: ProjectPaths, from: string, name: string): Crate | undefined {
  const crates = cratesOf(project)
  const own = crateOf(project, from)
  if (own?.name === name) return own
  const dependency = own?.dependencies.get(name)
  const placed = dependency?.directory === undefined ? undefined : crates.get(dependency.directory)
  if (placed) return placed
  const wanted = underscored(dependency?.packageName ?? name)
  return [...crates.values()].find((crate) => crate.name === wanted || crate.name === name)
}

/** By directory. */
function cratesOf(project: ProjectPaths): ReadonlyMap<string, Crate> {
  return project.once('crates', () => {
    const crates = new Map<string, Crate>()
    for (const path of project.named('Cargo.toml')) {
      const crate = readCrate(project, path)
      if (crate) crates.set(crate.directory, crate)
    }
    return crates
  })
}

function readCrate(project: ProjectPaths, path: string): Crate | undefined {
  const manifest = project.data(path)
  const [packageName] = stringsOf(fieldOf(manifest, 'package', 'name'))
  if (packageName === undefined) return undefined
  const directory = directoryOf(path)
  const [file = 'src/lib.rs'] = stringsOf(fieldOf(manifest, 'lib', 'path'))
  const [name = packageName] = stringsOf(fieldOf(manifest, 'lib', 'name'))
  const library = below(directory, `./${file}`)
  return {
    directory,
    name: underscored(name),
    library: library !== undefined && project.has(library) ? library : undefined,
    dependencies: dependenciesOf(project, manifest, directory),
  }
}

function dependenciesOf(
  project: ProjectPaths,
  manifest: unknown,
  directory: string,
): Crate['dependencies'] {
  const found: [string, { packageName: string; directory: string | undefined }][] = []
  for (const section of sections)
    for (const [key, said] of entriesOf(fieldOf(manifest, section))) {
      const inherited = fieldOf(said, 'workspace') === true
      const shared = inherited ? workspaceDependency(project, directory, key) : undefined
      const value = shared ? shared.value : said
      const [packageName = key] = stringsOf(fieldOf(value, 'package'))
      const [path] = stringsOf(fieldOf(value, 'path'))
      found.push([
        underscored(key),
        {
          packageName,
          directory:
            path === undefined ? undefined : below(shared?.directory ?? directory, `./${path}`),
        },
      ])
    }
  return new Map(found)
}

function workspaceDependency(project: ProjectPaths, directory: string, key: string) {
  for (const above of ancestors(directory)) {
    const path = above === '' ? 'Cargo.toml' : `${above}/Cargo.toml`
    const value = fieldOf(project.data(path), 'workspace', 'dependencies', key)
    if (value !== undefined) return { value, directory: above }
  }
  return undefined
}

function underscored(name: string): string {
  return name.replaceAll('-', '_')
}
