/** What file an import means, a function a language family. Only paths are known here, nothing is parsed. */
import { posix } from 'node:path'
import { ancestors, below, directoryOf, type ProjectPaths } from './project-paths.ts'

export interface Specifier {
  language: string
  from: string
  specifier: string
  names: string[]
}

type Resolver = (project: ProjectPaths, import_: Specifier) => string | undefined

/** The file, or for Go the package directory with `/` at its end; undefined where it is none of the project. */
export function resolveSpecifier(project: ProjectPaths, import_: Specifier): string | undefined {
  return resolvers[import_.language]?.(project, import_)
}

const scriptEndings = [
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.d.ts',
  '.json',
]

const script: Resolver = (project, { from, specifier }) => {
  const clean = specifier.replace(/[?#].*$/, '')
  if (clean.startsWith('.')) return scriptFile(project, below(directoryOf(from), clean))
  const alias = /^(?:@|~)\/(.+)$/.exec(clean)?.[1]
  if (alias !== undefined) {
    for (const directory of ancestors(directoryOf(from))) {
      const found =
        scriptFile(project, below(below(directory, 'src'), alias)) ??
        scriptFile(project, below(directory, alias))
      if (found) return found
    }
    return undefined
  }
  const [name, rest] = splitPackage(clean)
  const directory = project.packages().get(name)
  if (directory === undefined) return undefined
  const entries = rest ? [rest, `src/${rest}`] : ['src/index', 'index', 'src/main', 'lib/index']
  for (const entry of entries) {
    const found = scriptFile(project, below(directory, entry))
    if (found) return found
  }
  return undefined
}

function scriptFile(project: ProjectPaths, base: string | undefined): string | undefined {
  if (base === undefined) return undefined
  if (project.has(base)) return base
  const source = base.replace(
    /\.(m|c)?jsx?$/,
    (_, flavour: string | undefined) => `.${flavour ?? ''}ts`,
  )
  for (const path of source === base ? [] : [source, `${source}x`])
    if (project.has(path)) return path
  for (const ending of scriptEndings) if (project.has(base + ending)) return base + ending
  for (const ending of scriptEndings) {
    const path = base === '' ? `index${ending}` : `${base}/index${ending}`
    if (project.has(path)) return path
  }
  return undefined
}

/** `@scope/name/sub/path` as name and rest. */
function splitPackage(specifier: string): [string, string] {
  const parts = specifier.split('/')
  const count = specifier.startsWith('@') ? 2 : 1
  return [parts.slice(0, count).join('/'), parts.slice(count).join('/')]
}

const python: Resolver = (project, { from, specifier, names }) => {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0
  const rest = specifier.slice(dots).replaceAll('.', '/')
  const candidates = (base: string | undefined): string | undefined => {
    if (base === undefined) return undefined
    for (const name of names) {
      const found = pythonFile(project, below(base, name))
      if (found) return found
    }
    return pythonFile(project, base)
  }
  if (dots > 0) {
    const up = '../'.repeat(dots - 1)
    return candidates(below(directoryOf(from), `./${up}${rest}`))
  }
  for (const directory of ancestors(directoryOf(from))) {
    const found = candidates(below(directory, rest)) ?? candidates(below(directory, `src/${rest}`))
    if (found && found !== from) return found
  }
  return undefined
}

function pythonFile(project: ProjectPaths, base: string | undefined): string | undefined {
  if (base === undefined) return undefined
  const inside = base === '' ? '' : `${base}/`
  return [`${base}.py`, `${inside}__init__.py`, `${base}.pyi`, `${inside}__init__.pyi`].find(
    (path) => project.has(path),
  )
}

const go: Resolver = (project, { specifier }) => {
  for (const { module, directory } of project.goModules()) {
    if (specifier !== module && !specifier.startsWith(`${module}/`)) continue
    const target = below(directory, `./${specifier.slice(module.length + 1)}`)
    if (target !== undefined && goFiles(project, target).length > 0) return `${target}/`
  }
  return undefined
}

/** The file that stands for a Go package: named like it, else `doc.go`, else its first that is no test. */
export function goPackageFile(project: ProjectPaths, directory: string): string | undefined {
  const files = goFiles(project, directory)
  const own = `${posix.basename(directory)}.go`
  return (
    files.find((path) => posix.basename(path) === own) ??
    files.find((path) => !path.endsWith('_test.go')) ??
    files[0]
  )
}

function goFiles(project: ProjectPaths, directory: string): string[] {
  return project.inDirectory(directory).filter((path) => path.endsWith('.go'))
}

const rust: Resolver = (project, { from, specifier }) => {
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

const java: Resolver = (project, { specifier }) => {
  const segments = specifier.split('.')
  // A static import or a nested class has more segments than the file.
  for (let count = segments.length; count > 1; count--) {
    const ending = `${segments.slice(0, count).join('/')}.java`
    const found = project
      .named(posix.basename(ending))
      .find((path) => path === ending || path.endsWith(`/${ending}`))
    if (found) return found
  }
  return undefined
}

const include: Resolver = (project, { from, specifier }) => {
  for (const directory of ancestors(directoryOf(from)))
    for (const folder of ['', 'include', 'src']) {
      const path = below(below(directory, `./${folder}`) ?? '', `./${specifier}`)
      if (path !== undefined && project.has(path)) return path
    }
  const same = project
    .named(posix.basename(specifier))
    .filter((path) => path.endsWith(`/${specifier}`))
  return same.length === 1 ? same[0] : undefined
}

const ruby: Resolver = (project, { from, specifier }) => {
  const file = specifier.endsWith('.rb') ? specifier : `${specifier}.rb`
  const near = below(directoryOf(from), `./${file}`)
  if (near !== undefined && project.has(near)) return near
  return project
    .named(posix.basename(file))
    .find((path) => path === `lib/${file}` || path.endsWith(`/lib/${file}`))
}

const php: Resolver = (project, { from, specifier }) => {
  if (/\.\w+$/.test(specifier)) {
    const near = below(directoryOf(from), `./${specifier.replace(/^\/+/, '')}`)
    return near !== undefined && project.has(near) ? near : undefined
  }
  const segments = specifier.split('\\').filter((part) => part !== '')
  const shared = (path: string) => {
    const parts = path
      .replace(/\.php$/, '')
      .split('/')
      .reverse()
    const wanted = [...segments].reverse()
    let count = 0
    while (count < wanted.length && wanted[count] === parts[count]) count++
    return count
  }
  return [...project.named(`${segments.at(-1) ?? ''}.php`)].sort((a, b) => shared(b) - shared(a))[0]
}

const shell: Resolver = (project, { from, specifier }) => {
  // `"$(dirname "$0")/lib.sh"`: what stands after the last expansion is the path.
  const plain = specifier.replace(/^.*[})"]\//, '').replace(/^["']|["']$/g, '')
  for (const directory of [directoryOf(from), '']) {
    const path = below(directory, `./${plain}`)
    if (path !== undefined && project.has(path)) return path
  }
  return undefined
}

const resolvers: Record<string, Resolver> = {
  typescript: script,
  tsx: script,
  javascript: script,
  python,
  go,
  rust,
  java,
  cpp: include,
  ruby,
  php,
  bash: shell,
}
