/** The messages as a summary without a model reads them: sentences of each side, and calls with what they answered. */
import type { ContextItem } from '../../contract/context-items.ts'
import type { CallBlock, ResultBlock } from '../../contract/message.ts'

export interface Spoken {
  person: string[]
  agent: string[]
  /** What the agent said last before the call is `why`. */
  calls: { call: CallBlock; result: ResultBlock | undefined; text: string; why: string }[]
  /** Texts of the person's messages, whole. */
  prompts: string[]
  /** The last thing the agent said. */
  lastSaid: string
}

export function readConversation(items: readonly ContextItem[]): Spoken {
  const spoken: Spoken = { person: [], agent: [], calls: [], prompts: [], lastSaid: '' }
  for (const [index, { message }] of items.entries()) {
    if (message.role === 'tool') continue
    const text = message.content
      .map((block) => (block.type === 'text' ? block.text : ''))
      .join('\n')
      .trim()
    if (message.role === 'user') {
      const typed = withoutAttached(text)
      if (typed !== '') spoken.prompts.push(typed)
      spoken.person.push(...sentences(typed))
      continue
    }
    spoken.agent.push(...sentences(text))
    if (text !== '') spoken.lastSaid = text
    const next = items[index + 1]?.message
    const results = next?.role === 'tool' ? next.content : []
    for (const block of message.content) {
      if (block.type !== 'call') continue
      const result = results.find((one) => one.callId === block.id)
      const why = sentences(text).at(-1) ?? ''
      spoken.calls.push({ call: block, result, text: result ? textOf(result) : '', why })
    }
  }
  return spoken
}

export function sentences(text: string): string[] {
  return text
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .split(/(?<=[.!?:;])\s+(?=[\p{Lu}\p{N}`"'([])|\n+/u)
    .map((sentence) => sentence.replace(/^[\s#>*-]+/, '').trim())
    .filter((sentence) => sentence.length > 3)
}

function withoutAttached(text: string): string {
  return text.replace(/^<(file|stdin)\b[^>]*>[\s\S]*?<\/\1>$/gm, ' ').trim()
}

function textOf(result: ResultBlock): string {
  return result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
}
