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

export function sessionText(messages: readonly Message[]): string {
  return messages.flatMap((message, at) => messageText(message, messages[at + 1])).join('\n\n')
}

function messageText(message: Message, next: Message | undefined): string[] {
  if (message.role === 'tool') return []
  const results = next?.role === 'tool' ? next.content : []
  const parts = message.content.map((block) =>
    block.type === 'call'
      ? callText(
          block,
          results.find((row) => row.callId === block.id),
        )
      : blockText(block),
  )
  const shown = message.role === 'user' ? parts.map(typedText) : parts
  return shown.filter((text) => text !== '')
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
function typedText(text: string): string {
  const typed = text
    .replace(/^<(mode-change|background-shell)>[^<]*<\/\1>$/, '')
    .replace(attached, (_, path: string | undefined, body: string) => {
      const lines = plural(body.split('\n').length, 'line')
      return path === undefined ? `[stdin, ${lines}]` : `[file ${path}, ${lines}]`
    })
    .trim()
  return typed === '' ? '' : `> ${typed.replaceAll('\n', '\n> ')}`
}

/** Blocks as `@path`, `--file` and a pipe make them. */
const attached = /^<(?:file path="([^"\n]+)"|stdin)>\n([\s\S]*?)\n<\/(?:file|stdin)>$/gm

function resultLine(result: ResultBlock): string {
  const text = result.content
    .map((block) => (block.type === 'text' ? block.text : '[image]'))
    .join(' ')
  return `  ${result.isError ? '✗' : '└'} ${oneLine(text, 160)}`
}
