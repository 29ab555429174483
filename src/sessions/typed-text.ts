/** What a person typed, out of a message that may hold more: attached files, piped input, notes of codi. */
import { oneLine } from '../base/text.ts'
import type { Message } from '../contract/message.ts'

const labelChars = 60
const notes = /^<(mode-change|background-shell|todo-change|todo-reminder|memory)>[^<]*<\/\1>$/
/** What is attached behind what was typed. */
const attached = /\n+<(?:file|stdin|goal|plan|plan-request)\b/

/** All of it; what was attached stands in only where nothing was typed. */
export function typedText(message: Message): string {
  if (message.role !== 'user') return ''
  for (const block of message.content) {
    if (block.type !== 'text' || notes.test(block.text)) continue
    const typed = (block.text.split(attached)[0] ?? '').trim()
    return typed === '' ? block.text.trim() : typed
  }
  return ''
}

/** The first words of the first prompt say what a session is about until something says it better. */
export function labelOf(typed: string): string {
  return oneLine(typed, labelChars)
}
