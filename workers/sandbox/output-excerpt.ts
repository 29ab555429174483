/** The head and the tail of an output of any length, in a fixed amount of memory. */
import { brokenHead, brokenTail } from '../../src/base/cut-border.ts'
import { formatBytes } from '../../src/base/text.ts'
import { createRing } from './ring.ts'
import { decodeUtf8, incompleteTail, orphanedHead } from './utf8.ts'

export interface Excerpt {
  add(bytes: Uint8Array): void
  readonly totalBytes: number
  readonly cut: boolean
  /** Everything so far; only while nothing was cut. */
  bytes(): Uint8Array
  /** Head, a mark for what was cut, tail. `note` stands inside the mark. */
  text(note?: string): string
}

export function createExcerpt(maxBytes: number): Excerpt {
  const headBytes = Math.floor(maxBytes / 2)
  const head: Uint8Array[] = []
  const tail = createRing(maxBytes - headBytes)
  let headLength = 0
  let totalBytes = 0

  return {
    add(bytes) {
      totalBytes += bytes.length
      const room = Math.min(headBytes - headLength, bytes.length)
      if (room > 0) {
        head.push(bytes.slice(0, room))
        headLength += room
      }
      tail.add(bytes.subarray(room))
    },
    get totalBytes() {
      return totalBytes
    },
    get cut() {
      return totalBytes > maxBytes
    },
    bytes: () => Buffer.concat([...head, tail.bytes()]),
    text(note) {
      if (totalBytes <= maxBytes) return decodeUtf8(this.bytes())
      const start = Buffer.concat(head)
      const end = tail.bytes()
      const shownStart = start.subarray(
        0,
        start.length - (brokenTail(start) || incompleteTail(start)),
      )
      const shownEnd = end.subarray(brokenHead(end) || orphanedHead(end))
      const left = totalBytes - shownStart.length - shownEnd.length
      const mark = `[… ${formatBytes(left)} left out${note ? `; ${note}` : ''} …]`
      return `${endLine(decodeUtf8(shownStart))}${mark}\n${decodeUtf8(shownEnd)}`
    },
  }
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
