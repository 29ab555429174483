/**
 * How many tokens a request will need, without a tokenizer: a cautious guess from characters, corrected by what the
 * provider counted for the request before.
 */
import type { Message, Usage } from '../contract/message.ts'
import type { ModelInfo, ModelRequest } from '../contract/provider.ts'

/** Tokens a character takes in the guess; code and JSON are denser than prose. */
const tokensPerChar = 1 / 3.5
const tokensPerMessage = 6
const tokensPerImage = 1600
/** Room that an answer needs at the least. */
const minOutputTokens = 1024
const defaultOutputTokens = 16_384

export interface Budget {
  /** Tokens of the whole request as sent. */
  inputTokens: number
  /** Undefined where the window is not known. */
  window: number | undefined
  maxOutputTokens: number
  fits: boolean
}

/** What was counted for an earlier request of the same run: it holds for the first `messages` messages. */
export interface Counted {
  messages: number
  tokens: number
}

export function budgetOf(
  request: ModelRequest,
  info: ModelInfo,
  counted: Counted | undefined,
): Budget {
  const inputTokens = counted
    ? counted.tokens + estimateMessages(request.messages.slice(counted.messages))
    : estimateRequest(request)
  const window = info.contextWindow
  const wanted =
    request.maxOutputTokens ?? Math.min(info.maxOutputTokens ?? defaultOutputTokens, 32_000)
  if (window === undefined) return { inputTokens, window, maxOutputTokens: wanted, fits: true }
  const room = window - inputTokens
  return {
    inputTokens,
    window,
    maxOutputTokens: Math.max(1, Math.min(wanted, room)),
    fits: room >= Math.min(minOutputTokens, window / 8),
  }
}

/** All tokens that the provider read for a request. */
export function readTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
}

function estimateRequest(request: ModelRequest): number {
  const fixed = request.system.reduce((sum, part) => sum + part.text.length, 0)
  const tools = request.tools.length === 0 ? 0 : JSON.stringify(request.tools).length
  return Math.ceil((fixed + tools) * tokensPerChar) + estimateMessages(request.messages)
}

function estimateMessages(messages: readonly Message[]): number {
  let tokens = 0
  for (const message of messages) {
    tokens += tokensPerMessage
    for (const block of message.content) tokens += estimateBlock(block)
  }
  return Math.ceil(tokens)
}

function estimateBlock(block: Message['content'][number]): number {
  switch (block.type) {
    case 'text':
    case 'thinking':
      return textTokens(block.text)
    case 'image':
      return tokensPerImage
    case 'call':
      return textTokens(block.name) + textTokens(JSON.stringify(block.input))
    case 'result':
      return block.content.reduce((sum, part) => sum + estimateBlock(part), tokensPerMessage)
  }
}

/** Text outside ASCII takes about one token a character. */
function textTokens(text: string): number {
  let wide = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x2e7f) wide++
  return (text.length - wide) * tokensPerChar + wide
}
