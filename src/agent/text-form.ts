/** The conversation for a model without native calls: calls and results as plain text. */
import type { CallBlock, Message, ResultBlock, TextBlock } from '../contract/message.ts'

export function toTextForm(messages: readonly Message[]): Message[] {
  return messages.map((message): Message => {
    if (message.role === 'user') return message
    if (message.role === 'tool')
      return { role: 'user', content: message.content.flatMap(resultBlocks) }
    const content = message.content.map((block) =>
      block.type === 'call' ? callText(block) : block,
    )
    return { role: 'assistant', content }
  })
}

function callText(call: CallBlock): TextBlock {
  const json = JSON.stringify({ name: call.name, arguments: call.input })
  return { type: 'text', text: `\n\`\`\`json\n${json}\n\`\`\`` }
}

function resultBlocks(result: ResultBlock): ResultBlock['content'] {
  const head = `[Result of ${result.name}${result.isError ? ', failed' : ''}]`
  return [{ type: 'text', text: head }, ...result.content]
}
