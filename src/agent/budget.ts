/**
 * What a request needs of the model's window: what the provider counted for the request before, and an estimate for the
 * rest; how much may be used, and where relief begins and ends.
 */
import type { Usage } from '../contract/message.ts'
import type { ModelInfo, ModelRequest } from '../contract/provider.ts'
import type { Meter } from './meter.ts'

/** Room that an answer needs at the least. */
const minOutputTokens = 1024
const defaultOutputTokens = 16_384
const maxOutputTokens = 32_000
/** Of the window, kept free for the answer at most; a small window must not be half answer. */
const maxAnswerShare = 1 / 4
/** Of the trigger: relief goes on down to there, so that the next is not needed at once. */
const relieveToShare = 0.75

export interface Limits {
  /** Undefined where nobody knows. */
  window: number | undefined
  /** Share of the usable window at which relief begins. */
  compactAt: number
}

export interface Budget {
  /** Tokens of the whole request as sent. */
  inputTokens: number
  window: number | undefined
  /** The window without the room for an answer. */
  usable: number
  /** Above it there is relief … */
  trigger: number
  /** … down to here. */
  target: number
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
  options: { info: ModelInfo; limits: Limits; counted: Counted | undefined; meter: Meter },
): Budget {
  const { info, limits, counted, meter } = options
  const { window } = limits
  const inputTokens = counted
    ? counted.tokens + meter.messages(request.messages.slice(counted.messages))
    : meter.fixed(request) + meter.messages(request.messages)
  const wanted =
    request.maxOutputTokens ??
    Math.min(info.maxOutputTokens ?? defaultOutputTokens, maxOutputTokens)
  const levels = levelsOf(wanted, limits)
  if (window === undefined) return { inputTokens, ...levels, maxOutputTokens: wanted, fits: true }
  const room = window - inputTokens
  return {
    inputTokens,
    ...levels,
    maxOutputTokens: Math.max(1, Math.min(wanted, room)),
    fits: room >= Math.min(minOutputTokens, window / 8),
  }
}

function levelsOf(
  wanted: number,
  { window, compactAt }: Limits,
): Pick<Budget, 'window' | 'usable' | 'trigger' | 'target'> {
  const endless = Number.POSITIVE_INFINITY
  if (window === undefined) return { window, usable: endless, trigger: endless, target: endless }
  const usable = window - Math.min(wanted, Math.floor(window * maxAnswerShare))
  const trigger = Math.floor(usable * compactAt)
  return { window, usable, trigger, target: Math.floor(trigger * relieveToShare) }
}

/** All tokens that the provider read for a request. */
export function readTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
}
