/**
 * Searching text with ripgrep in two steps: count the matching lines of every file, then read the lines of only those
 * files that will be shown. So the total is exact, the order is stable and the output stays small, whatever matches.
 */
import { mapLimit } from '../../base/async.ts'
import { brokenHead, brokenTail } from '../../base/cut-border.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'
import type { ToolContext } from '../../contract/tool.ts'
import { holdFiles } from './search-held.ts'
import { runRipgrep } from './search-run.ts'

export interface MatchQuery {
  /** Pattern and the flags that say how to read it. */
  pattern: string
  literal: boolean
  ignoreCase: boolean
  multiline: boolean
  /** Also what looks like a binary file. */
  asText?: boolean
  /** Further arguments that narrow the files. */
  filters: string[]
}

export interface FileCount {
  /** Relative to the directory, with `/`. */
  file: string
  /** Matching lines. */
  count: number
}

export interface MatchLine {
  file: string
  line: number
  text: string
  /** False for a line of context. */
  isMatch: boolean
}

/** Characters of a line that are shown; the part around the first match where it is longer. */
const maxLineChars = 300

/** Files with matches, by path. */
export async function countMatches(
  context: ToolContext,
  query: MatchQuery,
  place: { cwd: string; target: string },
): Promise<{ files: FileCount[]; truncated: boolean; unreadable: string[] }> {
  const args = ['--count', '--null', '--with-filename', ...query.filters, ...flags(query)]
  const isFile = place.target !== './'
  const held = isFile ? holdFiles(place.cwd, [place.target]) : undefined
  if (held?.targets.length === 0) return { files: [], truncated: false, unreadable: [place.target] }
  const targets = held?.targets ?? [place.target]
  const output = await runRipgrep(context, [...args, '--', ...targets], { cwd: place.cwd }).finally(
    () => held?.close(),
  )
  const files: FileCount[] = []
  // Each row is `path NUL count newline`; a path may hold newlines itself.
  for (const row of output.stdout.matchAll(/([^\0]+)\0(\d+)\n/g)) {
    const file = row[1] ?? ''
    files.push({ file: plainName(held?.nameOf(file) ?? file), count: Number(row[2]) })
  }
  files.sort((a, b) => (a.file < b.file ? -1 : 1))
  return { files, truncated: output.truncated, unreadable: output.unreadable }
}

interface ReadOptions {
  cwd: string
  files: string[]
  /** Matching lines of one file. */
  limit: number
  /** Lines of context before and after each match. */
  around: number
}

/**
 * The matching lines of `files`, in their order. A file whose lines do not fit into memory, or whose name cannot be
 * given to a program, has none.
 */
export async function readMatches(
  context: ToolContext,
  query: MatchQuery,
  options: ReadOptions,
): Promise<MatchLine[]> {
  const files = options.files.filter((file) => !file.includes('\ufffd'))
  if (files.length === 0) return []
  const { lines, truncated } = await readTogether(context, query, { ...options, files })
  if (!truncated || files.length === 1) return lines
  // One file with giant lines must not hide the others.
  const each = await mapLimit(files, 2, (file) =>
    readTogether(context, query, { ...options, files: [file] }),
  )
  return each.flatMap((read) => read.lines)
}

async function readTogether(
  context: ToolContext,
  query: MatchQuery,
  { cwd, files, limit, around }: ReadOptions,
): Promise<{ lines: MatchLine[]; truncated: boolean }> {
  const shape = ['--json', '--max-count', `${limit}`, '--context', `${around}`]
  const held = holdFiles(cwd, files)
  if (held.targets.length === 0) return { lines: [], truncated: false }
  const args = [...shape, ...flags(query), '--', ...held.targets]
  const output = await runRipgrep(context, args, { cwd }).finally(() => held.close())
  const lines = output.stdout
    .split('\n')
    .flatMap((row) => readRow(parseJson(row)))
    .map((line) => ({ ...line, file: plainName(held.nameOf(line.file) ?? line.file) }))
  const order = new Map(files.map((file, at) => [file, at]))
  const rank = (line: MatchLine) => order.get(line.file) ?? 0
  // Array sort is stable, so the lines of one file stay as ripgrep gave them.
  return { lines: lines.sort((a, b) => rank(a) - rank(b)), truncated: output.truncated }
}

function flags(query: MatchQuery): string[] {
  const lookaround = /\(\?<?[=!]|\\[1-9]|\\k</.test(query.pattern)
  return [
    ...(query.literal ? ['--fixed-strings'] : lookaround ? ['--engine', 'auto'] : []),
    query.ignoreCase ? '--ignore-case' : '--case-sensitive',
    ...(query.asText ? ['--text'] : []),
    ...(query.multiline ? ['--multiline', '--multiline-dotall'] : []),
    '--regexp',
    query.pattern,
  ]
}

/** One message of `rg --json`: a match may span lines. */
function readRow(row: JsonValue | undefined): MatchLine[] {
  if (!isJsonObject(row) || !isJsonObject(row.data)) return []
  if (row.type !== 'match' && row.type !== 'context') return []
  const { data } = row
  const first = typeof data.line_number === 'number' ? data.line_number : 1
  const text = textOf(data.lines).replace(/\r?\n$/, '')
  const file = plainName(textOf(data.path))
  return text.split('\n').map((line, at) => ({
    file,
    line: first + at,
    text: cutLine(line.replace(/\r$/, ''), at === 0 ? firstMatch(data, text) : 0),
    isMatch: row.type === 'match',
  }))
}

/** ripgrep writes `{text}`, or `{bytes}` in base64 for what is not UTF-8. */
function textOf(value: JsonValue | undefined): string {
  if (!isJsonObject(value)) return ''
  if (typeof value.text === 'string') return value.text
  return typeof value.bytes === 'string' ? Buffer.from(value.bytes, 'base64').toString('utf8') : ''
}

/** Where the first match begins, in characters; ripgrep counts bytes. */
function firstMatch(data: JsonObject, text: string): number {
  const first = Array.isArray(data.submatches) ? data.submatches[0] : undefined
  if (!isJsonObject(first) || typeof first.start !== 'number') return 0
  if (text.length <= maxLineChars) return 0
  return Buffer.from(text).subarray(0, first.start).toString('utf8').length
}

function cutLine(line: string, matchAt: number): string {
  if (line.length <= maxLineChars) return line
  const start = Math.max(0, Math.min(matchAt - maxLineChars / 3, line.length - maxLineChars))
  const end = start + maxLineChars
  const shown = line.slice(start, end)
  const from = start > 0 ? Math.min(brokenHead(shown), Math.max(0, matchAt - start)) : 0
  const to = end < line.length ? shown.length - brokenTail(shown) : shown.length
  return `${start > 0 ? '…' : ''}${shown.slice(from, Math.max(from, to))}${end < line.length ? '…' : ''}`
}

function plainName(path: string): string {
  const name = path.startsWith('./') ? path.slice(2) : path
  return process.platform === 'win32' ? name.replaceAll('\\', '/') : name
}
