/** Lines of a text with their offsets, and lines as the model reads them: with numbers, long ones cut. */
import { brokenTail } from '../../base/cut-border.ts'
import { formatCount } from '../../base/text.ts'

/** Lines are 0-based here, without their newline. A text that ends with a newline has no line after it. */
export interface LineTable {
  lines: string[]
  startOf(line: number): number
  /** Before the newline. */
  endOf(line: number): number
  /** 1-based line of an offset. */
  lineAt(offset: number): number
}

export function lineTable(text: string): LineTable {
  const lines = splitLines(text)
  const starts = new Array<number>(lines.length)
  let at = 0
  for (let index = 0; index < lines.length; index++) {
    starts[index] = at
    at += (lines[index] ?? '').length + 1
  }
  return {
    lines,
    startOf: (line) => starts[line] ?? text.length,
    endOf: (line) => (starts[line] ?? text.length) + (lines[line] ?? '').length,
    lineAt(offset) {
      let low = 0
      let high = starts.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((starts[middle] ?? 0) <= offset) low = middle + 1
        else high = middle
      }
      return Math.max(1, low)
    },
  }
}

export function splitLines(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

/** `first` and `last` are 1-based and inclusive. */
export function numbered(
  lines: readonly string[],
  options: { first: number; last: number; maxLineChars: number },
): string {
  const last = Math.min(options.last, lines.length)
  const width = String(last).length
  return lines
    .slice(options.first - 1, last)
    .map((line, index) => {
      const number = String(options.first + index).padStart(width)
      return `${number}: ${cutLine(line, options.maxLineChars)}`
    })
    .join('\n')
}

/** `missingChars` more belong to the line and were never loaded. */
export function cutLine(line: string, maxChars: number, missingChars = 0): string {
  if (line.length <= maxChars && missingChars === 0) return line
  const code = line.charCodeAt(maxChars - 1)
  const whole = code >= 0xd800 && code <= 0xdbff ? maxChars - 1 : maxChars
  const end = whole - brokenTail(line.slice(0, whole))
  const cut = formatCount(line.length - end + missingChars)
  return `${line.slice(0, end)}… [${cut} more characters in this line]`
}
