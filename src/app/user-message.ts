/** A person's input as the message a model reads. */
import type { RunInput } from '../contract/app.ts'
import type { UserMessage } from '../contract/message.ts'

export function toUserMessage(input: RunInput): UserMessage {
  const stdin = input.stdin === undefined ? '' : `\n\n<stdin>\n${input.stdin.trimEnd()}\n</stdin>`
  return {
    role: 'user',
    content: [{ type: 'text', text: `${input.text}${stdin}`.trim() }, ...(input.images ?? [])],
  }
}

/** The message, with codi's own notes behind what the person typed. */
export function withNotes(message: UserMessage, notes: readonly string[]): UserMessage {
  const blocks = notes.map((text) => ({ type: 'text' as const, text }))
  return { ...message, content: [...message.content, ...blocks] }
}
