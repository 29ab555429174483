/** `use` and `require` of PHP: a class by composer's psr-4 and psr-0, else by its namespace; a path from its file. */
import {
  below,
  directoryOf,
  entriesOf,
  fieldOf,
  type ProjectPaths,
  stringsOf,
} from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const php: Resolver = (project, { from, specifier, names }) =>
  names.includes('*') ? byPath(project, from, specifier) : byClass(project, specifier)

/** `'y.php'`, `__DIR__ . '/x.php'`, `dirname(__DIR__, 2) . '/lib/x.php'`. */
function byPath(project: ProjectPaths, from: string, source: string): string | undefined {
  const pieces = [...source.matchAll(/'([^']*)'|"([^"]*)"/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  const written = pieces.length > 0 ? pieces.join('') : source
  if (!/\.\w+$/.test(written)) return undefined
  const path = `./${written.replace(/^\/+/, '')}`
  const fromFile = /__DIR__|__FILE__/.test(source)
  let base: string | undefined = directoryOf(from)
  for (let ups = upsOf(source); ups > 0; ups--) base = below(base, '..')
  for (const directory of fromFile ? [base] : [base, '']) {
    const found = below(directory, path)
    if (found !== undefined && project.has(found)) return found
  }
  return undefined
}

function upsOf(source: string): number {
  const counted = /dirname\(\s*__DIR__\s*,\s*(\d)\s*\)/.exec(source)?.[1]
  if (counted !== undefined) return Number(counted)
  const calls = source.match(/\bdirname\s*\(/g)?.length ?? 0
  return source.includes('__FILE__') ? calls - 1 : calls
}

function byClass(project: ProjectPaths, specifier: string): string | undefined {
  const name = specifier.replace(/^\\/, '')
  for (const { prefix, directory } of autoloaded(project)) {
    if (prefix !== '' && !name.startsWith(prefix)) continue
    const path = below(directory, `./${name.slice(prefix.length).replaceAll('\\', '/')}.php`)
    if (path !== undefined && project.has(path)) return path
  }
  return byNamespace(project, name)
}

/** The file that shares most of the namespace with its own path. */
function byNamespace(project: ProjectPaths, name: string): string | undefined {
  const wanted = name.split('\\').reverse()
  const shared = (path: string) => {
    const parts = path
      .replace(/\.php$/, '')
      .split('/')
      .reverse()
    let count = 0
    while (count < wanted.length && wanted[count] === parts[count]) count++
    return count
  }
  const files = [...project.named(`${wanted[0] ?? ''}.php`)].sort((a, b) => shared(b) - shared(a))
  const [best] = files
  // A name alone says little where a namespace was given.
  return best !== undefined && (wanted.length === 1 || shared(best) > 1 || files.length === 1)
    ? best
    : undefined
}

/** Prefixes of `autoload` and `autoload-dev` with their directories, the longest first. */
function autoloaded(project: ProjectPaths): { prefix: string; directory: string }[] {
  return project.once('php autoload', () =>
    project
      .named('composer.json')
      .flatMap((path) => {
        const manifest = project.data(path)
        return ['autoload', 'autoload-dev'].flatMap((section) =>
          ['psr-4', 'psr-0'].flatMap((kind) =>
            entriesOf(fieldOf(manifest, section, kind)).flatMap(([prefix, places]) =>
              stringsOf(places).map((place) => ({
                // psr-0 keeps the prefix in the path.
                prefix: kind === 'psr-4' ? prefix : '',
                directory: below(directoryOf(path), `./${place}`) ?? '',
              })),
            ),
          ),
        )
      })
      .sort((a, b) => b.prefix.length - a.prefix.length),
  )
}
