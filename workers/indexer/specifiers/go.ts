/** Imports of Go: a package is a directory of the module that `go.mod` names, or that a `replace` puts in its place. */
import { posix } from 'node:path'
import { below, directoryOf, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

const maxModules = 1_000

interface GoModule {
  module: string
  directory: string
}

export const go: Resolver = (project, { from, specifier }) => {
  if (specifier.startsWith('.')) return packageAt(project, below(directoryOf(from), specifier))
  for (const { module, directory } of goModules(project)) {
    if (specifier !== module && !specifier.startsWith(`${module}/`)) continue
    const found = packageAt(project, below(directory, `./${specifier.slice(module.length + 1)}`))
    if (found) return found
  }
  return undefined
}

function packageAt(project: ProjectPaths, directory: string | undefined): string | undefined {
  return directory !== undefined && goFiles(project, directory).length > 0
    ? `${directory}/`
    : undefined
}

/** Those of all `go.mod` files (a `go.work` only chooses among them), the longest name first. */
function goModules(project: ProjectPaths): GoModule[] {
  return project.once('go modules', () =>
    project
      .named('go.mod')
      .slice(0, maxModules)
      .flatMap((path) => modulesIn(project.text(path) ?? '', directoryOf(path)))
      .sort((a, b) => b.module.length - a.module.length),
  )
}

function modulesIn(text: string, directory: string): GoModule[] {
  const rows: GoModule[] = []
  const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1]
  if (module) rows.push({ module, directory })
  for (const match of text.matchAll(/^(?:replace)?\s*(\S+)(?:\s+v\S+)?\s+=>\s+(\.{1,2}\/?\S*)/gm)) {
    const local = below(directory, match[2] ?? '')
    if (match[1] && local !== undefined) rows.push({ module: match[1], directory: local })
  }
  return rows
}

/** The file that stands for a Go package: named like it, else `doc.go`, else its first that is no test. */
export function goPackageFile(project: ProjectPaths, directory: string): string | undefined {
  const files = goFiles(project, directory)
  const own = `${posix.basename(directory)}.go`
  return (
    files.find((path) => posix.basename(path) === own) ??
    files.find((path) => posix.basename(path) === 'doc.go') ??
    files.find((path) => !path.endsWith('_test.go')) ??
    files[0]
  )
}

function goFiles(project: ProjectPaths, directory: string): string[] {
  return project.inDirectory(directory).filter((path) => path.endsWith('.go'))
}
