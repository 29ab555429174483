/**
 * Imports of TypeScript and JavaScript: relative, by `paths` and `baseUrl` of tsconfig, by `imports` and `exports` of
 * package.json, packages of the same repository, and the aliases `@/` and `~/` where nothing declares them.
 */
import { ancestors, below, directoryOf } from '../project-paths.ts'
import { importedByHash, packageEntry, splitPackage } from './node-package.ts'
import type { Resolver } from './resolver.ts'
import { scriptFile } from './script-file.ts'
import { mappedByConfig } from './tsconfig.ts'

export const script: Resolver = (project, { from, specifier }) => {
  const clean = specifier.startsWith('#') ? specifier : specifier.replace(/[?#].*$/, '')
  if (/^\.{1,2}(?:\/|$)/.test(clean)) return scriptFile(project, below(directoryOf(from), clean))
  if (clean.startsWith('#')) {
    const found = importedByHash(project, from, clean)
    if (found) return found
  }
  const mapped = mappedByConfig(project, from, clean)
  if (mapped) return mapped
  const alias = /^(?:@|~)\/(.+)$/.exec(clean)?.[1]
  if (alias === undefined) return packageEntry(project, splitPackage(clean), from)
  for (const directory of ancestors(directoryOf(from))) {
    const found =
      scriptFile(project, below(below(directory, 'src'), alias)) ??
      scriptFile(project, below(directory, alias))
    if (found) return found
  }
  return undefined
}
