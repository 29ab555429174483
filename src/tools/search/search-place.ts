/** The `path` of a search tool: resolved, known to exist, or refused with the name that was probably meant. */
import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { closest } from '../../base/closest.ts'
import { CodiError, errorCode } from '../../base/errors.ts'
import { listFiles } from './search-files.ts'
import { type LookContext, showName } from './search-run.ts'

export interface Place {
  absolute: string
  /** As a person and the model name it; `.` for the root. */
  shown: string
  isDirectory: boolean
}

const maxSuggestions = 3

/** Throws a CodiError: `not_found` with what was probably meant, `outside`, `invalid` or `io`. */
export async function findPlace(context: LookContext, path: string | undefined): Promise<Place> {
  const absolute = await context.workspace.resolve(path === undefined || path === '' ? '.' : path)
  const shown = showName(context.workspace.display(absolute) || '.')
  let found: Stats
  try {
    found = await stat(absolute)
  } catch (thrown) {
    const code = errorCode(thrown)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw thrown
    throw new CodiError('not_found', `${shown} does not exist; ${await hintFor(context, absolute)}`)
  }
  if (!found.isDirectory() && !found.isFile()) {
    throw new CodiError('unsupported', `${shown} is neither a file nor a directory; leave it out`)
  }
  return { absolute, shown, isDirectory: found.isDirectory() }
}

async function hintFor(context: LookContext, absolute: string): Promise<string> {
  if (/[*?]/.test(absolute)) {
    return 'path takes no wildcards, give them as pattern (glob) or file_pattern (grep)'
  }
  const near = await suggestions(context, absolute)
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'nothing there has a name like it'
}

/** Like `findPlace`, for tools that work on a directory. */
export async function findDirectory(
  context: LookContext,
  path: string | undefined,
): Promise<Place> {
  const place = await findPlace(context, path)
  if (place.isDirectory) return place
  throw new CodiError(
    'invalid',
    `${place.shown} is a file, not a directory; read_file reads it, ${dirname(place.shown)} holds it`,
  )
}

/** Names much like the wanted one beside it, files of exactly that name elsewhere, names somewhat like it. */
async function suggestions(context: LookContext, absolute: string): Promise<string[]> {
  const parent = dirname(absolute)
  const name = basename(absolute)
  const siblings = await readdir(parent).catch(() => [])
  const near = (threshold: number) =>
    closest(name, siblings, { threshold, limit: maxSuggestions }).map((other) =>
      join(parent, other),
    )
  const elsewhere = await sameNameElsewhere(context, name)
  const found = [...near(0.7), ...elsewhere, ...near(0.3)]
  return [...new Set(found)]
    .slice(0, maxSuggestions)
    .map((path) => showName(context.workspace.display(path)))
}

async function sameNameElsewhere(context: LookContext, name: string): Promise<string[]> {
  const { root } = context.workspace
  const { files } = await listFiles(context, root).catch(() => ({ files: [] }))
  const places = new Set<string>()
  for (const file of files) {
    const parts = file.split('/')
    const at = parts.indexOf(name)
    if (at >= 0) places.add(join(root, ...parts.slice(0, at + 1)))
    if (places.size === maxSuggestions) break
  }
  return [...places]
}
