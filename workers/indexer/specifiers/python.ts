/** Imports of Python: relative by dots, else from any directory above or its `src`; a submodule before its package. */
import { ancestors, below, directoryOf, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const python: Resolver = (project, { from, specifier, names: taken }) => {
  const names = taken
    .filter((name) => !name.startsWith('*'))
    .map((name) => name.replace(/=.*$/, ''))
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
