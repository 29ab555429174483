/** What a search found, as the model reads it: by file, capped, with the whole total told. */
import { join } from 'node:path'
import { formatCount, plural } from '../../base/text.ts'
import type { ToolContext, ToolResult } from '../../contract/tool.ts'
import { type FileCount, type MatchLine, type MatchQuery, readMatches } from './search-matches.ts'
import { showName } from './search-run.ts'

export interface Found {
  context: ToolContext
  cwd: string
  query: MatchQuery
  files: FileCount[]
  notes: string[]
}

/** Text of all lines together; the loop would cut what is longer in the middle. */
const maxChars = 40_000

export function showFiles(found: Found, options: { limit: number; counts: boolean }): ToolResult {
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

export async function showLines(
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

function shownFile(found: Found, file: string): string {
  return found.context.workspace.display(join(found.cwd, file))
}

function sum(rows: readonly FileCount[]): number {
  return rows.reduce((total, row) => total + row.count, 0)
}

export function joinLines(lines: string[]): string {
  return lines.filter((line) => line !== '').join('\n')
}
