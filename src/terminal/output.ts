/**
 * The only writer to stdout and stderr. Text leaves in the order it was given; what a slow reader does not take at once
 * waits in a bounded queue (beyond it, `out` waits for the reader), so that Ctrl+C still works. A reader that went away
 * is not an error: the rest is dropped and `onClosed` tells; what it means is decided in main.
 */
import { closeSync, constants, fstatSync, openSync, type Stats, writeSync } from 'node:fs'
import { CodiError, errorCode, toCodiError } from '../base/errors.ts'
import { type ColorLevel, type ColorMode, colorLevel, type Env, isUnicode } from './color-level.ts'

export interface Output {
  /** Writes to stdout. */
  out(text: string): void
  /** Writes to stderr. */
  err(text: string): void
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Of the terminal now; 80 x 24 where there is none. */
  readonly columns: number
  readonly rows: number
  /** Colour on stdout, and on stderr. */
  readonly color: ColorLevel
  readonly errorColor: ColorLevel
  /** False: only ASCII glyphs. */
  readonly unicode: boolean
  /** Resolves when everything has left, or its reader is gone. */
  flush(): Promise<void>
  /** Stdout can take no more: undefined for a closed pipe or terminal (quiet), an error for anything else. */
  onClosed(listener: (error: CodiError | undefined) => void): () => void
  onResize(listener: () => void): () => void
}

const maxQueuedBytes = 1024 * 1024
const minRetryMs = 1
const maxRetryMs = 25

export function openOutput(options: { env: Env; colorMode?: ColorMode }): Output {
  const { env } = options
  const mode = options.colorMode ?? 'auto'
  const stdoutIsTerminal = isTerminal(1)
  const stderrIsTerminal = isTerminal(2)
  const closedListeners = new Set<(error: CodiError | undefined) => void>()
  const stdout = openChannel(1, (error) => {
    for (const listener of [...closedListeners]) listener(error)
  })
  // One queue where both are the same terminal: their order is what a person reads.
  const stderr = stdoutIsTerminal && sameDevice(1, 2) ? stdout : openChannel(2, () => {})
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    stdoutIsTerminal,
    stderrIsTerminal,
    get columns() {
      return positive(terminalSize().columns) ?? positive(Number(env.COLUMNS)) ?? 80
    },
    get rows() {
      return positive(terminalSize().rows) ?? positive(Number(env.LINES)) ?? 24
    },
    color: colorLevel({ env, mode, isTerminal: stdoutIsTerminal }),
    errorColor: colorLevel({ env, mode, isTerminal: stderrIsTerminal }),
    unicode: isUnicode(env),
    async flush() {
      await stdout.flushed()
      await stderr.flushed()
    },
    onClosed(listener) {
      closedListeners.add(listener)
      return () => closedListeners.delete(listener)
    },
    onResize(listener) {
      process.on('SIGWINCH', listener)
      return () => process.off('SIGWINCH', listener)
    },
  }

  function terminalSize(): { columns?: number; rows?: number } {
    if (stdoutIsTerminal) return process.stdout
    return stderrIsTerminal ? process.stderr : {}
  }
}

interface Channel {
  write(text: string): void
  flushed(): Promise<void>
}

function openChannel(target: number, onEnd: (error: CodiError | undefined) => void): Channel {
  const fd = withoutBlocking(target)
  const queue: Buffer[] = []
  let queuedBytes = 0
  let closed = false
  let highSurrogate = ''
  let retryMs = minRetryMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: (() => void)[] = []
  return { write, flushed }

  function write(text: string): void {
    if (closed || text === '') return
    const buffer = Buffer.from(completePairs(text))
    queue.push(buffer)
    queuedBytes += buffer.length
    drain()
    while (queuedBytes > maxQueuedBytes && !closed) {
      sleep(maxRetryMs)
      drain()
    }
  }

  /** A character outside the basic plane may arrive in two halves; the first waits for the second. */
  function completePairs(text: string): string {
    const whole = highSurrogate + text
    const last = whole.charCodeAt(whole.length - 1)
    const isHalf = last >= 0xd800 && last <= 0xdbff
    highSurrogate = isHalf ? whole.slice(-1) : ''
    return isHalf ? whole.slice(0, -1) : whole
  }

  function drain(): void {
    while (queue.length > 0) {
      const head = queue[0] as Buffer
      const written = attempt(head)
      if (written > 0) retryMs = minRetryMs
      queuedBytes -= written
      if (written < head.length) {
        if (closed) return
        queue[0] = head.subarray(written)
        timer ??= setTimeout(onTimer, retryMs)
        return
      }
      queue.shift()
    }
    settle()
  }

  function onTimer(): void {
    timer = undefined
    retryMs = Math.min(retryMs * 2, maxRetryMs)
    drain()
  }

  /** Bytes of `buffer` that were taken before the reader had enough. */
  function attempt(buffer: Buffer): number {
    let written = 0
    try {
      while (written < buffer.length) written += writeSync(fd, buffer, written)
    } catch (thrown) {
      if (errorCode(thrown) !== 'EAGAIN') end(thrown)
    }
    return written
  }

  function end(thrown: unknown): void {
    closed = true
    queue.length = 0
    queuedBytes = 0
    settle()
    const quiet = ['EPIPE', 'EIO', 'EBADF', 'ECONNRESET'].includes(errorCode(thrown) ?? '')
    // Not from inside `out`: its caller is in the middle of something.
    queueMicrotask(() => onEnd(quiet ? undefined : writeFailure(thrown)))
  }

  function settle(): void {
    clearTimeout(timer)
    timer = undefined
    for (const resolve of waiting) resolve()
    waiting = []
  }

  function flushed(): Promise<void> {
    if (queue.length === 0) return Promise.resolve()
    return new Promise((resolve) => waiting.push(resolve))
  }
}

function writeFailure(thrown: unknown): CodiError {
  const reason = toCodiError(thrown).message
  return new CodiError('io', `Cannot write the output: ${reason}`, { cause: thrown })
}

/**
 * A descriptor for the same pipe or terminal whose writes never block this process, without making it non-blocking for
 * the others who share it (the shell): a second opening has flags of its own. Where that cannot be had, the descriptor
 * itself, which blocks or answers EAGAIN as whoever started codi left it; both are handled.
 */
function withoutBlocking(fd: number): number {
  const stats = statOf(fd)
  if (!stats || !(stats.isFIFO() || isTerminal(fd))) return fd
  try {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY
    const own = openSync(`/proc/self/fd/${fd}`, flags)
    const ownStats = fstatSync(own)
    if (ownStats.ino === stats.ino && ownStats.rdev === stats.rdev) return own
    closeSync(own)
  } catch {
    // No /proc (macOS), or not permitted after `su`: the shared descriptor serves.
  }
  return fd
}

function isTerminal(fd: number): boolean {
  // The tty module costs milliseconds to load: asked only where the answer can be yes.
  if (!statOf(fd)?.isCharacterDevice()) return false
  return process.getBuiltinModule('node:tty').isatty(fd)
}

function sameDevice(a: number, b: number): boolean {
  const left = statOf(a)
  const right = statOf(b)
  return left !== undefined && right !== undefined && left.rdev === right.rdev && left.rdev !== 0
}

function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isInteger(value) && value > 0 ? value : undefined
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
