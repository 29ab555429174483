/**
 * Cache marks on the chat wire, for hosts that pass them on to Claude: on the system prompt and on the last two
 * messages of the user or of tools. Other models cache by themselves.
 */
import type { JsonObject } from '../base/json.ts'

export function withCacheMarks(messages: JsonObject[]): JsonObject[] {
  const markable = messages.flatMap((message, index) =>
    message.role === 'user' || message.role === 'tool' ? [index] : [],
  )
  const marked = new Set(markable.slice(-2))
  return messages.map((message, index) =>
    message.role === 'system' || marked.has(index) ? withMark(message) : message,
  )
}

function withMark(message: JsonObject): JsonObject {
  const { content } = message
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  if (!Array.isArray(parts)) return message
  const last = parts.findLastIndex(
    (part) =>
      typeof part === 'object' && part !== null && !Array.isArray(part) && part.type === 'text',
  )
  const mark = { cache_control: { type: 'ephemeral' } }
  return {
    ...message,
    content: parts.map((part, index) =>
      index === last ? { ...(part as JsonObject), ...mark } : part,
    ),
  }
}
