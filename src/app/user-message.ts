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
