/**
 * What lies in directories and on PATH, each looked at once: for one question about many files, whose directories and
 * those above are the same ones over and over. It is not kept longer, for installing a server must be seen.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Lookups {
  /** Of a directory; none where it cannot be read. */
  names(directory: string): ReadonlySet<string>
  /** `name` may have several parts: `node_modules/.bin`. */
  has(directory: string, name: string): boolean
  /** Whether it belongs to whoever runs codi. */
  isOwn(directory: string): boolean
  /** The path of a program in one of the folders, the first first. */
  programIn(folders: readonly string[], program: string): string | undefined
  /** On PATH. */
  program(program: string): string | undefined
}

export function createLookups(): Lookups {
  const names = remember((directory: string): ReadonlySet<string> => {
    try {
      return new Set(readdirSync(directory))
    } catch {
      return new Set()
    }
  })
  const exists = remember(existsSync)
  const within = remember((key: string) => {
    const [program = '', ...folders] = key.split('\0')
    return Bun.which(program, { PATH: folders.join(':') }) ?? undefined
  })
  return {
    names,
    has(directory, name) {
      const [first = '', ...rest] = name.split('/')
      return names(directory).has(first) && (rest.length === 0 || exists(join(directory, name)))
    },
    isOwn: remember(
      (directory) => statSync(directory, { throwIfNoEntry: false })?.uid === process.getuid?.(),
    ),
    programIn: (folders, program) =>
      folders.length === 0 ? undefined : within([program, ...folders].join('\0')),
    program: remember((program: string) => Bun.which(program) ?? undefined),
  }
}

function remember<T>(find: (key: string) => T): (key: string) => T {
  const known = new Map<string, { value: T }>()
  return (key) => {
    const before = known.get(key)
    if (before) return before.value
    const value = find(key)
    known.set(key, { value })
    return value
  }
}
