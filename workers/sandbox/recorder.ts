/**
 * Where the bytes of a command go: to the live events, to the excerpt, and to the spill once there is too much; of a
 * command that has become a background shell, to the log of that.
 */
import type { CommandRequest } from '../../src/contract/sandbox-service.ts'
import type { Live, StreamName } from './live.ts'
import { createExcerpt } from './output-excerpt.ts'
import type { ShellLog } from './shells/log.ts'
import { openSpill, type Spill } from './spill.ts'
import { incompleteTail } from './utf8.ts'

export interface Recorder {
  /** Resolves at the end of the stream, or when reading is stopped. */
  read(name: StreamName, stream: ReadableStream<Uint8Array>): Promise<void>
  stopReading(): void
  /** Gives `log` all there was, and from now on all that comes, each time with a word; the events end. */
  moveTo(log: ShellLog, onMore: () => void): void
  /** Closes the file and ends the events; safe to call twice. */
  close(): void
  /** What there was until the end, or until the move. */
  result(): { text: string; bytes: number; truncated: boolean; note: string | undefined }
}

export function openRecorder({
  maxOutputBytes,
  spillPath,
  live,
}: Pick<CommandRequest, 'maxOutputBytes' | 'spillPath'> & { live: Live }): Recorder {
  const excerpt = createExcerpt(maxOutputBytes)
  const readers = new Set<{ cancel(): Promise<void> }>()
  let spill: Spill | undefined
  let moved: { log: ShellLog; onMore: () => void } | undefined

  function record(name: StreamName, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (moved) {
      moved.log.add(bytes)
      moved.onMore()
      return
    }
    live.add(name, bytes)
    if (spillPath !== undefined && excerpt.totalBytes + bytes.length > maxOutputBytes) {
      if (!spill) {
        spill = openSpill(spillPath)
        spill.add(excerpt.bytes())
      }
      spill.add(bytes)
    }
    excerpt.add(bytes)
  }

  function close(): void {
    live.end()
    spill?.close()
  }

  return {
    async read(name, stream) {
      const reader = stream.getReader()
      readers.add(reader)
      // The start of a character whose end is in the next chunk: the other stream must not come between.
      let carry = new Uint8Array(0)
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        const bytes = carry.length === 0 ? chunk.value : Buffer.concat([carry, chunk.value])
        const whole = bytes.length - incompleteTail(bytes)
        record(name, bytes.subarray(0, whole))
        carry = bytes.slice(whole)
      }
      record(name, carry)
    },
    stopReading() {
      for (const reader of readers) void reader.cancel().catch(() => {})
    },
    moveTo(log, onMore) {
      const kept = excerpt.cut ? (spill?.chunks() ?? []) : [excerpt.bytes()]
      for (const bytes of kept) log.add(bytes)
      log.miss(excerpt.totalBytes - log.totalBytes)
      close()
      moved = { log, onMore }
    },
    close,
    result() {
      const note = spill?.note
      return { text: excerpt.text(note), bytes: excerpt.totalBytes, truncated: excerpt.cut, note }
    },
  }
}
