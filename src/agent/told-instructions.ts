/**
 * Instructions of a nested directory reach the model once, behind the result of the first call that touched it. They must
 * outlive that result: an elided one keeps them, and so does every summary, word for word.
 */
import type { ContextItem } from '../contract/context-items.ts'
import type { ResultBlock } from '../contract/message.ts'
import { isElided } from './elide-mark.ts'

const block = /^<instructions from="[\s\S]*<\/instructions>$/
const blocks = /<instructions from="[^"\n]*">\n[\s\S]*?\n<\/instructions>/g

/** Empty where there are none. What a tool has answered itself is the first block, whatever stands in it. */
export function toldInstructions({ content, ...result }: ResultBlock): string {
  const [first, ...others] = content
  const told = others.flatMap((part) =>
    part.type === 'text' && block.test(part.text) ? [part.text] : [],
  )
  if (told.length > 0) return told.join('\n')
  if (first?.type !== 'text' || !isElided({ ...result, content })) return ''
  const kept = first.text.slice(first.text.indexOf('\n') + 1)
  return block.test(kept) ? kept : ''
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
