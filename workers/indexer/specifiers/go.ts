/** Imports of Go: a package is a directory below the `go.mod` that names its module. */
import { posix } from 'node:path'
import { below, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const go: Resolver = (project, { specifier }) => {
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
