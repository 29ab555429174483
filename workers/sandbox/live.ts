/**
 * Output as events while a command runs: at once where there is little, in batches where there is much, and of a flood
 * only what a person can follow. The whole output is not here but in the capture.
 */
import { brokenHead } from '../../src/base/cut-border.ts'
import { formatBytes } from '../../src/base/text.ts'
import { decodeUtf8, orphanedHead } from './utf8.ts'

export type StreamName = 'stdout' | 'stderr'

export interface Live {
  /** `bytes` ends on a character border. */
  add(stream: StreamName, bytes: Uint8Array): void
  /** Sends what waits; nothing is sent afterwards. */
  end(): void
}

const batchMs = 30
const maxBatchBytes = 16 * 1024
const maxBatchPieces = 32

export function openLive(send: (stream: StreamName, text: string) => void): Live {
  let pieces: { stream: StreamName; chunks: Uint8Array[] }[] = []
  let waitingBytes = 0
  let droppedBytes = 0
  let timer: Timer | undefined
  let lastSent = Number.NEGATIVE_INFINITY

  function add(stream: StreamName, bytes: Uint8Array): void {
    const last = pieces.at(-1)
    if (last?.stream === stream) last.chunks.push(bytes)
    else pieces.push({ stream, chunks: [bytes] })
    waitingBytes += bytes.length
    trim()
    if (timer !== undefined) return
    const wait = lastSent + batchMs - performance.now()
    if (wait <= 0) flush()
    else timer = setTimeout(flush, wait)
  }

  /** Drops the oldest: the newest output is what a person wants to see. */
  function trim(): void {
    while (pieces.length > maxBatchPieces) dropChunks(pieces.shift()?.chunks ?? [])
    while (waitingBytes > maxBatchBytes) {
      const chunks = pieces[0]?.chunks
      const oldest = chunks?.shift()
      if (!chunks || !oldest) return
      const kept = fromBorder(oldest.subarray(waitingBytes - maxBatchBytes))
      dropChunks([oldest.subarray(0, oldest.length - kept.length)])
      if (kept.length > 0) chunks.unshift(kept)
      else if (chunks.length === 0) pieces.shift()
    }
  }

  function dropChunks(chunks: Uint8Array[]): void {
    for (const chunk of chunks) {
      waitingBytes -= chunk.length
      droppedBytes += chunk.length
    }
  }

  return { add, end: flush }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (pieces.length === 0) return
    lastSent = performance.now()
    const batch = pieces
    const dropped = droppedBytes
    pieces = []
    waitingBytes = 0
    droppedBytes = 0
    batch.forEach(({ stream, chunks }, index) => {
      const bytes = Buffer.concat(chunks)
      const isAfterGap = index === 0 && dropped > 0
      const broken = isAfterGap ? brokenHead(bytes) : 0
      const mark = isAfterGap ? `\n[… ${formatBytes(dropped + broken)} not shown …]\n` : ''
      send(stream, mark + decodeUtf8(bytes.subarray(broken)))
    })
  }
}

function fromBorder(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(orphanedHead(bytes))
}
