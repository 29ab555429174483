/** Reads logs: the frames of stack traces in many languages, and the lines that say what went wrong. Pure. */

export interface Frame {
  path: string
  line: number
  /** The function, where the trace names it. */
  name: string
}

export interface LogReading {
  /** Innermost first, as far as the language's order is known. */
  frames: Frame[]
  /** What went wrong, the most telling first. */
  messages: string[]
}

/** Only so much of a log is read: its head, where the first failure is, and its tail, where the last one is. */
const maxLogChars = 400_000

interface FrameRow {
  pattern: RegExp
  /** The last frame of a trace is the innermost. */
  innermostLast?: true
}

const frameRows: FrameRow[] = [
  // Python.
  {
    pattern: /^\s*File "(?<path>[^"]+)", line (?<line>\d+)(?:, in (?<name>\S+))?/,
    innermostLast: true,
  },
  // JavaScript: `at name (path:1:2)`, `at path:1:2`, `at async name (file:///path:1:2)`.
  {
    pattern:
      /^\s*at (?:(?:async |new )?(?<name>[^\s(]+) (?:\[as \w+\] )?\()?(?:file:\/\/)?(?<path>(?:[A-Za-z]:)?[^():\s]+):(?<line>\d+):\d+\)?$/,
  },
  // Rust back trace and diagnostics.
  { pattern: /^\s*(?:at|-->)\s+(?<path>[^\s:]+):(?<line>\d+)(?::\d+)?$/ },
  { pattern: /panicked at (?:'.*', )?(?<path>[^\s:']+\.rs):(?<line>\d+)/ },
  // Java and Kotlin.
  { pattern: /^\s*at (?<name>[\w$.<>]+)\((?<path>[\w$]+\.(?:java|kt|scala)):(?<line>\d+)\)/ },
  // Go.
  { pattern: /^\s*(?<path>\S+\.go):(?<line>\d+)(?: \+0x[0-9a-f]+)?$/ },
  // Ruby, PHP.
  { pattern: /^\s*(?:from )?(?<path>[^\s:]+\.rb):(?<line>\d+):in [`'](?<name>[^'`]+)'/ },
  {
    pattern:
      /(?:^|\s)(?:in )?(?<path>\/?[\w./-]+\.php)(?:\((?<line>\d+)\)|:(?<line2>\d+)| on line (?<line3>\d+))/,
  },
  // TypeScript, MSVC, C#: `path(1,2): error`.
  { pattern: /^(?<path>[^\s():]+)\((?<line>\d+),\d+\): (?:error|warning)/ },
  { pattern: /\bin (?<path>\S+\.cs):line (?<line>\d+)/ },
  // gcc, clang, go vet, eslint unix, mypy, grep: `path:1:2: message`.
  { pattern: /^(?:ERROR:? |E\s+)?(?<path>[\w@./+-]+\.\w{1,5}):(?<line>\d+)(?::\d+)?(?::| -) / },
  // pytest: `path:12: SomeError`.
  { pattern: /^(?<path>[\w./-]+\.py):(?<line>\d+): \w+/ },
]

/** Code that is not the project's. */
const foreign =
  /node_modules\/|site-packages\/|dist-packages\/|(^|\/)node:|^node:|internal\/|\/lib\/python\d|\/usr\/(lib|local\/go|include)|\/rustc\/|\.cargo\/registry|\.rustup|^<|\/go\/pkg\/mod\/|\/goroot\/|^java\.|^native$|^bun:/

export function readLog(log: string): LogReading {
  const text = log.replace(/\x1b\[[\d;]*[A-Za-z]/g, '')
  const kept =
    text.length <= maxLogChars
      ? text
      : `${text.slice(0, maxLogChars / 2)}\n${text.slice(-maxLogChars / 2)}`
  const lines = kept.split(/\r?\n/)
  return { frames: readFrames(lines), messages: readMessages(lines) }
}

function readFrames(lines: string[]): Frame[] {
  const frames: Frame[] = []
  let group: Frame[] = []
  let reversed = false
  const end = (): void => {
    frames.push(...(reversed ? group.reverse() : group))
    group = []
    reversed = false
  }
  let quiet = 0
  for (const line of lines) {
    const found = line.length > 1000 ? undefined : frameIn(line)
    if (!found) {
      quiet++
      // Python prints the source below each frame.
      if (quiet > 3) end()
      continue
    }
    quiet = 0
    if (found.innermostLast) reversed = true
    group.push(found.frame)
  }
  end()
  const own = frames.filter((frame) => !foreign.test(frame.path))
  return unique(own)
}

function frameIn(line: string): { frame: Frame; innermostLast: boolean } | undefined {
  for (const row of frameRows) {
    const groups = row.pattern.exec(line)?.groups
    if (!groups?.path) continue
    const at = Number(groups.line ?? groups.line2 ?? groups.line3)
    const frame = { path: groups.path.replace(/^\.\//, ''), line: at, name: groups.name ?? '' }
    return { frame, innermostLast: row.innermostLast === true }
  }
  return undefined
}

function unique(frames: Frame[]): Frame[] {
  const seen = new Set<string>()
  return frames.filter((frame) => {
    const key = `${frame.path}:${frame.line}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const messageRows: RegExp[] = [
  /^(?:Uncaught |Unhandled )?(?:[\w.$]+\.)?\w*(?:Error|Exception|Warning|Panic|Interrupt)\b(?: \[\w+\])?: (?<message>.+)$/,
  /^(?:Caused by|Exception in thread "[^"]*"):? (?:[\w.$]+: )?(?<message>.+)$/,
  /^panic: (?<message>.+)$/,
  /panicked at '(?<message>[^']+)'/,
  /^(?:error|fatal|fatal error)(?:\[\w+\])?: (?<message>.+)$/i,
  /(?:^|\s)(?:error|fatal)(?: [A-Z]+\d+)?: (?<message>.+)$/i,
  /^E\s{2,}(?<message>\S.+)$/,
  /\b(?:ERROR|FATAL|CRITICAL|SEVERE)\b[\]:|\s-]+(?<message>.+)$/,
  /(?<message>.*\b(?:failed|cannot|could not|unable to|not found|refused|denied|timed out|No such file)\b.*)/i,
]

function readMessages(lines: string[]): string[] {
  const found: { message: string; rank: number }[] = []
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim().slice(0, 500)
    if (line === '' || frameIn(raw)?.frame.name) continue
    // Rust says the message in the line after.
    if (/panicked at \S+:\d+:\d+:$/.test(line)) {
      const next = lines[index + 1]?.trim()
      if (next) found.push({ message: next, rank: 0 })
      continue
    }
    const rank = messageRows.findIndex((pattern) => pattern.test(line))
    if (rank < 0) continue
    const message = messageRows[rank]?.exec(line)?.groups?.message?.trim() ?? line
    // The whole line names the kind of error; the message alone is what the code holds.
    found.push({ message: rank === 0 ? line : message, rank })
  }
  // Of equals the first failure is the cause more often than the last.
  return [...new Set(found.sort((a, b) => a.rank - b.rank).map((entry) => entry.message))].slice(
    0,
    5,
  )
}

/** The longest piece of a message that the code would hold literally: between quotes, numbers, paths and values. */
export function literalPiece(message: string): string {
  const bare = message.replace(
    /^(?:Uncaught )?(?:[\w.$]+\.)?\w*(?:Error|Exception)(?: \[\w+\])?: /,
    '',
  )
  const pieces = bare
    .split(
      /['"`«»“”‘’][^'"`«»“”‘’]*['"`«»“”‘’]|\S*[/\\]\S*|\b\d[\d.,:]*\w*|\b0x[\da-f]+\b|[<>{}[\]()]|: /i,
    )
    .map((piece) => piece.replace(/^[\s,.;:=-]+|[\s,;:=-]+$/g, ''))
    .filter((piece) => piece.length >= 8 && /\w+\W+\w+|\w{8,}/.test(piece))
  return pieces.sort((a, b) => b.length - a.length)[0]?.slice(0, 120) ?? ''
}
