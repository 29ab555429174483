/** `file_pattern`: which files a search looks into. ripgrep narrows early where it can; `matches` has the last word. */
import { parseGlob, splitGlobs } from './search-pattern.ts'

export interface FileFilter {
  /** Arguments for ripgrep that keep at least every file that `matches`. */
  arguments: string[]
  /** For paths relative to the searched directory. */
  matches(path: string): boolean
}

/** Several globs are separated by commas; `!glob` leaves out. */
export function fileFilter(filePattern: string | undefined): FileFilter {
  const globs = splitGlobs(filePattern ?? '')
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(pathMatcher)
  const unwanted = globs
    .filter((glob) => glob.startsWith('!'))
    .map((glob) => pathMatcher(glob.slice(1)))
  return {
    arguments: [...revealing(globs), ...narrowing(globs.filter((glob) => !glob.startsWith('!')))],
    matches: (path) =>
      (wanted.length === 0 || wanted.some((match) => match(path))) &&
      !unwanted.some((match) => match(path)),
  }
}

/** A glob that names something hidden wants it searched. */
function revealing(globs: string[]): string[] {
  const hidden = globs.some((glob) => /(^|[/{,])\.[^/.]/.test(glob) && !glob.startsWith('!'))
  return hidden ? ['--hidden', '--glob', '!.git'] : []
}

function pathMatcher(glob: string): (path: string) => boolean {
  const { base, matches } = parseGlob(glob)
  // A bare directory name means everything in it.
  const name = glob.split('/').at(-1) ?? ''
  const inside = /[*?[{]|\.\w+$/.test(name) ? undefined : parseGlob(`${glob}/**`)
  const below = (path: string, start: string) =>
    start === '' ? path : path.startsWith(`${start}/`) ? path.slice(start.length + 1) : undefined
  return (path) => {
    const within = below(path, base)
    if (within !== undefined && matches(within)) return true
    if (!inside) return false
    const deeper = below(path, inside.base)
    return deeper !== undefined && inside.matches(deeper)
  }
}

/**
 * A file type of the last parts of the globs: unlike `--glob` it leaves the ignore rules alone. Types only see the
 * file's name, so a glob that ends in a bare `**` or may name a directory cannot narrow.
 */
function narrowing(globs: string[]): string[] {
  const names = globs.map((glob) => glob.split('/').at(-1) ?? '')
  const plain = names.every((name) => /^[\w.*?{},-]+$/.test(name) && name.includes('.'))
  const balanced = globs.every((glob) => !/\{[^}]*\//.test(glob))
  if (globs.length === 0 || !plain || !balanced) return []
  return [...names.flatMap((name) => ['--type-add', `codi:${name}`]), '--type', 'codi']
}
