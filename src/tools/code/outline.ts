/** What one file defines, in order, nested as it stands there; of a directory the map of what matters most. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { CodiError } from '../../base/errors.ts'
import { formatCount, oneLine } from '../../base/text.ts'
import type { SymbolRow } from '../../contract/symbol.ts'
import type { Tool, ToolContext, ToolResult } from '../../contract/tool.ts'
import { findPlace } from '../search/search-place.ts'
import { defaultMapTokens, mapAnswer } from './code-map.ts'
import text from './outline.md' with { type: 'text' }
import {
  askIndex,
  askService,
  indexedPath,
  lineRange,
  symbolData,
  updateIndex,
} from './search-services.ts'

const input = Type.Object({
  path: Type.String(),
  tokens: Type.Optional(Type.Integer({ description: 'of a map, default 1500' })),
})

const maxRows = 600

export const outline: Tool<typeof input> = {
  name: 'outline',
  text,
  input,
  effect: 'read',
  async run({ path, tokens }, context) {
    const place = await findPlace(context, path)
    const indexed = await indexedPath(context, path)
    if (place.isDirectory || indexed === undefined)
      return directoryMap(context, { path: indexed, shown: place.shown, tokens })
    const rows = await askService(
      () => context.services.index.outline({ path: indexed }, context.signal),
      { what: 'The outline', instead: 'use read_file instead' },
    ).catch((thrown) => {
      if (!(thrown instanceof CodiError) || thrown.kind !== 'unsupported') throw thrown
      throw new CodiError('unsupported', `${thrown.message}; read_file reads it`, { cause: thrown })
    })
    const data = rows.map(symbolData)
    if (rows.length === 0) return { content: `${indexed} defines nothing by name.`, data }
    const lines = outlineLines(rows)
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
  },
}

/** The most important definitions below a directory, on one page. */
async function directoryMap(
  context: ToolContext,
  asked: { path: string | undefined; shown: string; tokens: number | undefined },
): Promise<ToolResult> {
  await updateIndex(context)
  const budgetTokens = clampNumber(asked.tokens, { or: defaultMapTokens, min: 100, max: 20_000 })
  const query = { budgetTokens, ...(asked.path === undefined ? {} : { path: asked.path }) }
  const map = await askIndex(() => context.services.index.map(query, context.signal))
  const { lines, data, found } = mapAnswer(map)
  if (!found) return { content: `No code below ${asked.shown} is in the index.`, data }
  return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
}

/** Definitions of a file, as tool and command say them. */
export function outlineLines(rows: readonly SymbolRow[]): string[] {
  const lines = nest(rows.slice(0, maxRows))
  if (rows.length > maxRows) lines.push(`[${formatCount(rows.length - maxRows)} more]`)
  return lines
}

/** Indents each definition below those whose lines enclose it. */
function nest(rows: SymbolRow[]): string[] {
  const open: SymbolRow[] = []
  return rows.map((row) => {
    while (open.length > 0 && !encloses(open.at(-1), row)) open.pop()
    const indent = '  '.repeat(open.length)
    open.push(row)
    const what = row.signature === '' ? row.name : oneLine(row.signature, 200)
    return `${indent}${lineRange(row.line, row.endLine)} ${row.kind} ${row.name}: ${what}`
  })
}

function encloses(outer: SymbolRow | undefined, inner: SymbolRow): boolean {
  if (!outer) return false
  const wider = outer.endLine - outer.line > inner.endLine - inner.line
  return wider && outer.line <= inner.line && outer.endLine >= inner.endLine
}
