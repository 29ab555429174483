/**
 * A Markdown table as aligned columns. Where it is wider than the terminal its widest columns give way and their cells
 * wrap; where even that cannot work (a very narrow terminal) each row becomes `name: value` lines.
 */
import type { Glyphs, Style } from './style.ts'
import { textWidth } from './width.ts'

export type Align = 'left' | 'right' | 'center'

export interface TableRow {
  /** Inline Markdown already painted; no newline inside. */
  cells: string[]
}

const minCellColumns = 6

/** The alignments that a delimiter row (`| --- | ---: |`) states; undefined where the line is none. */
export function delimiterRow(line: string): Align[] | undefined {
  const cells = splitRow(line)
  if (cells.length === 0 || !cells.every((cell) => /^:?-+:?$/.test(cell))) return undefined
  return cells.map((cell) =>
    cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : 'left',
  )
}

/** Cells of a row, trimmed. A `|` behind a backslash or inside code does not divide. */
export function splitRow(line: string): string[] {
  const cells: string[] = []
  let cell = ''
  let inCode = false
  const body = line.trim().replace(/^\|/, '')
  for (let at = 0; at < body.length; at++) {
    const char = body[at] as string
    if (char === '\\' && body[at + 1] === '|') {
      cell += '|'
      at++
    } else if (char === '|' && !inCode) {
      cells.push(cell.trim())
      cell = ''
    } else {
      if (char === '`') inCode = !inCode && body.indexOf('`', at + 1) > 0
      cell += char
    }
  }
  if (cell.trim() !== '') cells.push(cell.trim())
  return cells
}

export function renderTable(
  rows: TableRow[],
  options: { align: Align[]; columns: number; style: Style; glyphs: Glyphs },
): string[] {
  const { style, glyphs } = options
  const count = Math.max(1, options.align.length)
  const grid = rows.map((row) => Array.from({ length: count }, (_, at) => row.cells[at] ?? ''))
  const widths = columnWidths(grid, options.columns - 3 * (count - 1))
  if (!widths) return asList(grid, style, Math.max(4, options.columns))
  const lines: string[] = []
  for (const [index, cells] of grid.entries()) {
    lines.push(...rowLines(cells, widths, index === 0))
    if (index === 0) {
      const rule = widths.map((width) => glyphs.rule.repeat(width))
      lines.push(style.dim(rule.join(`${glyphs.rule}${glyphs.crossing}${glyphs.rule}`)))
    }
  }
  return lines

  function rowLines(cells: string[], columnWidths: number[], isHead: boolean): string[] {
    const wrapped = cells.map((cell, at) => wrapCell(cell, columnWidths[at] as number))
    const height = Math.max(...wrapped.map((parts) => parts.length))
    return Array.from({ length: height }, (_, line) =>
      wrapped
        .map((parts, at) => {
          const part = parts[line] ?? ''
          const shown = isHead ? style.bold(part) : part
          return pad(shown, part, columnWidths[at] as number, options.align[at] ?? 'left')
        })
        .join(` ${style.dim(glyphs.column)} `)
        .trimEnd(),
    )
  }
}

/** Undefined where the columns cannot be made to fit. */
function columnWidths(grid: string[][], room: number): number[] | undefined {
  const widths = (grid[0] as string[]).map((_, at) =>
    Math.max(1, ...grid.map((cells) => textWidth(cells[at] as string))),
  )
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= minCellColumns) return undefined
    const at = widths.indexOf(widest)
    const next = Math.max(minCellColumns, ...widths.filter((width) => width < widest))
    const cut = Math.min(excess, Math.max(1, widest - next))
    widths[at] = widest - cut
    excess -= cut
  }
  return widths
}

function wrapCell(cell: string, width: number): string[] {
  if (textWidth(cell) <= width) return [cell]
  return Bun.wrapAnsi(cell, width, { hard: true, trim: true }).split('\n')
}

function pad(shown: string, plain: string, width: number, align: Align): string {
  const space = Math.max(0, width - textWidth(plain))
  const left = align === 'right' ? space : align === 'center' ? Math.floor(space / 2) : 0
  return ' '.repeat(left) + shown + ' '.repeat(space - left)
}

function asList(grid: string[][], style: Style, columns: number): string[] {
  const [head, ...rows] = grid as [string[], ...string[][]]
  return rows.flatMap((cells, index) => [
    ...(index > 0 ? [''] : []),
    ...cells.flatMap((cell, at) =>
      cell ? wrapCell(`${style.bold(head[at] ?? '')}: ${cell}`, columns) : [],
    ),
  ])
}
