/** What an image takes of the window, by its size in pixels as its first bytes tell it. */
import type { ImageBlock } from '../contract/message.ts'

/** Hosts make larger images smaller, so that none takes more. */
const maxTokens = 1600
const minTokens = 85
const pixelsPerToken = 750
/** Of base64: the size stands near the beginning, in a JPEG behind its metadata. */
const headChars = 64 * 1024

export function imageTokens(image: ImageBlock): number {
  const size = sizeOf(image)
  if (!size) return maxTokens
  const tokens = Math.ceil((size.width * size.height) / pixelsPerToken)
  return Math.min(maxTokens, Math.max(minTokens, tokens))
}

interface Size {
  width: number
  height: number
}

function sizeOf({ mediaType, data }: ImageBlock): Size | undefined {
  const head = Buffer.from(data.slice(0, headChars), 'base64')
  const read = readers[mediaType]
  return head.length < 30 ? undefined : read(head)
}

const readers: Record<ImageBlock['mediaType'], (head: Buffer) => Size | undefined> = {
  'image/png': (head) => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) }),
  'image/gif': (head) => ({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) }),
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
}

function jpegSize(head: Buffer): Size | undefined {
  for (let at = 2; at + 9 < head.length; ) {
    if (head[at] !== 0xff) return undefined
    const marker = head[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) }
    at += 2 + head.readUInt16BE(at + 2)
  }
  return undefined
}

function webpSize(head: Buffer): Size | undefined {
  const kind = head.toString('latin1', 12, 16)
  if (kind === 'VP8X')
    return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
  if (kind === 'VP8 ') {
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
  }
  if (kind !== 'VP8L') return undefined
  const bits = head.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}
