/** Blocks of a message as the hosts of models write them, as codi's own; what codi has no word for is undefined. */
import type { JsonObject, JsonValue } from '../../base/json.ts'
import type { ImageBlock, TextBlock } from '../../contract/message.ts'
import { objectOf, objectsOf, textOf } from './fields.ts'

const mediaTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
])
const base64 = /^[A-Za-z0-9+/=\s]+$/

export function imageOf(
  mediaType: JsonValue | undefined,
  data: JsonValue | undefined,
): ImageBlock | undefined {
  if (typeof mediaType !== 'string' || typeof data !== 'string') return undefined
  if (!mediaTypes.has(mediaType) || !base64.test(data)) return undefined
  return { type: 'image', mediaType: mediaType as ImageBlock['mediaType'], data }
}

/** `data:image/png;base64,…`. */
export function imageOfUrl(url: string): ImageBlock | undefined {
  const [, mediaType, data] = /^data:([\w/+.-]+);base64,(.*)$/s.exec(url) ?? []
  return imageOf(mediaType, data)
}

export interface Readable {
  content: (TextBlock | ImageBlock)[]
  /** Blocks that are neither text nor an image codi can keep. */
  leftOut: number
}

/** Text and images of a content that is a text or a list of blocks. */
export function readable(
  content: JsonValue | undefined,
  image: (block: JsonObject) => ImageBlock | undefined,
): Readable {
  if (typeof content === 'string') return { content: textBlocks(content), leftOut: 0 }
  const found: Readable = { content: [], leftOut: 0 }
  for (const block of objectsOf(content)) {
    const text = textOf(block.text)
    if (text !== undefined) {
      found.content.push(...textBlocks(text))
      continue
    }
    const kept = image(block)
    if (kept) found.content.push(kept)
    else found.leftOut++
  }
  return found
}

export function textBlocks(text: string): TextBlock[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

/** The arguments of a call, which are an object for every tool of codi. */
export function inputOf(value: JsonValue | undefined): JsonObject {
  return objectOf(value) ?? (value === undefined || value === null ? {} : { input: value })
}
