/**
 * Background shells in the history of a conversation that is taken up again: codi ended them when it left, the model
 * knows nothing of that, and their numbers must not be given away a second time.
 */
import { isJsonObject } from '../base/json.ts'
import type { Message } from '../contract/message.ts'

export interface PastShells {
  /** The highest number that was given away; 0 for none. */
  last: number
  /** Those that still run as far as the model knows, in their order. */
  open: string[]
}

const shellName = /^sh_(\d+)$/
/** How codi's notes about an end begin. */
const endNote = /^<background-shell>((?:sh_\d+(?:, )?)+) /

export function pastShells(messages: readonly Message[]): PastShells {
  const runs = new Map<string, boolean>()
  let last = 0
  for (const message of messages) {
    if (message.role === 'assistant') continue
    for (const block of message.content) {
      if (block.type === 'text') {
        const ended = endNote.exec(block.text)?.[1]?.split(', ') ?? []
        for (const id of ended) runs.set(id, false)
      } else if (block.type === 'result' && isJsonObject(block.data)) {
        const { shell, status } = block.data
        const number = typeof shell === 'string' ? shellName.exec(shell)?.[1] : undefined
        if (number === undefined) continue
        last = Math.max(last, Number(number))
        runs.set(`sh_${number}`, status === undefined || status === 'running')
      }
    }
  }
  return { last, open: [...runs].flatMap(([id, isOpen]) => (isOpen ? [id] : [])) }
}
