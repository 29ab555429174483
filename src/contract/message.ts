/**
 * The conversation, as codi stores it and as every provider translates it.
 * Plain data only: it is written to the session store and crosses to child processes as JSON.
 */
import type { JsonObject, JsonValue } from '../base/json.ts'

export interface TextBlock {
  type: 'text'
  text: string
}

/** An image; `data` is base64. */
export interface ImageBlock {
  type: 'image'
  mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  data: string
  /** Where it came from, for people (a path or "pasted image"). */
  name?: string
}

/**
 * What a model thought. `opaque` is what its wire wants back unchanged (a signature, a redacted block,
 * an encrypted reasoning item); it is sent back only to the provider named in `wire`.
 */
export interface ThinkingBlock {
  type: 'thinking'
  text: string
  wire: string
  opaque?: JsonValue
}

/**
 * One tool call asked for by the model. `input` is the parsed argument object. When the argument text could not be
 * parsed even after repair, `input` is `{}` and `malformed` holds the raw text: the call is answered with an error.
 */
export interface CallBlock {
  type: 'call'
  id: string
  name: string
  input: JsonObject
  malformed?: string
}

/**
 * The one answer to a call. The model reads `content`; `data` is the same as plain data for programs
 * (`codi tool --json`, the builtin provider) and is never sent over a model wire.
 */
export interface ResultBlock {
  type: 'result'
  callId: string
  name: string
  content: (TextBlock | ImageBlock)[]
  isError: boolean
  data?: JsonValue
  /** Id under which recall_result has all of what was cut when it came. */
  keptAs?: string
  /** Its last block is codi's own: instructions of a directory that the call touched. */
  instructed?: true
  /** All of it was left out to save room: `content` is only a mark. Never on record. */
  elided?: true
}

export interface UserMessage {
  role: 'user'
  content: (TextBlock | ImageBlock)[]
}

export interface AssistantMessage {
  role: 'assistant'
  content: (TextBlock | ThinkingBlock | CallBlock)[]
}

/** The results of all calls of the assistant message before it, in call order. */
export interface ToolMessage {
  role: 'tool'
  content: ResultBlock[]
}

export type Message = UserMessage | AssistantMessage | ToolMessage

/** Tokens as the provider counted them. `inputTokens` leaves out what was read from or written to a cache. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  /** Of the output: never counted twice. */
  reasoningTokens: number
  /** Dollars, where the host itself says what it took, or the ledger has worked it out; null: nobody knows. */
  costUsd?: number | null
  /** The provider did not count (all of) it: it is guessed from the text. */
  estimated?: true
}

export const noUsage: Readonly<Usage> = Object.freeze({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
})
