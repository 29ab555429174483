/** Calls and their results as they lie in the items of a conversation. */
import type { ContextItem } from '../contract/context-items.ts'
import type { CallBlock, ResultBlock } from '../contract/message.ts'

export interface AnsweredCall {
  /** Index of the message with the result. */
  at: number
  entry: number
  pinned: boolean
  call: CallBlock
  result: ResultBlock
}

/** Every call with its result, oldest first. */
export function answeredCalls(items: readonly ContextItem[]): AnsweredCall[] {
  return items.flatMap(({ entry, message, pinned = false }, at) => {
    if (message.role !== 'tool') return []
    const asked = items[at - 1]?.message
    const calls = asked?.role === 'assistant' ? asked.content : []
    return message.content.map((result) => {
      const call = calls.find((block) => block.type === 'call' && block.id === result.callId)
      const made = call?.type === 'call' ? call : unknownCall(result)
      return { at, entry, pinned, call: made, result }
    })
  })
}

function unknownCall({ callId, name }: ResultBlock): CallBlock {
  return { type: 'call', id: callId, name, input: {} }
}
