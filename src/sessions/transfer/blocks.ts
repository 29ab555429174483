/** Blocks of a message as the hosts of models write them, as codi's own; what codi has no word for is undefined. */
import type { JsonObject, JsonValue } from '../../base/json.ts'
import type { AssistantMessage, ImageBlock, TextBlock } from '../../contract/message.ts'
import { objectOf, objectsOf, textOf, wordsOf } from './fields.ts'
import { importedThinking } from './recording.ts'

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

/** An answer whose calls are blocks of type `call` with their arguments in `input`; the rest is the caller's to name. */
export function answerBlocks(
  content: JsonValue | undefined,
  { call, input }: { call: string; input: string },
  leaveOut: (block: JsonObject) => void,
): AssistantMessage['content'] {
  if (typeof content === 'string') return textBlocks(content)
  return objectsOf(content).flatMap((block): AssistantMessage['content'] => {
    if (block.type === 'text') return textBlocks(textOf(block.text) ?? '')
    if (block.type === call) {
      const [id = '', name = 'unknown'] = [textOf(block.id), textOf(block.name)]
      return [{ type: 'call', id, name, input: inputOf(block[input]) }]
    }
    const thought = block.type === 'thinking' ? wordsOf(block.thinking) : undefined
    if (thought !== undefined) return [importedThinking(thought)]
    leaveOut(block)
    return []
  })
}

export function textBlocks(text: string): TextBlock[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

/** The arguments of a call, which are an object for every tool of codi. */
export function inputOf(value: JsonValue | undefined): JsonObject {
  return objectOf(value) ?? (value === undefined || value === null ? {} : { input: value })
}
