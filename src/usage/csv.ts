/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled). A text that a spreadsheet would take for a formula gets an apostrophe
 * before it, and what a terminal would obey is made visible; what is unknown is an empty cell.
 */
import { neutralize } from '../base/text.ts'

export type CsvCell = string | number | boolean | null

export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const shown = neutralize(cell)
  const safe = /^(?:[\t\n]|\s*[=+\-@])/.test(shown) ? `'${shown}` : shown
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
