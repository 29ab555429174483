/**
 * Thinking is bound to the conversation that it arose in: after a fork, a compaction or another system prompt a host
 * may refuse it. What was refused once is left out from then on; what is thought later goes back again.
 */
import type { Message, ThinkingBlock } from '../contract/message.ts'

export interface RefusedThinking {
  has(block: ThinkingBlock): boolean
  /** Everything that was thought up to now. */
  addAll(messages: readonly Message[]): void
}

export function createRefusedThinking(): RefusedThinking {
  const keys = new Set<number | bigint>()
  return {
    has: (block) => keys.size > 0 && keys.has(keyOf(block)),
    addAll(messages) {
      for (const message of messages) {
        if (message.role !== 'assistant') continue
        for (const block of message.content) if (block.type === 'thinking') keys.add(keyOf(block))
      }
    },
  }
}

function keyOf(block: ThinkingBlock): number | bigint {
  return Bun.hash(JSON.stringify(block.opaque ?? block.text))
}
