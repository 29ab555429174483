/** Which files are meant when a person or a model asks for diagnostics: files, directories, what changed, or all. */
import { mapLimit } from '../../base/async.ts'
import { CodiError } from '../../base/errors.ts'
import { lookGit, quietDiff } from '../../base/look-git.ts'
import { plural } from '../../base/text.ts'
import { listFiles } from '../search/search-files.ts'
import { findPlace } from '../search/search-place.ts'
import type { LookContext } from '../search/search-run.ts'

export interface Scope {
  /** As the services name them. */
  paths: string[]
  /** What was left out, and why; empty where nothing was. */
  note: string
  /** Files that are left out because no server for them is installed. */
  unchecked: number
}

export interface ScopeOptions {
  maxFiles: number
  /** Also the whole project, where nothing was named and nothing changed. */
  orAll: boolean
}

const gitTimeoutMs = 10_000
const maxListed = 20_000

/** Throws a CodiError where a named file does not exist, or nothing is named and nothing is known to be meant. */
export async function diagnosticsScope(
  given: readonly string[],
  context: LookContext,
  options: ScopeOptions,
): Promise<Scope> {
  if (given.length > 0) return namedFiles(given, context, options)
  const changed = await changedFiles(context)
  if (changed && changed.length > 0) {
    const known = await knownFiles(changed, context, options)
    return {
      ...known,
      note: joined(`${plural(changed.length, 'changed file')} by git`, known.note),
    }
  }
  if (!options.orAll) {
    const why = changed ? 'Nothing changed by git' : 'There is no git repository here'
    throw new CodiError('invalid', `${why}; name files or directories in paths`)
  }
  const all = await filesBelow('.', context)
  const known = await knownFiles(all, context, options)
  return { ...known, note: joined('the whole project', known.note) }
}

async function namedFiles(
  given: readonly string[],
  context: LookContext,
  options: ScopeOptions,
): Promise<Scope> {
  const places = await mapLimit(given, 8, (path) => findPlace(context, path))
  const files = places.filter((place) => !place.isDirectory)
  const named = [...new Set(files.map(({ absolute }) => context.workspace.display(absolute)))]
  if (named.length > options.maxFiles) {
    throw new CodiError(
      'invalid',
      `${named.length} files are too many; name at most ${options.maxFiles}, or a directory`,
    )
  }
  const directories = places.filter((place) => place.isDirectory)
  if (directories.length === 0) return { paths: named, note: '', unchecked: 0 }
  const below = await mapLimit(directories, 2, ({ shown }) => filesBelow(shown, context))
  const others = [...new Set(below.flat())].filter((path) => !named.includes(path))
  const room = { ...options, maxFiles: options.maxFiles - named.length }
  const { paths, ...rest } = await knownFiles(others, context, room)
  return { paths: [...named, ...paths], ...rest }
}

/** Those that a server knows and that can be asked, at most so many. */
async function knownFiles(
  paths: readonly string[],
  context: LookContext,
  { maxFiles }: ScopeOptions,
): Promise<Scope> {
  const servers = await context.services.lsp.detect({ paths: [...paths] }, context.signal)
  const found = servers.filter(({ state }) => state !== 'missing')
  const missing = servers.filter(({ state }) => state === 'missing')
  const known = new Set(found.flatMap((server) => server.paths))
  const ordered = paths.filter((path) => known.has(path))
  const notes = missing.map(
    ({ server, paths: own, note }) =>
      `${plural(own.length, 'file')} not checked without ${server} (${note})`,
  )
  if (ordered.length > maxFiles)
    notes.unshift(`only the first ${maxFiles} of ${ordered.length} files were checked`)
  const unchecked = missing.reduce((sum, { paths: own }) => sum + own.length, 0)
  return { paths: ordered.slice(0, maxFiles), note: notes.join('; '), unchecked }
}

/** In order, as the services name them. */
async function filesBelow(directory: string, context: LookContext): Promise<string[]> {
  const absolute = await context.workspace.resolve(directory)
  const { files } = await listFiles(context, absolute)
  const prefix = context.workspace.display(absolute)
  return files
    .map((path) => (prefix === '.' ? path : `${prefix}/${path}`))
    .sort()
    .slice(0, maxListed)
}

/** Changed, added and untracked files below the root; undefined where there is no repository. */
async function changedFiles(context: LookContext): Promise<string[] | undefined> {
  const options = { cwd: context.workspace.root, signal: context.signal, timeoutMs: gitTimeoutMs }
  const tracked = ['diff', ...quietDiff, '--name-only', '--relative', '--diff-filter=d', '-z']
  const commands = [
    [...tracked, 'HEAD', '--'],
    ['ls-files', '--others', '--exclude-standard', '-z'],
  ]
  try {
    const lists = await Promise.all(commands.map((args) => lookGit(args, options)))
    if (lists[1]?.exitCode !== 0) return undefined
    // Before the first commit there is no HEAD, and every file is new.
    const first = lists[0]?.exitCode === 0 ? lists[0] : await lookGit(['ls-files', '-z'], options)
    const names = [first, lists[1]].flatMap(({ stdout }) => stdout.split('\0'))
    return [...new Set(names.filter((name) => name !== ''))].sort()
  } catch (thrown) {
    if (context.signal.aborted) throw thrown
    return undefined
  }
}

function joined(...notes: string[]): string {
  return notes.filter((note) => note !== '').join('; ')
}
