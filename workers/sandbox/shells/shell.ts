/** One background shell, from the move to its end and beyond: its state, its output, and those who wait for either. */
import { join } from 'node:path'
import { cancelled } from '../../../src/base/async.ts'
import { brokenHead, endsAtBorder, unfinishedTail } from '../../../src/base/cut-border.ts'
import type {
  CommandRequest,
  ShellOutput,
  ShellOutputRequest,
  ShellState,
} from '../../../src/contract/sandbox-service.ts'
import type { RunningCommand } from '../command.ts'
import { decodeUtf8, incompleteTail, orphanedHead } from '../utf8.ts'
import { openLog, type ShellLog } from './log.ts'

export interface Shell {
  state(): ShellState
  /** Resolves once, when nothing of it is alive. */
  readonly ended: Promise<ShellState>
  output(request: ShellOutputRequest, signal?: AbortSignal): Promise<ShellOutput>
  /** Ends it and everything it started; answers its last state. */
  kill(): Promise<ShellState>
  /** Drops its output. */
  forget(): void
}

/** In the last part of its output the signs of the sandbox are looked for. */
const maxSignBytes = 64 * 1024
const scanBytes = 256 * 1024

export function openShell({
  id,
  request,
  command,
  directory,
}: {
  id: string
  request: CommandRequest
  command: RunningCommand
  directory: string
}): Shell {
  const log = openLog(join(directory, `${id}-${crypto.randomUUID()}.log`))
  const waiting = new Set<() => void>()
  const startedAt = Math.round(Date.now() - (performance.now() - command.startedAt))
  let end: Omit<ShellState, 'id' | 'command' | 'cwd' | 'startedAt' | 'outputBytes'> | undefined
  let killed = false
  command.recorder.moveTo(log, wake)
  // The first result leaves out the same (run.ts).
  let unread = log.totalBytes - unfinishedTail(lastBytes(log, maxSignBytes))
  /** Whoever started it may wait for a text that the first result already had. */
  let lookFrom = 0
  const ended = follow()

  function wake(): void {
    for (const look of [...waiting]) look()
  }

  async function follow(): Promise<ShellState> {
    await command.exited
    const { exitCode, signal, leftovers, blocked } = await command.settle(() =>
      lastText(log, maxSignBytes),
    )
    end = {
      status: killed ? 'killed' : 'exited',
      endedAt: Date.now(),
      exitCode,
      signal,
      ...(leftovers === 0 || killed ? {} : { leftovers }),
      ...(blocked.length === 0 ? {} : { blocked }),
    }
    wake()
    return state()
  }

  function state(): ShellState {
    return {
      id,
      command: request.command,
      cwd: request.cwd,
      startedAt,
      ...(end ?? { status: 'running', exitCode: null, signal: null }),
      outputBytes: log.totalBytes,
    }
  }

  return {
    state,
    ended,
    async output({ from, maxBytes, waitMs, until }, signal) {
      const start = from ?? unread
      const has = finder(log, { from: from ?? lookFrom, text: until })
      await waitFor(() => end !== undefined || has(), { waiting, ms: waitMs, signal })
      const total = log.totalBytes
      const first = from === undefined ? Math.max(start, total - maxBytes) : from
      const piece = textFrom(log, { from: first, maxBytes, whole: end !== undefined })
      if (from === undefined) lookFrom = unread = piece.to
      const dropped = Math.max(0, piece.kept - first)
      return {
        state: state(),
        text: piece.text,
        from: piece.from,
        to: piece.to,
        ...(until === undefined ? {} : { found: has() }),
        skipped: Math.max(0, first - start),
        dropped,
      }
    },
    async kill() {
      if (end === undefined) {
        killed = true
        await command.end()
      }
      return ended
    },
    forget: () => log.close(),
  }
}

/**
 * Whole characters from `from` on, and whole words: what is still being written, or goes on behind the page, comes with
 * the next, and the rest of a word that begins before the page is left out. `kept` is the first byte that was still there.
 */
function textFrom(
  log: ShellLog,
  { from, maxBytes, whole }: { from: number; maxBytes: number; whole: boolean },
): { text: string; from: number; to: number; kept: number } {
  const { bytes, from: kept } = log.read(from, maxBytes)
  const head = kept === 0 ? 0 : rest(bytes, log.read(kept - 1, 1).bytes)
  const isLast = kept + bytes.length >= log.totalBytes
  const shown = bytes.subarray(head)
  const unfinished = whole && isLast ? 0 : unfinishedTail(shown)
  // A page of one endless word must not hold up what is behind it.
  const isHeld = unfinished > 0 && (unfinished < shown.length || isLast)
  const tail = isHeld ? unfinished : whole && isLast ? 0 : incompleteTail(bytes)
  const text = decodeUtf8(bytes.subarray(head, Math.max(head, bytes.length - tail)))
  return { text, from: kept + head, to: kept + bytes.length - tail, kept }
}

/** How many bytes belong to the word, or at least to the character, that `before` is a part of. */
function rest(bytes: Uint8Array, before: Uint8Array): number {
  if (endsAtBorder(before)) return 0
  return brokenHead(bytes) || orphanedHead(bytes)
}

function lastText(log: ShellLog, maxBytes: number): string {
  return decodeUtf8(lastBytes(log, maxBytes))
}

function lastBytes(log: ShellLog, maxBytes: number): Uint8Array {
  return log.read(Math.max(0, log.totalBytes - maxBytes), maxBytes).bytes
}

/** Whether `text` is in what was written from `from` on; every byte is looked at about once. */
function finder(
  log: ShellLog,
  { from, text }: { from: number; text: string | undefined },
): () => boolean {
  if (text === undefined || text === '') return () => false
  const wanted = Buffer.from(text)
  let next = from
  let found = false
  return () => {
    while (!found && next < log.totalBytes) {
      const { bytes, from: at } = log.read(next, scanBytes + wanted.length)
      if (bytes.length < wanted.length) return false
      found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(wanted)
      next = at + bytes.length - wanted.length + 1
    }
    return found
  }
}

/** Until `holds`, the time is over, or the signal fires: then it rejects. */
function waitFor(
  holds: () => boolean,
  {
    waiting,
    ms,
    signal,
  }: { waiting: Set<() => void>; ms: number; signal: AbortSignal | undefined },
): Promise<void> {
  if (signal?.aborted) return Promise.reject(cancelled())
  if (ms === 0 || holds()) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      waiting.delete(look)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const look = () => {
      if (holds()) finish(resolve)
    }
    const onAbort = () => finish(() => reject(cancelled()))
    const timer = setTimeout(() => finish(resolve), ms)
    waiting.add(look)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
