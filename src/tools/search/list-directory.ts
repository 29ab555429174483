/** One directory as `ls` shows it: everything in it, ignored or not, because that is the question. */
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { mapLimit } from '../../base/async.ts'
import { CodiError, errorMessage } from '../../base/errors.ts'
import { type PinnedDirectory, pinDirectory } from '../../base/pinned-directory.ts'
import { formatBytes, formatCount, plural } from '../../base/text.ts'
import type { Tool } from '../../contract/tool.ts'
import { requireApproved } from '../files/approved.ts'
import text from './list-directory.md' with { type: 'text' }
import { findDirectory, type Place } from './search-place.ts'
import { searchRequest } from './search-request.ts'
import { showName } from './search-run.ts'

const input = Type.Object({
  path: Type.Optional(Type.String()),
  show_hidden: Type.Optional(Type.Boolean()),
})

const maxEntries = 500
const lookAtOnce = 32

interface Entry {
  name: string
  type: 'directory' | 'file' | 'link' | 'other'
  /** Bytes of a file. */
  size?: number
  /** Where a link points to. */
  target?: string
}

export const listDirectory: Tool<typeof input> = {
  name: 'list_directory',
  text,
  input,
  effect: 'read',
  request: ({ path }, context) =>
    searchRequest(context, { tool: 'list_directory', path, about: path }),
  async run({ path, show_hidden }, context) {
    const place = await findDirectory(context, path)
    requireApproved(context, place.absolute)
    using directory = pinDirectory(place.absolute)
    const all = await read(place, directory)
    const visible = show_hidden ? all : all.filter((entry) => !entry.name.startsWith('.'))
    const hidden = all.length - visible.length
    const shown = await mapLimit(visible.slice(0, maxEntries), lookAtOnce, (entry) =>
      complete(entry, directory.path),
    )
    const lines = shown.map(entryLine)
    const left = visible.length - shown.length
    if (left > 0) lines.push(`[${formatCount(left)} more entries; glob finds files by name]`)
    if (hidden > 0) lines.push(`[${formatCount(hidden)} hidden; show_hidden shows them]`)
    if (all.length === 0) lines.push(`${place.shown} is empty.`)
    else lines.unshift(`${place.shown} (${plural(all.length, 'entry', 'entries')})`)
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data: shown.map(row) }
  },
}

async function read(place: Place, directory: PinnedDirectory): Promise<Entry[]> {
  const found = await readdir(directory.path, { withFileTypes: true }).catch((thrown) => {
    throw new CodiError('io', `Cannot list ${place.shown}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  })
  const entries = found.map((entry): Entry => ({ name: entry.name, type: typeOf(entry) }))
  const rank = (entry: Entry) => (entry.type === 'directory' ? 0 : 1)
  return entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

interface Typed {
  isDirectory(): boolean
  isFile(): boolean
  isSymbolicLink(): boolean
}

function typeOf(entry: Typed): Entry['type'] {
  if (entry.isDirectory()) return 'directory'
  if (entry.isSymbolicLink()) return 'link'
  return entry.isFile() ? 'file' : 'other'
}

/** Adds size and target; what is gone meanwhile, or has a name that is not UTF-8, stays a bare name. */
async function complete(entry: Entry, directory: string): Promise<Entry> {
  const path = join(directory, entry.name)
  try {
    if (entry.type === 'file') return { ...entry, size: (await lstat(path)).size }
    if (entry.type === 'link') return { ...entry, target: await readlink(path) }
  } catch {
    return entry
  }
  return entry
}

function entryLine(entry: Entry): string {
  const name = showName(entry.name)
  if (entry.type === 'directory') return `${name}/`
  if (entry.type === 'link') return `${name} -> ${showName(entry.target ?? '?')}`
  if (entry.type === 'other') return `${name}  (not a file)`
  return entry.size === undefined ? name : `${name}  ${formatBytes(entry.size)}`
}

function row(entry: Entry) {
  return { name: entry.name, type: entry.type, size: entry.size ?? null }
}
