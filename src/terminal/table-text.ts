/** A buffered table as text: cells with their inline Markdown painted, rows aligned, each behind the prefix. */
import { openInline } from './inline.ts'
import type { Glyphs, Style } from './style.ts'
import { type Align, renderTable, splitRow } from './table.ts'
import { textWidth } from './width.ts'

export interface Table {
  align: Align[]
  /** Source lines, the head first, without the delimiter row. */
  rows: string[]
  /** Of a list or a quote around it. */
  prefix: string
}

export interface TableOptions {
  columns: number
  style: Style
  glyphs: Glyphs
  color: boolean
}

export function tableText(table: Table, options: TableOptions): string {
  const rows = table.rows.map((line) => ({
    cells: splitRow(line).map((cell) => paintedCell(cell, options)),
  }))
  const columns = options.columns - textWidth(table.prefix)
  return renderTable(rows, { ...options, align: table.align, columns })
    .map((line) => `${table.prefix}${line}\n`)
    .join('')
}

function paintedCell(cell: string, options: TableOptions): string {
  let painted = ''
  const parts = openInline({
    style: options.style,
    color: options.color,
    sink: {
      text(text, paint) {
        painted += paint ? paint(text) : text
      },
      lineBreak() {
        painted += ' '
      },
    },
  })
  parts.feed(cell.replace(/<br\s*\/?>/gi, ' '))
  parts.end()
  return painted
}
