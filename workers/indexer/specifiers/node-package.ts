/**
 * Packages of the same repository as package.json describes them: `exports` with conditions and patterns, `imports`
 * (`#name`), entry fields, workspaces. What an entry points to is often built and ignored: its source is meant then.
 */
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
import { fileAt, scriptFile } from './script-file.ts'
import { outputOf } from './tsconfig.ts'

const maxPackages = 5_000
const maxDepth = 8
/** Directories of built files, and where their sources are. */
const builtDirectory =
  /^(?:dist|lib|build|out|output|esm|cjs|es|types|dist-types)\/(?:(?:esm|cjs|es|types|src|commonjs|module)\/)?/
const sourceDirectories = ['src/', 'source/', 'lib/', '']
const entryFields = ['source', 'types', 'typings', 'module', 'main', 'browser']
const usualEntries = ['src/index', 'index', 'src/main', 'lib/index', 'mod', 'src/mod']

/** `@scope/name/sub/path` as name and rest. */
export function splitPackage(specifier: string): { name: string; rest: string } {
  const parts = specifier.split('/')
  const count = specifier.startsWith('@') ? 2 : 1
  return { name: parts.slice(0, count).join('/'), rest: parts.slice(count).join('/') }
}

/** The file that `name` or `name/rest` means, when that package is in this repository. */
export function packageEntry(
  project: ProjectPaths,
  { name, rest }: { name: string; rest: string },
  from: string,
): string | undefined {
  const directory = packageDirectory(project, name, from)
  if (directory === undefined) return undefined
  const manifest = project.data(manifestOf(directory))
  const declared = fieldOf(manifest, 'exports')
  const targets = declared === undefined ? [] : targetsOf(declared, rest === '' ? '.' : `./${rest}`)
  if (rest === '')
    for (const field of entryFields) targets.push(...stringsOf(fieldOf(manifest, field)))
  for (const target of targets) {
    const found = sourceOf(project, directory, target)
    if (found) return found
  }
  for (const entry of rest === '' ? usualEntries : [rest, `src/${rest}`, `lib/${rest}`]) {
    const found = scriptFile(project, below(directory, `./${entry}`))
    if (found) return found
  }
  return undefined
}

/** `#name` by the `imports` of the nearest package.json that has any. */
export function importedByHash(
  project: ProjectPaths,
  from: string,
  specifier: string,
): string | undefined {
  for (const directory of ancestors(directoryOf(from))) {
    const declared = fieldOf(project.data(manifestOf(directory)), 'imports')
    if (declared === undefined) continue
    for (const target of targetsOf(declared, specifier)) {
      const found = target.startsWith('.')
        ? sourceOf(project, directory, target)
        : packageEntry(project, splitPackage(target), from)
      if (found) return found
    }
  }
  return undefined
}

/** What a table of `exports` or `imports` says for a key: every condition's target, in the order written. */
function targetsOf(declared: unknown, key: string): string[] {
  const rows = entriesOf(declared)
  const hasKeys = rows.some(([name]) => name.startsWith('.') || name.startsWith('#'))
  if (!hasKeys) return key === '.' ? leavesOf(declared) : []
  const exact = rows.find(([name]) => name === key)
  if (exact) return leavesOf(exact[1])
  const patterns = rows
    .filter(([name]) => name.includes('*') || name.endsWith('/'))
    .sort((a, b) => b[0].length - a[0].length)
  for (const [name, value] of patterns) {
    const [before = '', after = ''] = name.split('*')
    if (
      !key.startsWith(before) ||
      !key.endsWith(after) ||
      key.length < before.length + after.length
    )
      continue
    const middle = key.slice(before.length, key.length - after.length)
    return leavesOf(value).map((target) =>
      target.includes('*') ? target.replaceAll('*', middle) : target + middle,
    )
  }
  return []
}

function leavesOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value]
  if (depth > maxDepth) return []
  const inner = Array.isArray(value) ? value : entriesOf(value).map(([, each]) => each)
  return inner.flatMap((each) => leavesOf(each, depth + 1))
}

/** The target where it is a file of the project, else the source that it is built from. */
function sourceOf(project: ProjectPaths, directory: string, target: string): string | undefined {
  const plain = target.replace(/^\.\//, '')
  const at = below(directory, `./${plain}`)
  if (at === undefined) return undefined
  const itself = fileAt(project, at)
  if (itself) return itself
  const output = outputOf(project, directory)
  if (output && at.startsWith(`${output.outDir}/`)) {
    const found = fileAt(
      project,
      `${output.rootDir}${at.slice(output.outDir.length)}`.replace(/^\//, ''),
    )
    if (found) return found
  }
  const inside = plain.replace(builtDirectory, '')
  for (const source of inside === plain ? [] : sourceDirectories) {
    const found = scriptFile(project, below(directory, `./${source}${inside}`))
    if (found) return found
  }
  return undefined
}

function packageDirectory(project: ProjectPaths, name: string, from: string): string | undefined {
  const packages = project.once('node packages', () => {
    const found = new Map<string, string[]>()
    const listed = project.named('package.json').slice(0, maxPackages)
    const isMember = workspaceRule(project)
    // Members of a workspace before fixtures and examples that happen to have their name.
    for (const path of [...listed].sort((a, b) => Number(isMember(b)) - Number(isMember(a)))) {
      const [own] = stringsOf(fieldOf(project.data(path), 'name'))
      if (own === undefined) continue
      const directories = found.get(own)
      if (!directories) found.set(own, [directoryOf(path)])
      else if (!isMember(path)) directories.push(directoryOf(path))
    }
    return found
  })
  const directories = packages.get(name) ?? []
  const first = directories[0]
  return first !== undefined && workspaceRule(project)(manifestOf(first))
    ? first
    : nearest(directories, from)
}

/** True for the manifests that `workspaces` (npm, yarn, bun) or pnpm-workspace.yaml of the root list. */
function workspaceRule(project: ProjectPaths): (manifest: string) => boolean {
  return project.once('workspaces', () => {
    const declared = fieldOf(project.data('package.json'), 'workspaces')
    const patterns = [
      ...stringsOf(declared),
      ...stringsOf(fieldOf(declared, 'packages')),
      ...stringsOf(fieldOf(yaml(project.text('pnpm-workspace.yaml')), 'packages')),
    ].filter((pattern) => !pattern.startsWith('!'))
    const globs = patterns.map(
      (pattern) => new Bun.Glob(`${pattern.replace(/^\.\/|\/$/g, '')}/package.json`),
    )
    return (manifest: string) => globs.some((glob) => glob.match(manifest))
  })
}

function yaml(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : Bun.YAML.parse(text)
  } catch {
    return undefined
  }
}

function manifestOf(directory: string): string {
  return directory === '' ? 'package.json' : `${directory}/package.json`
}
