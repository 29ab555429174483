/** Which server a file belongs to, where its root is, and where the program lies. */
import { basename, dirname, extname, join, relative } from 'node:path'
import { createLookups, type Lookups } from './lookups.ts'
import { type ServerRow, servers } from './servers.ts'

export type Found =
  | { state: 'found'; row: ServerRow; argv: string[]; root: string; languageId: string }
  /** `committed`: it is there, but came with the repository's commits, so it is not run. */
  | { state: 'missing'; row: ServerRow; committed?: string }
  | { state: 'none' }

/** Programs of a project, before those of the system. */
const projectPrograms = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'env/bin', 'vendor/bin']

export interface FindOptions {
  /** No server works for more; programs are looked for up to the top of its repository. */
  workspace: string
  /** Whether a file came with the commits of the repository around `directory`. */
  isCommitted(path: string, directory: string): boolean
  /** Shared by one question about many files. */
  look?: Lookups
}

interface Search {
  /** From that of the file up to the workspace. */
  directories: string[]
  /** Up to the repository around the workspace: what a monorepo installs lies at its top. */
  installed: string[]
  look: Lookups
  committed(path: string): boolean
}

/** `path` is absolute. */
export function findServer(path: string, options: FindOptions): Found {
  const { workspace, isCommitted, look = createLookups() } = options
  const search: Search = {
    directories: upTo(workspace, dirname(path)),
    installed: upTo(repositoryOf(workspace, look), dirname(path)),
    look,
    committed: (program) => isCommitted(program, dirname(path)),
  }
  const rows = servers.filter(
    (row) =>
      languageIdOf(row, path) !== undefined &&
      (row.needs === undefined ||
        row.needs.some((name) => search.installed.some((one) => look.has(one, name)))),
  )
  let refused: { row: ServerRow; program: string } | undefined
  for (const row of rows) {
    const program = findProgram(row, search)
    if (!program) continue
    if ('refused' in program) {
      refused ??= { row, program: relative(workspace, program.refused) }
      continue
    }
    const root = rootOf(row, search) ?? workspace
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
  search: Search,
): { argv: string[] } | { refused: string } | undefined {
  const { installed, look, committed } = search
  const folders = installed.flatMap((directory) =>
    projectPrograms
      .filter((folder) => look.has(directory, folder))
      .map((folder) => join(directory, folder)),
  )
  let refused: string | undefined
  for (const [program, ...args] of row.commands) {
    const own = look.programIn(folders, program)
    const ownRefused = own !== undefined && committed(own) ? own : undefined
    const path = own !== undefined && ownRefused === undefined ? own : look.program(program)
    const started = path === undefined ? undefined : runsCommitted(row, search)
    refused ??= ownRefused ?? started
    if (path !== undefined && started === undefined) return { argv: [path, ...args] }
  }
  return refused === undefined ? undefined : { refused }
}

/** A file of the project that the server would run by itself, and that came with the commits. */
function runsCommitted(
  { runs }: ServerRow,
  { installed, look, committed }: Search,
): string | undefined {
  if (runs === undefined) return undefined
  return installed
    .filter((directory) => look.has(directory, runs))
    .map((directory) => join(directory, runs))
    .find(committed)
}

function rootOf({ root }: ServerRow, { directories, look }: Search): string | undefined {
  if (!root) return undefined
  const { markers = [], endings = [], pick } = root
  const hasEnding = (directory: string) =>
    endings.length > 0 && [...look.names(directory)].some((name) => endings.includes(extname(name)))
  const marked = directories.filter(
    (directory) => markers.some((marker) => look.has(directory, marker)) || hasEnding(directory),
  )
  return pick === 'nearest' ? marked[0] : marked.at(-1)
}

/** The top of the repository around the workspace; the workspace where there is none, or it is another's. */
function repositoryOf(workspace: string, look: Lookups): string {
  for (let directory = workspace; ; directory = dirname(directory)) {
    if (look.has(directory, '.git')) return look.isOwn(directory) ? directory : workspace
    if (dirname(directory) === directory) return workspace
  }
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
