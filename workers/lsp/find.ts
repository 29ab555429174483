/** Which server a file belongs to, where its root is, and where the program lies. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { type ServerRow, servers } from './servers.ts'

export type Found =
  | { state: 'found'; row: ServerRow; argv: string[]; root: string; languageId: string }
  /** `committed`: it is there, but came with the repository's commits, so it is not run. */
  | { state: 'missing'; row: ServerRow; committed?: string }
  | { state: 'none' }

/** Programs of a project, before those of the system. */
const projectPrograms = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'env/bin', 'vendor/bin']

export interface FindOptions {
  /** Nothing above it is looked at. */
  workspace: string
  /** Whether a file came with the commits of the repository around `directory`. */
  isCommitted(path: string, directory: string): boolean
}

/** `path` is absolute. */
export function findServer(path: string, { workspace, isCommitted }: FindOptions): Found {
  const directories = upTo(workspace, dirname(path))
  const committed = (program: string) => isCommitted(program, dirname(path))
  const rows = servers.filter(
    (row) =>
      languageIdOf(row, path) !== undefined &&
      (row.needs === undefined || row.needs.some((name) => has(directories, name))),
  )
  let refused: { row: ServerRow; program: string } | undefined
  for (const row of rows) {
    const program = findProgram(row, directories, committed)
    if (!program) continue
    if ('refused' in program) {
      refused ??= { row, program: relative(workspace, program.refused) }
      continue
    }
    const root = rootOf(row, directories) ?? workspace
    const languageId = languageIdOf(row, path) ?? ''
    return { state: 'found', row, argv: program.argv, root, languageId }
  }
  if (refused) return { state: 'missing', row: refused.row, committed: refused.program }
  const first = rows[0]
  return first ? { state: 'missing', row: first } : { state: 'none' }
}

export function languageIdOf(row: ServerRow, path: string): string | undefined {
  const name = basename(path)
  const key = [name, extname(name).toLowerCase()].find((key) => Object.hasOwn(row.languages, key))
  return key === undefined ? undefined : row.languages[key]
}

function findProgram(
  row: ServerRow,
  directories: string[],
  committed: (path: string) => boolean,
): { argv: string[] } | { refused: string } | undefined {
  let refused: string | undefined
  for (const [program, ...args] of row.commands) {
    const folders = directories.flatMap((directory) =>
      projectPrograms.map((folder) => join(directory, folder)),
    )
    const own = Bun.which(program, { PATH: folders.join(':') }) ?? undefined
    const ownRefused = own !== undefined && committed(own) ? own : undefined
    const path = ownRefused === undefined ? (own ?? Bun.which(program)) : Bun.which(program)
    const started = path ? runsCommitted(row, directories, committed) : undefined
    refused ??= ownRefused ?? started
    if (path && started === undefined) return { argv: [path, ...args] }
  }
  return refused === undefined ? undefined : { refused }
}

/** A file of the project that the server would run by itself, and that came with the commits. */
function runsCommitted(
  row: ServerRow,
  directories: string[],
  committed: (path: string) => boolean,
): string | undefined {
  const runs = row.runs
  if (runs === undefined) return undefined
  return directories
    .map((directory) => join(directory, runs))
    .find((path) => existsSync(path) && committed(path))
}

function rootOf(row: ServerRow, directories: string[]): string | undefined {
  if (!row.root) return undefined
  const { markers = [], endings = [], pick } = row.root
  const marked = directories.filter(
    (directory) =>
      markers.some((marker) => existsSync(join(directory, marker))) ||
      (endings.length > 0 && namesIn(directory).some((name) => endings.includes(extname(name)))),
  )
  return pick === 'nearest' ? marked[0] : marked.at(-1)
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
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
