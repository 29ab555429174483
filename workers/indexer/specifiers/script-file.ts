/** The source file that a path without or with a foreign ending means: `./a.js` is `a.ts`, `./a` is `a/index.tsx`. */
import { fieldOf, type ProjectPaths, stringsOf } from '../project-paths.ts'

const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.json']
const entryFields = ['source', 'types', 'typings', 'module', 'main']

export function scriptFile(project: ProjectPaths, base: string | undefined): string | undefined {
  if (base === undefined) return undefined
  return fileAt(project, base) ?? directoryEntry(project, base)
}

/** As scriptFile, but never the entry of a directory. */
export function fileAt(project: ProjectPaths, base: string): string | undefined {
  if (project.has(base)) return base
  const source = base.replace(
    /(?:\.d)?\.(m|c)?[jt]sx?$/,
    (_, flavour: string | undefined) => `.${flavour ?? ''}ts`,
  )
  for (const path of source === base ? [] : [source, `${source}x`])
    if (project.has(path)) return path
  return endings.map((ending) => base + ending).find((path) => project.has(path))
}

function directoryEntry(project: ProjectPaths, directory: string): string | undefined {
  const inside = directory === '' ? '' : `${directory}/`
  const index = fileAt(project, `${inside}index`)
  if (index) return index
  if (!project.has(`${inside}package.json`)) return undefined
  const manifest = project.data(`${inside}package.json`)
  for (const field of entryFields)
    for (const entry of stringsOf(fieldOf(manifest, field))) {
      const found = fileAt(project, `${inside}${entry.replace(/^\.\//, '')}`)
      if (found) return found
    }
  return undefined
}
