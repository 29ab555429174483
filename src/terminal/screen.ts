/**
 * Scrollback above, a few live rows below: the only thing ever redrawn is the live part (the unfinished line of the
 * answer, the status, the prompt). Text printed is final. No alternate screen, no absolute positions, no timer but the
 * one that gathers a burst of output into one write.
 */
import type { Output } from './output.ts'
import { textWidth } from './width.ts'

export interface Live {
  /** Painted rows without line ends; each is cut at the edge. */
  rows: string[]
  /** Where the cursor stands; behind the last row when not given. */
  cursor?: { row: number; column: number }
}

export interface Screen {
  /** Appends to the scrollback. Text after the last newline stays live until its line is complete. */
  print(text: string): void
  /** Draws the live rows as they are now. */
  refresh(): void
  /** The same, together with whatever else comes within a frame. */
  touch(): void
  /** Ends an unfinished line of printed text. */
  endLine(): void
  /** Wipes the terminal and draws the live rows at its top. */
  clear(): void
  /** Takes the live rows away (for another program) until `refresh`. */
  erase(): void
  /** Rows that live text may take. */
  readonly maxRows: number
  close(): void
}

/** A burst of output is gathered for this long: 60 writes a second at most, and only while there is output. */
const frameMs = 16
const maxGatheredChars = 64 * 1024
const eraseBelow = '\x1b[J'

export function openScreen(options: {
  output: Output
  /** Asked at each drawing. */
  live: () => Live
}): Screen {
  const { output } = options
  let gathered: string[] = []
  let gatheredChars = 0
  let partial = ''
  /** Finished lines that are not on the terminal yet. */
  let ready = ''
  let hidden = false
  /** What stands on the terminal: widths of its rows, and the row of the cursor. */
  let drawn: { widths: number[]; cursorRow: number } = { widths: [], cursorRow: 0 }
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopResize = output.onResize(onResize)
  return {
    print,
    refresh() {
      hidden = false
      draw()
    },
    touch,
    endLine,
    clear() {
      drawn = { widths: [], cursorRow: 0 }
      output.out('\x1b[H\x1b[2J')
      draw()
    },
    erase,
    get maxRows() {
      return Math.max(1, output.rows - 2)
    },
    close() {
      endLine()
      erase()
      stopResize()
    },
  }

  function touch(): void {
    if (!hidden) timer ??= setTimeout(draw, frameMs)
  }

  function erase(): void {
    hidden = true
    draw()
  }

  function endLine(): void {
    gather()
    if (partial !== '') print('\n')
  }

  function print(text: string): void {
    if (text === '') return
    gathered.push(text)
    gatheredChars += text.length
    if (gatheredChars > maxGatheredChars) draw()
    else timer ??= setTimeout(draw, frameMs)
  }

  /** Moves the finished lines of what waits to `ready`; the rest becomes the unfinished line. */
  function gather(): void {
    const text = partial + gathered.join('')
    gathered = []
    gatheredChars = 0
    const newline = text.lastIndexOf('\n')
    partial = text.slice(newline + 1)
    ready += text.slice(0, newline + 1)
  }

  function draw(): void {
    clearTimeout(timer)
    timer = undefined
    gather()
    const live = hidden ? { rows: [] } : options.live()
    const rows = liveRows(live, output.columns)
    let text = backToTop(drawn.cursorRow) + ready.replaceAll('\n', '\r\n')
    ready = ''
    text += rows.join('\r\n')
    const lastRow = Math.max(0, rows.length - 1)
    let cursorRow = lastRow
    if (live.cursor && rows.length > 0) {
      const offset = rows.length - live.rows.length
      cursorRow = Math.max(0, Math.min(lastRow, live.cursor.row + offset))
      if (lastRow > cursorRow) text += `\x1b[${lastRow - cursorRow}A`
      text += `\r${live.cursor.column > 0 ? `\x1b[${live.cursor.column}C` : ''}`
    }
    drawn = { widths: rows.map(textWidth), cursorRow }
    // Terminals that know it show the change as a whole; the others ignore the marks.
    output.out(`\x1b[?2026h${text}\x1b[?2026l`)
  }

  function liveRows(live: Live, columns: number): string[] {
    const all = partial === '' ? live.rows : [partial, ...live.rows]
    const room = Math.max(1, output.rows - 1)
    return all.slice(-room).map((row) => cut(row, columns - 1))
  }

  function backToTop(rows: number): string {
    if (drawn.widths.length === 0) return ''
    return `\r${rows > 0 ? `\x1b[${rows}A` : ''}${eraseBelow}`
  }

  /** The terminal has wrapped the live rows anew: more rows must be taken back than were drawn. */
  function onResize(): void {
    const columns = Math.max(1, output.columns)
    const above = drawn.widths.slice(0, drawn.cursorRow)
    const rows = above.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    drawn = { ...drawn, cursorRow: rows }
    draw()
  }
}

function cut(row: string, columns: number): string {
  return textWidth(row) <= columns ? row : `${Bun.sliceAnsi(row, 0, Math.max(0, columns))}\x1b[0m`
}
