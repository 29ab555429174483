/** What one file defines, in order, nested as it stands there. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { formatCount, oneLine } from '../base/text.ts'
import type { SymbolRow } from '../contract/symbol.ts'
import type { Tool } from '../contract/tool.ts'
import text from './outline.md' with { type: 'text' }
import { findPlace } from './search-place.ts'
import { askService, indexedPath, lineRange, symbolData } from './search-services.ts'

const input = Type.Object({ path: Type.String() })

const maxRows = 600

export const outline: Tool<typeof input> = {
  name: 'outline',
  text,
  input,
  effect: 'read',
  async run({ path }, context) {
    const place = await findPlace(context, path)
    const indexed = await indexedPath(context, path)
    if (place.isDirectory || indexed === undefined) {
      throw new CodiError(
        'invalid',
        `${place.shown} is a directory; outline takes a file, print_tree and find_symbol take directories`,
      )
    }
    const rows = await askService(
      () => context.services.index.outline({ path: indexed }, context.signal),
      { what: 'The outline', instead: 'use read_file instead' },
    ).catch((thrown) => {
      if (!(thrown instanceof CodiError) || thrown.kind !== 'unsupported') throw thrown
      throw new CodiError('unsupported', `${thrown.message}; read_file reads it`, { cause: thrown })
    })
    const data = rows.map(symbolData)
    if (rows.length === 0) return { content: `${indexed} defines nothing by name.`, data }
    const lines = nest(rows.slice(0, maxRows))
    if (rows.length > maxRows) lines.push(`[${formatCount(rows.length - maxRows)} more]`)
    return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
  },
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
