/**
 * Imports of Python: relative by dots, else from any directory above that is no package, its `src`, or a root that a
 * manifest names; a submodule before its package. Packages without `__init__.py` are directories like all others.
 */
import { posix } from 'node:path'
import {
  ancestors,
  below,
  directoryOf,
  entriesOf,
  fieldOf,
  nearest,
  type ProjectPaths,
  stringsOf,
} from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

const manifests = ['pyproject.toml', 'setup.cfg', 'setup.py']

export const python: Resolver = (project, { from, specifier, names }) => {
  const wanted = names
    .filter((name) => !name.startsWith('*'))
    .map((name) => name.replace(/=.*$/, ''))
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0
  const rest = specifier.slice(dots).replaceAll('.', '/')
  const candidates = (base: string | undefined): string | undefined => {
    if (base === undefined) return undefined
    for (const name of wanted) {
      const found = moduleFile(project, below(base, name))
      if (found) return found
    }
    return moduleFile(project, base)
  }
  if (dots > 0) return candidates(below(directoryOf(from), `./${'../'.repeat(dots - 1)}${rest}`))
  for (const directory of ancestors(directoryOf(from))) {
    // Inside a package its neighbours are not meant: that needs a dot since Python 3.
    if (moduleFile(project, directory)?.startsWith(`${directory}/__init__`)) continue
    const found = candidates(below(directory, rest)) ?? candidates(below(directory, `src/${rest}`))
    if (found && found !== from) return found
  }
  for (const root of declaredRoots(project)) {
    const found = candidates(below(root, rest))
    if (found && found !== from) return found
  }
  return rest.includes('/') ? anywhere(project, from, rest) : undefined
}

function moduleFile(project: ProjectPaths, base: string | undefined): string | undefined {
  if (base === undefined) return undefined
  const inside = base === '' ? '' : `${base}/`
  return [`${base}.py`, `${inside}__init__.py`, `${base}.pyi`, `${inside}__init__.pyi`].find(
    (path) => project.has(path),
  )
}

/** A dotted name that only one place of the project can mean. */
function anywhere(project: ProjectPaths, from: string, rest: string): string | undefined {
  const name = posix.basename(rest)
  const found = [
    ...project.named(`${name}.py`).filter((path) => path.endsWith(`/${rest}.py`)),
    ...project.named('__init__.py').filter((path) => path.endsWith(`/${rest}/__init__.py`)),
  ]
  return found.length === 1 ? nearest(found, from) : undefined
}

/** Where packages begin, as pyproject.toml, setup.cfg and setup.py say; the project's own directory among them. */
function declaredRoots(project: ProjectPaths): string[] {
  return project.once('python roots', () => {
    const roots = new Set<string>()
    for (const name of manifests)
      for (const path of project.named(name)) {
        const directory = directoryOf(path)
        const places =
          name === 'pyproject.toml' ? placesOf(project.data(path)) : setupPlaces(project.text(path))
        for (const place of [...places, '', 'src']) {
          const root = below(directory, `./${place}`)
          if (root !== undefined) roots.add(root)
        }
      }
    return [...roots]
  })
}

function placesOf(manifest: unknown): string[] {
  const tool = fieldOf(manifest, 'tool')
  const poetry = fieldOf(tool, 'poetry', 'packages')
  return [
    ...stringsOf(fieldOf(tool, 'setuptools', 'packages', 'find', 'where')),
    ...entriesOf(fieldOf(tool, 'setuptools', 'package-dir')).flatMap(([, place]) =>
      stringsOf(place),
    ),
    ...(Array.isArray(poetry) ? poetry.flatMap((row) => stringsOf(fieldOf(row, 'from'))) : []),
    ...stringsOf(fieldOf(tool, 'hatch', 'build', 'targets', 'wheel', 'packages')).map(directoryOf),
    ...stringsOf(fieldOf(tool, 'pytest', 'ini_options', 'pythonpath')),
    ...stringsOf(fieldOf(tool, 'pdm', 'build', 'package-dir')),
  ]
}

/** `package_dir = { '': 'src' }`, `package_dir =\n    = src`, `where = src`. */
function setupPlaces(text = ''): string[] {
  const found = [
    /package_dir\s*=\s*\{\s*["']["']\s*:\s*["']([^"']+)["']/.exec(text)?.[1],
    /package_dir\s*=\s*\n?\s*=\s*(\S+)/.exec(text)?.[1],
    /^where\s*=\s*(\S+)/m.exec(text)?.[1],
    /find_packages\(\s*(?:where\s*=\s*)?["']([^"']+)["']/.exec(text)?.[1],
  ]
  return found.filter((place) => place !== undefined)
}
