/** Pages through an output that was too long for the conversation; nothing of it is loaded whole. */
import { basename, dirname } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { clampNumber } from '../base/clamp.ts'
import { CodiError } from '../base/errors.ts'
import { formatBytes, formatCount } from '../base/text.ts'
import type { Tool, ToolContext, ToolResult } from '../contract/tool.ts'
import text from './recall-result.md' with { type: 'text' }
import { type LinePage, readPage } from './recall-result-page.ts'
import { countMatches, type MatchQuery, readMatches } from './search/search-matches.ts'

const input = Type.Object({
  id: Type.Optional(Type.String()),
  offset: Type.Optional(Type.Integer({ description: 'first line' })),
  limit: Type.Optional(Type.Integer({ description: 'lines, default 200' })),
  column: Type.Optional(Type.Integer({ description: 'first byte within long lines' })),
  pattern: Type.Optional(Type.String()),
  action: Type.Optional(Type.Unsafe<'read' | 'list'>(Type.String({ enum: ['read', 'list'] }))),
})
type Input = Static<typeof input>

const defaultLimit = 200
const maxLimit = 2000
const maxListed = 50
const maxMatchChars = 40_000

export const recallResult: Tool<typeof input> = {
  name: 'recall_result',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    if (given.action === 'list' || given.id === undefined || given.id === '') return list(context)
    const path = context.results.path(given.id)
    if (path === undefined) throw unknownId(given.id, context)
    return given.pattern ? search(given, { path, context }) : read(given, { path, context })
  },
}

interface Kept {
  path: string
  context: ToolContext
}

function list(context: ToolContext): ToolResult {
  const all = context.results.list()
  if (all.length === 0) return { content: 'No outputs are kept yet.', data: [] }
  const shown = all.slice(-maxListed)
  const lines = shown.map((kept) => `${kept.id}  ${kept.tool}  ${formatBytes(kept.bytes)}`)
  if (shown.length < all.length) lines.unshift(`[the last ${shown.length} of ${all.length}]`)
  return { content: lines.join('\n'), data: shown }
}

function unknownId(id: string, context: ToolContext): CodiError {
  const known = context.results.list().map((kept) => kept.id)
  const hint =
    known.length === 0 ? 'no outputs are kept' : `kept are ${known.slice(-10).join(', ')}`
  return new CodiError('not_found', `There is no kept output ${id}; ${hint}`)
}

async function read(given: Input, { path, context }: Kept): Promise<ToolResult> {
  const offset = Math.max(given.offset ?? 1, 1)
  const page = await readPage(path, {
    offset,
    limit: limitOf(given),
    column: Math.max(given.column ?? 1, 1),
    signal: context.signal,
  })
  const data = { lines: page.lines.map((line) => line.text), total: page.total }
  if (page.total === 0) return { content: `${given.id} is empty.`, data }
  if (page.lines.length === 0) {
    return {
      content: `${given.id} has ${formatCount(page.total)} lines; offset ${offset} is beyond its end.`,
      data,
    }
  }
  const lines = page.lines.map((line) => `${line.number}\t${line.text}${cutMark(line)}`)
  return { content: [...lines, position(page)].join('\n'), data }
}

function cutMark(line: LinePage['lines'][number]): string {
  if (line.nextColumn === undefined) return ''
  return ` [… ${formatBytes(line.bytes)} in all; column ${line.nextColumn} goes on]`
}

function position(page: LinePage): string {
  const first = page.lines[0]?.number ?? 0
  const last = page.lines.at(-1)?.number ?? 0
  const range = `lines ${first}-${last} of ${formatCount(page.total)}`
  return last < page.total ? `[${range}; offset ${last + 1} goes on]` : `[${range}]`
}

async function search(given: Input, { path, context }: Kept): Promise<ToolResult> {
  const cwd = dirname(path)
  const file = basename(path)
  const pattern = given.pattern ?? ''
  const query: MatchQuery = {
    pattern,
    literal: false,
    ignoreCase: false,
    multiline: false,
    asText: true,
    filters: [],
  }
  const counted = await countMatches(context, query, { cwd, target: `./${file}` })
  const total = counted.files[0]?.count ?? 0
  if (total === 0) return { content: `No line of ${given.id} matches ${pattern}.`, data: [] }
  const offset = Math.max(given.offset ?? 1, 1)
  const limit = limitOf(given)
  // The lines before `offset` count against ripgrep's own limit, so with an offset there is none.
  const found = await readMatches(context, query, {
    cwd,
    files: [file],
    limit: offset > 1 ? total : limit,
    around: 0,
  })
  const rows = found.filter((line) => line.line >= offset)
  const shown = withinChars(rows.slice(0, limit))
  const lines = shown.map((line) => `${line.line}\t${line.text}`)
  const next = (shown.at(-1)?.line ?? 0) + 1
  const more = found.at(-1)?.line !== shown.at(-1)?.line || found.length < total
  const onward = shown.length > 0 && more ? `; offset ${next} goes on` : ''
  return {
    content: [...lines, `[${shown.length} of ${formatCount(total)} matching lines${onward}]`].join(
      '\n',
    ),
    data: shown.map((line) => ({ line: line.line, text: line.text })),
  }
}

function withinChars<T extends { text: string }>(rows: T[]): T[] {
  let chars = 0
  const end = rows.findIndex((row) => {
    chars += row.text.length + 8
    return chars > maxMatchChars
  })
  return end < 0 ? rows : rows.slice(0, end)
}

function limitOf(given: Input): number {
  return clampNumber(given.limit, { or: defaultLimit, min: 1, max: maxLimit })
}
