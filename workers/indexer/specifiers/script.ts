/** Imports of TypeScript and JavaScript: relative, by the aliases `@/` and `~/`, and packages of the same repository. */
import { ancestors, below, directoryOf, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

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

export const script: Resolver = (project, { from, specifier }) => {
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
