/** Messages as plain text for whoever summarises them: long parts cut, and the whole in pieces that fit. */

import type { JsonValue } from '../base/json.ts'
import { headAndTail, oneLine } from '../base/text.ts'
import type { ContextItem } from '../contract/context-items.ts'
import type { Message } from '../contract/message.ts'
import { resultText } from './calls.ts'
import type { Meter } from './meter.ts'

const maxPersonChars = 8000
const maxAnswerChars = 4000
const maxResultChars = 1600
/** What failed is told longer. */
const maxFailureChars = 4000
const maxValueChars = 400

/** Pieces of at most so many tokens, whole messages each; one that is longer is cut. */
export function transcriptPieces(
  items: readonly ContextItem[],
  { meter, maxTokens }: { meter: Meter; maxTokens: number },
): string[] {
  const pieces: string[] = []
  let piece = ''
  let tokens = 0
  for (const { message } of items) {
    const text = fitting(messageText(message), { meter, maxTokens })
    if (text === '') continue
    const size = meter.text(text)
    if (piece !== '' && tokens + size > maxTokens) {
      pieces.push(piece)
      piece = ''
      tokens = 0
    }
    piece += `${text}\n\n`
    tokens += size
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}

function fitting(text: string, { meter, maxTokens }: { meter: Meter; maxTokens: number }): string {
  const tokens = meter.text(text)
  if (tokens <= maxTokens) return text
  return headAndTail(text, { maxChars: Math.floor((text.length * maxTokens * 0.9) / tokens) }).text
}

function messageText(message: Message): string {
  const parts = message.content.map((block) => {
    switch (block.type) {
      case 'text':
        return cut(block.text, message.role === 'user' ? maxPersonChars : maxAnswerChars)
      case 'image':
        return `(image ${block.name ?? ''})`
      case 'call':
        return `call ${block.name} ${JSON.stringify(shortValues(block.input))}`
      case 'result': {
        const failed = block.isError ? ' (failed)' : ''
        const text = cut(resultText(block), block.isError ? maxFailureChars : maxResultChars)
        return `result of ${block.name}${failed}:\n${text}`
      }
      default:
        return ''
    }
  })
  const text = parts.filter((part) => part.trim() !== '').join('\n')
  return text === '' ? '' : `[${speaker[message.role]}]\n${text}`
}

const speaker: Record<Message['role'], string> = {
  user: 'person',
  assistant: 'agent',
  tool: 'tools',
}

function cut(text: string, maxChars: number): string {
  return headAndTail(text, { maxChars }).text
}

export function shortValues(value: JsonValue, maxChars = maxValueChars): JsonValue {
  if (typeof value === 'string')
    return value.length <= maxChars
      ? value
      : `${oneLine(value, maxChars)} (${value.length} characters)`
  if (Array.isArray(value)) return value.map((one) => shortValues(one, maxChars))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, shortValues(inner ?? null, maxChars)]),
  )
}
