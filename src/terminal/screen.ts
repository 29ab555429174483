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
  let drawn: Drawn = { widths: [], rows: 0, cursorRow: 0 }
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
      drawn = { widths: [], rows: 0, cursorRow: 0 }
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
    let text = takeBack(drawn) + ready.replaceAll('\n', '\r\n')
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
    drawn = { widths: rows.map(textWidth), rows: rows.length, cursorRow }
    // Terminals that know it show the change as a whole; the others ignore the marks.
    output.out(`\x1b[?2026h${text}\x1b[?2026l`)
  }

  function liveRows(live: Live, columns: number): string[] {
    const all = partial === '' ? live.rows : [partial, ...live.rows]
    const room = Math.max(1, output.rows - 1)
    return all.slice(-room).map((row) => cut(row, columns - 1))
  }

  /** The terminal has wrapped the live rows anew: more rows must be taken back than were drawn. */
  function onResize(): void {
    const columns = Math.max(1, output.columns)
    const rows = (widths: number[]) =>
      widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    drawn = {
      widths: drawn.widths,
      rows: rows(drawn.widths),
      cursorRow: rows(drawn.widths.slice(0, drawn.cursorRow)),
    }
    draw()
  }
}

/** What stands on the terminal: widths of the rows as drawn, how many they are there, and the row of the cursor. */
interface Drawn {
  widths: number[]
  rows: number
  cursorRow: number
}

/**
 * Empties the live rows and leaves the cursor at their start. Line by line: some terminals (tmux) keep what is erased in
 * one sweep from the top of the screen as scrollback.
 */
function takeBack(drawn: Drawn): string {
  if (drawn.rows === 0) return ''
  const up = (rows: number) => (rows > 0 ? `\x1b[${rows}A` : '')
  const erase = Array(drawn.rows).fill('\x1b[2K').join('\x1b[1B')
  return `\r${up(drawn.cursorRow)}${erase}${up(drawn.rows - 1)}`
}

function cut(row: string, columns: number): string {
  return textWidth(row) <= columns ? row : `${Bun.sliceAnsi(row, 0, Math.max(0, columns))}\x1b[0m`
}
