/** What tsconfig.json and jsconfig.json say of imports: `paths`, `baseUrl`, `extends`, `references`, `outDir`. */
import { posix } from 'node:path'
import {
  ancestors,
  below,
  directoryOf,
  entriesOf,
  fieldOf,
  type ProjectPaths,
  stringsOf,
} from '../project-paths.ts'
import { scriptFile } from './script-file.ts'

interface Config {
  /** Longest prefix first. */
  paths: { before: string; after: string | undefined; targets: string[] }[]
  /** Relative to the root; undefined where none is set. */
  baseUrl: string | undefined
  outDir: string | undefined
  rootDir: string | undefined
  references: string[]
}

const names = ['tsconfig.json', 'jsconfig.json']
const maxChain = 10

/** The file that the nearest config's `paths` or `baseUrl` lead to. */
export function mappedByConfig(
  project: ProjectPaths,
  from: string,
  specifier: string,
): string | undefined {
  for (const config of configsFor(project, directoryOf(from))) {
    const found = mapped(project, config, specifier)
    if (found) return found
  }
  return undefined
}

/** Where a package's sources are compiled to, relative to the root. */
export function outputOf(
  project: ProjectPaths,
  directory: string,
): { outDir: string; rootDir: string } | undefined {
  const config = configsFor(project, directory).find((each) => each.outDir !== undefined)
  if (config?.outDir === undefined || !config.outDir.startsWith(directory)) return undefined
  const source = below(directory, 'src') ?? 'src'
  return { outDir: config.outDir, rootDir: config.rootDir ?? source }
}

/** The config of each directory from here up, each with those beside it that it refers to. */
function configsFor(project: ProjectPaths, directory: string): Config[] {
  return project.once(`tsconfigs ${directory}`, () => {
    const own = names.flatMap((name) => {
      const path = directory === '' ? name : `${directory}/${name}`
      const config = readConfig(project, path, 0)
      if (!config) return []
      const referred = config.references
        .filter((each) => directoryOf(each) === directory && each !== path)
        .flatMap((each) => readConfig(project, each, 0) ?? [])
      return [config, ...referred]
    })
    return directory === '' ? own : [...own, ...configsFor(project, directoryOf(directory))]
  })
}

function mapped(project: ProjectPaths, config: Config, specifier: string): string | undefined {
  for (const { before, after, targets } of config.paths) {
    if (after === undefined ? specifier !== before : !fits(specifier, before, after)) continue
    const middle =
      after === undefined ? '' : specifier.slice(before.length, specifier.length - after.length)
    for (const target of targets) {
      const found = scriptFile(project, below('', `./${target.replace('*', middle)}`))
      if (found) return found
    }
  }
  return config.baseUrl === undefined
    ? undefined
    : scriptFile(project, below(config.baseUrl, `./${specifier}`))
}

function fits(specifier: string, before: string, after: string): boolean {
  return (
    specifier.length >= before.length + after.length &&
    specifier.startsWith(before) &&
    specifier.endsWith(after)
  )
}

function readConfig(project: ProjectPaths, path: string, depth: number): Config | undefined {
  return project.once(`tsconfig ${path}`, () => {
    const data = project.data(path)
    if (data === undefined || depth > maxChain) return undefined
    const directory = directoryOf(path)
    const options = fieldOf(data, 'compilerOptions')
    const place = (key: string) => {
      const [value] = stringsOf(fieldOf(options, key))
      return value === undefined
        ? undefined
        : below(directory, `./${value.replace(/^\$\{configDir\}/, '.')}`)
    }
    const bases = stringsOf(fieldOf(data, 'extends'))
      .map((base) => readConfig(project, basePath(project, directory, base), depth + 1))
      .filter((base) => base !== undefined)
    const base = bases.at(-1)
    const baseUrl = place('baseUrl') ?? base?.baseUrl
    const own = entriesOf(fieldOf(options, 'paths'))
    const references = fieldOf(data, 'references')
    return {
      paths:
        own.length > 0
          ? pathsOf(own, place('baseUrl') ?? base?.baseUrl ?? directory)
          : (base?.paths ?? []),
      baseUrl,
      outDir: place('outDir') ?? base?.outDir,
      rootDir: place('rootDir') ?? base?.rootDir,
      references: (Array.isArray(references) ? references : [])
        .flatMap((row) => stringsOf(fieldOf(row, 'path')))
        .map((each) => below(directory, `./${each}`) ?? '')
        .map((each) => (each.endsWith('.json') ? each : posix.join(each, 'tsconfig.json'))),
    }
  })
}

/** `extends` names a file, with or without its ending, or a package of node_modules in a directory above. */
function basePath(project: ProjectPaths, directory: string, base: string): string {
  const endings = ['', '.json', '/tsconfig.json']
  const places = base.startsWith('.')
    ? [below(directory, base)]
    : [...ancestors(directory)].map((above) => below(above, `node_modules/${base}`))
  for (const place of places)
    for (const ending of endings)
      if (place !== undefined && project.text(place + ending) !== undefined) return place + ending
  return base
}

function pathsOf(rows: [string, unknown][], base: string): Config['paths'] {
  return rows
    .map(([pattern, value]) => {
      const [before = '', after] = pattern.split('*')
      return { before, after, targets: stringsOf(value).map((each) => posix.join(base, each)) }
    })
    .sort((a, b) => b.before.length - a.before.length)
}
