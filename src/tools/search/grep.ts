/** Searches text in files: a thin, bounded, explained view of ripgrep. */
import { dirname, resolve } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { CodiError } from '../../base/errors.ts'
import { formatCount, plural } from '../../base/text.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { requireApproved } from '../files/approved.ts'
import { leftOutNote, mayShow } from '../files/file-secrecy.ts'
import text from './grep.md' with { type: 'text' }
import { listFiles } from './search-files.ts'
import { type FileFilter, fileFilter } from './search-filter.ts'
import { countMatches, type MatchQuery } from './search-matches.ts'
import { findPlace, type Place } from './search-place.ts'
import { searchRequest } from './search-request.ts'
import { unreadableNote } from './search-run.ts'
import { type Found, joinLines, showFiles, showLines } from './search-show.ts'

const input = Type.Object({
  pattern: Type.String(),
  path: Type.Optional(Type.String({ description: 'file or directory, default .' })),
  file_pattern: Type.Optional(Type.String({ description: 'glob, e.g. *.{ts,tsx}' })),
  ignore_case: Type.Optional(Type.Boolean()),
  context: Type.Optional(Type.Integer({ description: 'lines around a match' })),
  mode: Type.Optional(
    Type.Unsafe<'content' | 'files' | 'count'>(
      Type.String({ enum: ['content', 'files', 'count'] }),
    ),
  ),
  literal: Type.Optional(Type.Boolean()),
  multiline: Type.Optional(Type.Boolean()),
  head_limit: Type.Optional(Type.Integer({ description: 'default 100' })),
})
type Input = Static<typeof input>

const defaultLimit = 100
const maxLimit = 1000
const maxContext = 20
const maxPatternChars = 10_000
export const grep: Tool<typeof input> = {
  name: 'grep',
  text,
  input,
  effect: 'read',
  request: ({ path, pattern }, context) =>
    searchRequest(context, { tool: 'grep', path, about: pattern }),
  async run(given, context) {
    const place = await findPlace(context, given.path)
    requireApproved(context, place.absolute)
    const filter = fileFilter(place.isDirectory ? given.file_pattern : undefined)
    const query = parseQuery(given, filter)
    const cwd = place.isDirectory ? place.absolute : dirname(place.absolute)
    const target = place.isDirectory
      ? './'
      : `./${place.absolute.slice(cwd.length).replace(/^[/\\]/, '')}`
    const counted = await countMatches(context, query, { cwd, target }).catch((thrown) => {
      throw refused(thrown, given)
    })
    const matching = counted.files.filter((row) => filter.matches(row.file))
    const files = matching.filter((row) => mayShow(resolve(cwd, row.file), context))
    const notes = [unreadableNote(counted.unreadable), leftOutNote(matching.length - files.length)]
    if (counted.truncated) notes.push('[too many matching files to count all]')
    const found: Found = { context, cwd, query, files, notes }
    if (files.length === 0) {
      const content = joinLines([await nothing(given, { context, place, filter }), ...notes])
      return { content, data: [] }
    }
    const limit = clampNumber(given.head_limit, { or: defaultLimit, min: 1, max: maxLimit })
    if (given.mode === 'files' || given.mode === 'count') {
      return showFiles(found, { limit, counts: given.mode === 'count' })
    }
    return showLines(found, {
      limit,
      around: clampNumber(given.context, { or: 0, min: 0, max: maxContext }),
    })
  },
}

function parseQuery(given: Input, filter: FileFilter): MatchQuery {
  const { pattern, mode } = given
  if (pattern === '')
    throw new CodiError('invalid', 'The pattern is empty; glob lists files by name')
  if (pattern.length > maxPatternChars || pattern.includes('\0')) {
    throw new CodiError(
      'invalid',
      `The pattern must have at most ${formatCount(maxPatternChars)} characters and no NUL`,
    )
  }
  if (mode !== undefined && !['content', 'files', 'count'].includes(mode)) {
    throw new CodiError('invalid', `Unknown mode "${mode}"; use content, files or count`)
  }
  const literal = given.literal ?? false
  const spansLines = pattern.includes('\n') || (!literal && /(^|[^\\])(\\\\)*\\n/.test(pattern))
  return {
    pattern,
    literal,
    ignoreCase: given.ignore_case ?? false,
    multiline: given.multiline ?? spansLines,
    filters: filter.arguments,
  }
}

function refused(thrown: unknown, given: Input): unknown {
  if (!(thrown instanceof CodiError) || thrown.kind !== 'invalid' || given.literal) return thrown
  return new CodiError(
    'invalid',
    `ripgrep refused the regex ${given.pattern}: ${thrown.message}; correct it, or set literal: true to search for exactly this text`,
    { cause: thrown },
  )
}

async function nothing(
  given: Input,
  where: { context: ToolContext; place: Place; filter: FileFilter },
): Promise<string> {
  const { place, filter } = where
  const hints = [
    given.ignore_case ? '' : 'ignore_case: true',
    given.literal || !/[\\.+*?()[\]{}|^$]/.test(given.pattern) ? '' : 'literal: true',
    'a shorter pattern',
  ].filter((hint) => hint !== '')
  const advice = `Try ${hints.join(', ')}.`
  if (!place.isDirectory) return `No match in ${place.shown}. ${advice}`
  const { files } = await listFiles(where.context, place.absolute, { filters: filter.arguments })
  const searched = files.filter((file) => filter.matches(file)).length
  const leftOut = 'hidden, ignored and binary files are left out unless path names them'
  if (searched > 0) {
    return `No match in ${plural(searched, 'file')} below ${place.shown} (${leftOut}). ${advice}`
  }
  const which = given.file_pattern
    ? `No file matches file_pattern ${given.file_pattern}`
    : 'No files'
  return `${which} below ${place.shown} (${leftOut}).`
}
