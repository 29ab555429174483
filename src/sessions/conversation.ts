/**
 * From entries to messages: results are put together into tool messages in call order, and every call that has no
 * result (the process died) gets one that says so.
 */
import type { CallBlock, Message, ResultBlock } from '../contract/message.ts'
import type { Entry } from '../contract/session.ts'

export function messagesOf(entries: readonly Entry[]): Message[] {
  const messages: Message[] = []
  let open: { calls: CallBlock[]; results: Map<string, ResultBlock> } | undefined

  function closeCalls(): void {
    if (!open) return
    const { calls, results } = open
    messages.push({
      role: 'tool',
      content: calls.map((call) => results.get(call.id) ?? lostResult(call)),
    })
    open = undefined
  }

  for (const entry of entries) {
    if (entry.type === 'result') {
      open?.results.set(entry.result.callId, entry.result)
      continue
    }
    if (entry.type === 'draft') {
      closeCalls()
      messages.push({ role: 'assistant', content: [{ type: 'text', text: entry.text }] })
      continue
    }
    if (entry.type !== 'message') continue
    closeCalls()
    messages.push(entry.message)
    const calls = callsOf(entry.message)
    if (calls.length > 0) open = { calls, results: new Map() }
  }
  closeCalls()
  return messages
}

function callsOf(message: Message): CallBlock[] {
  if (message.role !== 'assistant') return []
  return message.content.filter((block): block is CallBlock => block.type === 'call')
}

function lostResult(call: CallBlock): ResultBlock {
  return {
    type: 'result',
    callId: call.id,
    name: call.name,
    content: [
      {
        type: 'text',
        text: 'codi ended before this call was answered; what it had done until then stands. Check before repeating it.',
      },
    ],
    isError: true,
  }
}
