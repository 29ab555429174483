/**
 * `#include` of C and C++: beside the file, in the directories that the compiler is given (compile_commands.json,
 * compile_flags.txt), in `include` and `src` above it, else the only file of that name.
 */
import { isAbsolute, posix, relative } from 'node:path'
import {
  ancestors,
  below,
  directoryOf,
  fieldOf,
  nearest,
  type ProjectPaths,
  stringsOf,
} from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

const databases = [
  'compile_commands.json',
  'build/compile_commands.json',
  'out/compile_commands.json',
]
/** Headers of the C library: a file of the project that happens to have such a name is not meant by it. */
const libraryHeaders = new Set(
  'assert complex ctype errno fcntl fenv float inttypes iso646 limits locale math pthread setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar unistd wchar wctype windows'
    .split(' ')
    .map((name) => `${name}.h`),
)

export const include: Resolver = (project, { from, specifier }) => {
  const beside = below(directoryOf(from), `./${specifier}`)
  if (beside !== undefined && project.has(beside)) return beside
  for (const directory of includeDirectories(project)) {
    const path = below(directory, `./${specifier}`)
    if (path !== undefined && project.has(path)) return path
  }
  for (const directory of ancestors(directoryOf(from)))
    for (const folder of ['', 'include', 'src', 'inc']) {
      const path = below(below(directory, `./${folder}`), `./${specifier}`)
      if (path !== undefined && project.has(path)) return path
    }
  if (libraryHeaders.has(specifier)) return undefined
  const ending = `/${specifier.replace(/^(?:\.\.?\/)+/, '')}`
  const same = project.named(posix.basename(specifier)).filter((path) => path.endsWith(ending))
  return same.length === 1 || specifier.includes('/') ? nearest(same, from) : undefined
}

/** Relative to the root, in the order of the compiler's words. */
function includeDirectories(project: ProjectPaths): string[] {
  return project.once('include directories', () => {
    const found = new Set<string>()
    for (const path of project.named('compile_flags.txt'))
      for (const directory of directoriesIn((project.text(path) ?? '').split('\n')))
        add(found, below(directoryOf(path), `./${directory}`))
    for (const path of databases) {
      const commands = project.data(path)
      for (const command of Array.isArray(commands) ? commands : []) {
        const [directory = '/'] = stringsOf(fieldOf(command, 'directory'))
        const [line = ''] = stringsOf(fieldOf(command, 'command'))
        const words = line === '' ? stringsOf(fieldOf(command, 'arguments')) : line.split(/\s+/)
        for (const each of directoriesIn(words))
          add(found, insideRoot(project.root, posix.resolve(directory, each)))
      }
    }
    return [...found]
  })
}

function directoriesIn(words: readonly string[]): string[] {
  const found: string[] = []
  words.forEach((word, index) => {
    const flag = /^(?:-I|-isystem|-iquote)(.*)$/.exec(word.trim())
    const value = flag?.[1] || (flag && words[index + 1])
    if (value) found.push(value.replace(/^["']|["']$/g, ''))
  })
  return found
}

function add(found: Set<string>, directory: string | undefined): void {
  if (directory !== undefined) found.add(directory)
}

function insideRoot(root: string, absolute: string): string | undefined {
  const inside = relative(root, absolute)
  return inside.startsWith('..') || isAbsolute(inside) ? undefined : inside
}
