/** Measures messages for one model. Each message is scanned once, however often it is asked about. */
import type { Message } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'
import { type Calibration, estimated, isPlausible, learned } from './calibration.ts'
import { messageTokens, type Tokens, textTokens } from './estimate.ts'

export interface Meter {
  readonly calibration: Calibration
  text(text: string): number
  message(message: Message): number
  messages(messages: readonly Message[]): number
  /** System prompt and tools. */
  fixed(request: Pick<ModelRequest, 'system' | 'tools'>): number
  /** Takes in what a provider counted for a request; false where the count cannot be right. */
  learn(request: Pick<ModelRequest, 'system' | 'tools' | 'messages'>, counted: number): boolean
}

export function openMeter(known: Calibration): Meter {
  let calibration = known
  const seen = new WeakMap<object, Tokens>()

  function scan(message: Message): Tokens {
    const found = seen.get(message)
    if (found) return found
    const tokens = messageTokens(message)
    seen.set(message, tokens)
    return tokens
  }

  function scanFixed({ system, tools }: Pick<ModelRequest, 'system' | 'tools'>): Tokens {
    return sumOf([
      ...system.map((part) => textTokens(part.text)),
      tools.length === 0 ? { plain: 0, wide: 0 } : scanOnce(tools, () => JSON.stringify(tools)),
    ])
  }

  /** The tools are the same list in every request of a run. */
  function scanOnce(key: object, text: () => string): Tokens {
    const found = seen.get(key)
    if (found) return found
    const tokens = textTokens(text())
    seen.set(key, tokens)
    return tokens
  }

  return {
    get calibration() {
      return calibration
    },
    text: (text) => estimated(textTokens(text), calibration),
    message: (message) => estimated(scan(message), calibration),
    messages: (messages) => estimated(sumOf(messages.map(scan)), calibration),
    fixed: (request) => estimated(scanFixed(request), calibration),
    learn(request, counted) {
      const tokens = sumOf([scanFixed(request), ...request.messages.map(scan)])
      calibration = learned(calibration, tokens, counted)
      return isPlausible(counted, tokens)
    },
  }
}

function sumOf(list: readonly Tokens[]): Tokens {
  const sum: Tokens = { plain: 0, wide: 0 }
  for (const { plain, wide } of list) {
    sum.plain += plain
    sum.wide += wide
  }
  return sum
}
