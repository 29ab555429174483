/** A conversation as a person reads it: prompts, answers, and one line for each call. */
import { oneLine, plural } from '../base/text.ts'
import type {
  CallBlock,
  ImageBlock,
  Message,
  ResultBlock,
  TextBlock,
  ThinkingBlock,
} from '../contract/message.ts'
import { promptText } from '../sessions/transfer/prompt-text.ts'

export function sessionText(messages: readonly Message[]): string {
  return messages.flatMap((message, at) => messageText(message, messages[at + 1])).join('\n\n')
}

function messageText(message: Message, next: Message | undefined): string[] {
  if (message.role === 'tool') return []
  const results = next?.role === 'tool' ? next.content : []
  if (message.role === 'user') return userText(message.content)
  const parts = message.content.map((block) =>
    block.type === 'call'
      ? callText(
          block,
          results.find((row) => row.callId === block.id),
        )
      : blockText(block),
  )
  return parts.filter((text) => text !== '')
}

/** `● read_file src/a.ts`, and below it how its result begins. */
function callText({ name, input }: CallBlock, result: ResultBlock | undefined): string {
  const telling = Object.values(input).find((value) => typeof value === 'string')
  const about = telling ?? (Object.keys(input).length === 0 ? '' : JSON.stringify(input))
  const head = `● ${name} ${oneLine(String(about), 120)}`.trimEnd()
  return result ? `${head}\n${resultLine(result)}` : head
}

function blockText(block: TextBlock | ImageBlock | ThinkingBlock): string {
  switch (block.type) {
    case 'text':
      return block.text.trim()
    case 'image':
      return `[image ${block.name ?? block.mediaType}]`
    case 'thinking':
      return ''
  }
}

/** What a person typed: what was attached is named, and what codi added for the model is left out. */
function userText(content: readonly (TextBlock | ImageBlock)[]): string[] {
  const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []))
  const { typed, attached } = promptText(texts)
  const named = attached.map(({ title, body }) => {
    const lines = plural(body.split('\n').length, 'line')
    return title === 'stdin' ? `[stdin, ${lines}]` : `[file ${title}, ${lines}]`
  })
  const prompt = [typed, ...named].filter((part) => part !== '').join('\n\n')
  const images = content.filter((block) => block.type === 'image').map(blockText)
  return [prompt, ...images]
    .filter((part) => part !== '')
    .map((part) => `> ${part.replaceAll('\n', '\n> ')}`)
}

function resultLine(result: ResultBlock): string {
  const text = result.content
    .map((block) => (block.type === 'text' ? block.text : '[image]'))
    .join(' ')
  return `  ${result.isError ? '✗' : '└'} ${oneLine(text, 160)}`
}
