/**
 * Instructions of a nested directory reach the model once, behind the result of the first call that touched it. They must
 * outlive that result: an elided one keeps them, and so does every summary, word for word.
 */
import type { ContextItem } from '../contract/context-items.ts'
import type { ResultBlock } from '../contract/message.ts'

const blocks = /<instructions from="[^"\n]*">\n[\s\S]*?\n<\/instructions>/g

/** Empty where there are none. What a tool has answered itself is never taken for them. */
function toldInstructions({ content, instructed }: ResultBlock): string {
  const last = content.at(-1)
  return instructed && last?.type === 'text' ? last.text : ''
}

/** Of all results and of the summary before, each once, the newest wording of a directory. */
export function instructionsOf(items: readonly ContextItem[], earlier: string): string[] {
  const found = new Map<string, string>()
  const add = (text: string) => {
    for (const one of text.match(blocks) ?? []) found.set(one.slice(0, one.indexOf('\n')), one)
  }
  add(earlier)
  for (const { message } of items)
    if (message.role === 'tool') for (const result of message.content) add(toldInstructions(result))
  return [...found.values()]
}

export function withoutInstructions(text: string): string {
  return text.replace(blocks, '').trim()
}
