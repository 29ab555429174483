/**
 * A program in a real pseudo-terminal, and a small model of what its screen shows. `waitFor` is how a test waits: for
 * text on the screen, never for time.
 */

export interface Pty {
  /** Everything written so far, as bytes came. */
  readonly raw: string
  /** Scrollback and screen as lines without trailing spaces; trailing empty lines left out. */
  readonly lines: string[]
  /** The lines joined. */
  readonly text: string
  type(text: string): void
  resize(columns: number, rows: number): void
  /** Resolves when the screen (not the raw output) matches; rejects with the screen after ten seconds. */
  waitFor(what: string | RegExp): Promise<void>
  /** The same for a condition of one's own. */
  waitUntil(holds: () => boolean, what: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Takes the terminal away, as a window that is closed. */
  hangUp(): void
  readonly pid: number
  readonly exited: Promise<number>
  /** The end of whatever is still there. */
  close(): Promise<void>
}

const limitMs = 25_000

export const keys = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  altEnter: '\x1b\r',
  backspace: '\x7f',
  ctrl: (letter: string) => String.fromCharCode(letter.toLowerCase().charCodeAt(0) - 96),
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
}

export function openPty(options: {
  argv: string[]
  cwd: string
  env: Record<string, string | undefined>
  columns?: number
  rows?: number
}): Pty {
  const columns = options.columns ?? 80
  const rows = options.rows ?? 30
  const screen = openScreenModel(columns, rows)
  const decoder = new TextDecoder()
  const watchers = new Set<() => void>()
  let raw = ''
  const child = Bun.spawn(options.argv, {
    cwd: options.cwd,
    env: options.env,
    terminal: {
      cols: columns,
      rows,
      name: 'xterm-256color',
      data(_terminal, bytes) {
        const text = decoder.decode(bytes, { stream: true })
        raw += text
        screen.write(text)
        for (const watcher of [...watchers]) watcher()
      },
    },
  })
  const { terminal } = child
  if (!terminal) throw new Error('No pseudo-terminal')
  const pty: Pty = {
    get raw() {
      return raw
    },
    get lines() {
      return screen.lines()
    },
    get text() {
      return screen.lines().join('\n')
    },
    type: (text) => void terminal.write(text),
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows)
      terminal.resize(newColumns, newRows)
    },
    waitFor: (what) =>
      pty.waitUntil(
        () => (typeof what === 'string' ? pty.text.includes(what) : what.test(pty.text)),
        String(what),
      ),
    waitUntil: (holds, what) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!holds()) return
          finish()
          resolve()
        }
        const timer = setTimeout(() => {
          finish()
          reject(new Error(`Waited for ${what} in vain; the screen:\n${pty.text}`))
        }, limitMs)
        const finish = () => {
          clearTimeout(timer)
          watchers.delete(check)
        }
        watchers.add(check)
        check()
      }),
    kill: (signal) => child.kill(signal),
    hangUp: () => terminal.close(),
    pid: child.pid,
    exited: child.exited,
    async close() {
      child.kill('SIGKILL')
      await child.exited
      if (!terminal.closed) terminal.close()
    },
  }
  return pty
}

/** Enough of a terminal for append-only output: cursor motions, erasing, wrapping, scrolling. */
function openScreenModel(startColumns: number, startRows: number) {
  let columns = startColumns
  let rows = startRows
  /** Scrollback and screen; each cell holds one character, a wide one is followed by an empty cell. */
  let lines: string[][] = [[]]
  let row = 0
  let column = 0
  let pending = ''
  return {
    write(text: string) {
      pending += text
      while (pending !== '') {
        const sequence =
          /^\x1b(?:\[([<=>?]?)([\d;]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>78M])/.exec(pending)
        if (sequence) {
          if (sequence[3] && !sequence[1]) control(sequence[3], sequence[2] ?? '')
          pending = pending.slice(sequence[0].length)
        } else if (pending.startsWith('\x1b') && pending.length < 40) {
          return
        } else {
          const char = String.fromCodePoint(pending.codePointAt(0) ?? 0)
          put(char)
          pending = pending.slice(char.length)
        }
      }
    },
    resize(newColumns: number, newRows: number) {
      columns = newColumns
      rows = newRows
    },
    lines(): string[] {
      const text = lines.map((cells) =>
        Array.from(cells, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      while (text.length > 0 && text.at(-1) === '') text.pop()
      return text
    },
  }

  function put(char: string): void {
    if (char === '\r') column = 0
    else if (char === '\n') lineFeed()
    else if (char === '\b') column = Math.max(0, column - 1)
    else if (char >= ' ') {
      const width = Bun.stringWidth(char)
      if (column + width > columns) {
        lineFeed()
        column = 0
      }
      const cells = line(row)
      if (width === 0 && column > 0) cells[column - 1] = (cells[column - 1] ?? '') + char
      else cells[column] = char
      if (width === 2) cells[column + 1] = ''
      column += width
    }
  }

  function lineFeed(): void {
    row++
    line(row)
  }

  function line(at: number): string[] {
    while (lines.length <= at) lines.push([])
    return lines[at] as string[]
  }

  function control(final: string, parameters: string): void {
    const count = Number(parameters.split(';')[0] || 1)
    const top = Math.max(0, lines.length - rows)
    if (final === 'A') row = Math.max(top, row - count)
    else if (final === 'B') row = Math.min(lines.length - 1, row + count)
    else if (final === 'C') column = Math.min(columns - 1, column + count)
    else if (final === 'D') column = Math.max(0, column - count)
    else if (final === 'G') column = count - 1
    else if (final === 'H') [row, column] = [top, 0]
    else if (final === 'K') line(row).length = Math.min(line(row).length, column)
    else if (final === 'J') {
      if (parameters === '2') lines = lines.slice(0, top)
      else {
        line(row).length = Math.min(line(row).length, column)
        lines.length = Math.min(lines.length, row + 1)
      }
      line(row)
    }
  }
}
