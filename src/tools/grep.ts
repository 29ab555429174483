/** Searches text in files: a thin, bounded, explained view of ripgrep. */
import { dirname, join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { formatCount, plural } from '../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../contract/tool.ts'
import text from './grep.md' with { type: 'text' }
import { listFiles } from './search-files.ts'
import { type FileFilter, fileFilter } from './search-filter.ts'
import {
  countMatches,
  type FileCount,
  type MatchLine,
  type MatchQuery,
  readMatches,
} from './search-matches.ts'
import { findPlace, type Place } from './search-place.ts'
import { showName, unreadableNote } from './search-run.ts'

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
/** Text of all lines together; the loop would cut what is longer in the middle. */
const maxChars = 40_000

export const grep: Tool<typeof input> = {
  name: 'grep',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const place = await findPlace(context, given.path)
    const filter = fileFilter(place.isDirectory ? given.file_pattern : undefined)
    const query = parseQuery(given, filter)
    const cwd = place.isDirectory ? place.absolute : dirname(place.absolute)
    const target = place.isDirectory
      ? './'
      : `./${place.absolute.slice(cwd.length).replace(/^[/\\]/, '')}`
    const counted = await countMatches(context, query, { cwd, target }).catch((thrown) => {
      throw refused(thrown, given)
    })
    const files = counted.files.filter((row) => filter.matches(row.file))
    const notes = [unreadableNote(counted.unreadable)]
    if (counted.truncated) notes.push('[too many matching files to count all]')
    const found: Found = { context, cwd, query, files, notes }
    if (files.length === 0) {
      const content = joinLines([await nothing(given, { context, place, filter }), ...notes])
      return { content, data: [] }
    }
    const limit = Math.min(Math.max(given.head_limit ?? defaultLimit, 1), maxLimit)
    if (given.mode === 'files' || given.mode === 'count') {
      return showFiles(found, { limit, counts: given.mode === 'count' })
    }
    return showLines(found, {
      limit,
      around: Math.min(Math.max(given.context ?? 0, 0), maxContext),
    })
  },
}

interface Found {
  context: ToolContext
  cwd: string
  query: MatchQuery
  files: FileCount[]
  notes: string[]
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

function showFiles(found: Found, options: { limit: number; counts: boolean }): ToolResult {
  const rows = found.files.map((row) => ({ file: shownFile(found, row.file), count: row.count }))
  const shown = rows.slice(0, options.limit)
  const lines = shown.map(
    (row) => `${showName(row.file)}${options.counts ? `: ${formatCount(row.count)}` : ''}`,
  )
  const total = options.counts ? `, ${plural(sum(rows), 'matching line')}` : ''
  const summary =
    shown.length < rows.length
      ? `[${shown.length} of ${plural(rows.length, 'file')}${total}; narrow the search or raise head_limit]`
      : options.counts
        ? `[${plural(rows.length, 'file')}${total}]`
        : ''
  return {
    content: joinLines([...lines, summary, ...found.notes]),
    detail: { type: 'list', lines },
    data: shown,
  }
}

async function showLines(
  found: Found,
  options: { limit: number; around: number },
): Promise<ToolResult> {
  const total = sum(found.files)
  const wanted: FileCount[] = []
  for (const row of found.files) {
    if (sum(wanted) >= options.limit) break
    wanted.push(row)
  }
  const all = await readMatches(found.context, found.query, {
    cwd: found.cwd,
    files: wanted.map((row) => row.file),
    ...options,
  })
  const { groups, shown, cut } = groupLines(all, options.limit)
  const blocks: string[] = []
  for (const row of wanted) {
    const lines = groups.get(row.file)
    const name = shownFile(found, row.file)
    if (lines) blocks.push(fileBlock(name, lines))
    else if (shown.length < options.limit && !cut) blocks.push(unshownBlock(name, row))
  }
  const notes = [...found.notes]
  if (shown.length < total) {
    notes.unshift(
      `[${shown.length} of ${formatCount(total)} matching lines in ${plural(found.files.length, 'file')}; narrow the search, raise head_limit, or use mode files]`,
    )
  }
  return {
    content: joinLines([blocks.join('\n\n'), ...notes]),
    detail: { type: 'list', lines: blocks.join('\n').split('\n') },
    data: shown.map((line) => ({
      file: shownFile(found, line.file),
      line: line.line,
      text: line.text,
    })),
  }
}

/** Lines by file up to the limits; `shown` are the matches among them. */
function groupLines(
  lines: MatchLine[],
  limit: number,
): { groups: Map<string, MatchLine[]>; shown: MatchLine[]; cut: boolean } {
  const groups = new Map<string, MatchLine[]>()
  const shown: MatchLine[] = []
  let chars = 0
  for (const line of lines) {
    if (line.isMatch && shown.length === limit) break
    chars += line.text.length + 8
    if (chars > maxChars) return { groups, shown, cut: true }
    if (line.isMatch) shown.push(line)
    const group = groups.get(line.file)
    if (group) group.push(line)
    else groups.set(line.file, [line])
  }
  return { groups, shown, cut: false }
}

/** ripgrep found lines that could not be read back: lines of many megabytes, or a file that cannot be named. */
function unshownBlock(name: string, row: FileCount): string {
  const count = plural(row.count, 'matching line')
  const reason = row.file.includes('\ufffd') ? 'its name is not UTF-8' : 'too long'
  return `${showName(name)}\n  [${count}, not shown: ${reason}]`
}

function fileBlock(name: string, lines: MatchLine[]): string {
  const rows = [showName(name)]
  let last: number | undefined
  const hasContext = lines.some((line) => !line.isMatch)
  for (const line of lines) {
    if (hasContext && last !== undefined && line.line > last + 1) rows.push('  --')
    rows.push(`  ${line.line}${line.isMatch ? ':' : '-'} ${line.text}`)
    last = line.line
  }
  return rows.join('\n')
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

function shownFile(found: Found, file: string): string {
  return found.context.workspace.display(join(found.cwd, file))
}

function sum(rows: readonly FileCount[]): number {
  return rows.reduce((total, row) => total + row.count, 0)
}

function joinLines(lines: string[]): string {
  return lines.filter((line) => line !== '').join('\n')
}
