/** Finds files by name. Newest first, because what was touched last is most often what is meant. */
import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { mapLimit } from '../../base/async.ts'
import { formatCount, plural } from '../../base/text.ts'
import type { Tool } from '../../contract/tool.ts'
import { requireApproved } from '../files/approved.ts'
import text from './glob.md' with { type: 'text' }
import { listFiles } from './search-files.ts'
import { type GlobPattern, parseGlob } from './search-pattern.ts'
import { findDirectory, type Place } from './search-place.ts'
import { searchRequest } from './search-request.ts'
import { showName, unreadableNote } from './search-run.ts'
import { joinLines } from './search-show.ts'

const input = Type.Object({
  pattern: Type.String(),
  path: Type.Optional(Type.String({ description: 'directory, default .' })),
})

const maxShown = 100
/** Beyond this many matches they are sorted by path: asking for every time would take seconds. */
const maxTimed = 20_000
const timedAtOnce = 64
const maxDirectoriesNamed = 10

export const glob: Tool<typeof input> = {
  name: 'glob',
  text,
  input,
  effect: 'read',
  request: async ({ pattern, path }, context) =>
    searchRequest(context, {
      tool: 'glob',
      path: searchRoot(parseGlob(pattern), path),
      about: pattern,
    }),
  async run({ pattern, path }, context) {
    const parsed = parseGlob(pattern)
    const place = await findDirectory(context, searchRoot(parsed, path))
    requireApproved(context, place.absolute)
    const list = await listFiles(context, place.absolute, { hidden: parsed.hidden })
    // Names are no secret, but what lies in places of credentials is not even listed.
    const matching = list.files.filter(
      (file) => parsed.matches(file) && context.secrecy?.(join(place.absolute, file)) !== 'closed',
    )
    const timed = matching.length <= maxTimed
    const sorted = timed ? await newestFirst(matching, place.absolute) : matching.sort()
    const shown = sorted.map((file) => context.workspace.display(join(place.absolute, file)))
    const notes = [unreadableNote(list.unreadable)]
    if (list.truncated) notes.push('[too many files to list all; give a narrower path]')
    if (shown.length === 0) {
      return {
        content: joinLines([
          nothing({ pattern: parsed, written: pattern }, place, list.files),
          ...notes,
        ]),
        data: [],
      }
    }
    const capped = shown.slice(0, maxShown)
    if (shown.length > capped.length) {
      const order = timed ? 'newest first' : 'by path'
      notes.unshift(
        `[${capped.length} of ${formatCount(shown.length)} files, ${order}; narrow pattern or path for the other ${formatCount(shown.length - capped.length)}]`,
      )
    }
    const lines = capped.map(showName)
    return {
      content: joinLines([...lines, ...notes]),
      detail: { type: 'list', lines },
      data: capped,
    }
  },
}

/** The directory to list: `path`, and below it the part of the pattern before its first wildcard. */
function searchRoot(pattern: GlobPattern, path: string | undefined): string {
  if (pattern.base === '') return path ?? '.'
  return isAbsolute(pattern.base) ? pattern.base : join(path || '.', pattern.base)
}

async function newestFirst(files: string[], directory: string): Promise<string[]> {
  const times = await mapLimit(files, timedAtOnce, async (file) => ({
    file,
    // A file that is gone meanwhile, or whose name is not UTF-8, comes last.
    time: await stat(join(directory, file)).then(
      (found) => found.mtimeMs,
      () => 0,
    ),
  }))
  times.sort((a, b) => b.time - a.time || (a.file < b.file ? -1 : 1))
  return times.map((row) => row.file)
}

function nothing(
  { pattern, written }: { pattern: GlobPattern; written: string },
  place: Place,
  files: string[],
): string {
  if (files.length === 0)
    return `No files below ${place.shown} (ignored and hidden ones are left out).`
  const directories = directoriesOf(files).filter((path) => pattern.matches(path))
  if (directories.length > 0) {
    const base = place.shown === '.' ? '' : `${place.shown}/`
    const shown = directories.slice(0, maxDirectoriesNamed).map((path) => `${base}${path}/`)
    return `No files match ${written}, but directories do: ${shown.map(showName).join(', ')}; add /** for what is in them.`
  }
  const searched = `${plural(files.length, 'file')} below ${place.shown}`
  return `No files match ${written} among ${searched} (ignored and hidden ones are left out; name their directory as path to look there).`
}

function directoriesOf(files: string[]): string[] {
  const found = new Set<string>()
  for (const file of files) {
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      found.add(file.slice(0, end))
    }
  }
  return [...found].sort()
}
