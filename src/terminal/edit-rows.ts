/** Lays the text being typed out in rows of a given width, and finds the cursor among them. */
import { graphemes, textWidth } from './width.ts'

export interface EditRows {
  rows: string[]
  /** Index into `rows`, and the column in it, 0-based. */
  row: number
  column: number
}

/** At most `height` rows around the cursor; what is left out above or below is told by the marks. */
export function layoutEdit(
  options: { text: string; cursor: number },
  size: { width: number; height: number },
): EditRows {
  const width = Math.max(2, size.width)
  const rows: string[] = []
  let cursorRow = 0
  let cursorColumn = 0
  let index = 0
  for (const line of options.text.split('\n')) {
    let row = ''
    let column = 0
    for (const part of graphemes(line)) {
      const partWidth = textWidth(part)
      if (column + partWidth > width) {
        rows.push(row)
        row = ''
        column = 0
      }
      if (index === options.cursor) [cursorRow, cursorColumn] = [rows.length, column]
      row += part
      column += partWidth
      index += part.length
    }
    if (index === options.cursor) {
      // Behind a full row the cursor stands on the next one.
      if (column >= width) {
        rows.push(row)
        row = ''
        column = 0
      }
      ;[cursorRow, cursorColumn] = [rows.length, column]
    }
    rows.push(row)
    index += 1
  }
  return window({ rows, row: cursorRow, column: cursorColumn }, Math.max(1, size.height))
}

function window(all: EditRows, height: number): EditRows {
  if (all.rows.length <= height) return all
  const first = Math.max(0, Math.min(all.row - height + 1, all.rows.length - height))
  return {
    rows: all.rows.slice(first, first + height),
    row: all.row - first,
    column: all.column,
  }
}
