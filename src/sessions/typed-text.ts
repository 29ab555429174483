/** What a person typed, out of a message that may hold more: attached files, piped input, notes of codi. */
import { oneLine } from '../base/text.ts'
import type { Message } from '../contract/message.ts'

const labelChars = 60
const notes =
  /^<(mode-change|environment-change|memories|background-shell|todo-change|todo-reminder|memory|undo)>[^<]*<\/\1>$/
const added = /\n+<(goal|plan-request)>[\s\S]*<\/\1>\s*$/
/** What is attached behind what was typed. */
const attached = /\n+<(?:file|stdin|goal|plan|plan-request)\b/

/** All of it; what was attached stands in only where nothing was typed. */
export function typedText(message: Message): string {
  if (message.role !== 'user') return ''
  for (const block of message.content) {
    if (block.type === 'text' && !isNote(block.text)) return typedPart(block.text)
  }
  return ''
}

/** Of the text of a prompt. */
export function typedPart(text: string): string {
  const typed = (text.split(attached)[0] ?? '').trim()
  return typed === '' ? text.trim() : typed
}

/** A message in which nobody typed or attached anything: a reminder. */
export function isOnlyNotes({ content }: Message): boolean {
  return content.length > 0 && content.every((block) => block.type === 'text' && isNote(block.text))
}

/** Without what codi itself says about it in the same text: what a goal is, how a plan looks. */
export function withoutAdded(text: string): string {
  return text.replace(added, '')
}

/** What codi itself tells the model behind a prompt. */
export function isNote(text: string): boolean {
  return notes.test(text)
}

/** The first words of the first prompt say what a session is about until something says it better. */
export function labelOf(typed: string): string {
  return oneLine(typed, labelChars)
}
