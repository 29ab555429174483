/** Which server a file belongs to, where its root is, and where the program lies. */
import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { type ServerRow, servers } from './servers.ts'

export type Found =
  | { state: 'found'; row: ServerRow; argv: string[]; root: string; languageId: string }
  | { state: 'missing'; row: ServerRow }
  | { state: 'none' }

/** Programs of a project, before those of the system. */
const projectPrograms = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'vendor/bin']

/** `path` is absolute; nothing above `workspace` is looked at. */
export function findServer(path: string, workspace: string): Found {
  const directories = upTo(workspace, dirname(path))
  const rows = servers.filter(
    (row) =>
      languageOf(row, path) !== undefined &&
      (row.needs === undefined || has(directories, row.needs)),
  )
  for (const row of rows) {
    const argv = findProgram(row, directories)
    if (!argv) continue
    const root = rootOf(row, directories) ?? workspace
    return { state: 'found', row, argv, root, languageId: languageOf(row, path) ?? '' }
  }
  const first = rows[0]
  return first ? { state: 'missing', row: first } : { state: 'none' }
}

function languageOf(row: ServerRow, path: string): string | undefined {
  const name = basename(path)
  const key = [name, extname(name).toLowerCase()].find((key) => Object.hasOwn(row.languages, key))
  return key === undefined ? undefined : row.languages[key]
}

function findProgram(row: ServerRow, directories: string[]): string[] | undefined {
  for (const [program, ...args] of row.commands) {
    const folders = directories.flatMap((directory) =>
      projectPrograms.map((folder) => join(directory, folder)),
    )
    const path = Bun.which(program, { PATH: folders.join(':') }) ?? Bun.which(program)
    if (path) return [path, ...args]
  }
  return undefined
}

function rootOf(row: ServerRow, directories: string[]): string | undefined {
  if (!row.root) return undefined
  const { markers, pick } = row.root
  const marked = directories.filter((directory) =>
    markers.some((marker) => existsSync(join(directory, marker))),
  )
  return pick === 'nearest' ? marked[0] : marked.at(-1)
}

function has(directories: string[], name: string): boolean {
  return directories.some((directory) => existsSync(join(directory, name)))
}

/** From `directory` up to `top`, both included; only `directory` where it is not below `top`. */
function upTo(top: string, directory: string): string[] {
  const below = relative(top, directory)
  if (below === '') return [top]
  if (below.startsWith('..')) return [directory]
  const found: string[] = []
  for (let current = directory; current !== top; current = dirname(current)) found.push(current)
  return [...found, top]
}
