/** A conversation as a person reads it: prompts, answers, and one line for each call. */
import { oneLine } from '../base/text.ts'
import type {
  CallBlock,
  ImageBlock,
  Message,
  ResultBlock,
  TextBlock,
  ThinkingBlock,
} from '../contract/message.ts'

export function sessionText(messages: readonly Message[]): string {
  return messages.flatMap(messageText).join('\n\n')
}

function messageText(message: Message): string[] {
  if (message.role === 'tool') return message.content.map(resultLine)
  const parts = message.content.map(blockText).filter((text) => text !== '')
  if (message.role === 'user') return parts.map((part) => `> ${part.replaceAll('\n', '\n> ')}`)
  return parts
}

function blockText(block: TextBlock | ImageBlock | ThinkingBlock | CallBlock): string {
  switch (block.type) {
    case 'text':
      return block.text.trim()
    case 'image':
      return `[image ${block.name ?? block.mediaType}]`
    case 'call':
      return `● ${block.name} ${oneLine(JSON.stringify(block.input), 120)}`
    case 'thinking':
      return ''
  }
}

function resultLine(result: ResultBlock): string {
  const text = result.content
    .map((block) => (block.type === 'text' ? block.text : '[image]'))
    .join(' ')
  return `  ${result.isError ? '✗' : '└'} ${oneLine(text, 160)}`
}
