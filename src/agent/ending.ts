/** How a run ends, and in which words. */
import { formatCount } from '../base/text.ts'
import type { RunStop } from '../contract/event.ts'
import type { Usage } from '../contract/message.ts'
import type { FailureKind, StopReason } from '../contract/provider.ts'
import type { CallRecord } from './call-record.ts'
import type { RunState } from './state.ts'

export interface LoopOutcome {
  stop: RunStop
  text: string
  turns: number
  calls: CallRecord[]
  usage: Usage
  costUsd: number | null
  /** Set when `stop` is not `end`. */
  failure: { kind: FailureKind | RunStop; message: string } | undefined
  model: string
}

export interface Ending {
  stop: RunStop
  message: string
  /** Finer than `stop`, of a failed request. */
  kind?: FailureKind
}

export const done: Ending = { stop: 'end', message: '' }
export const interrupted: Ending = { stop: 'interrupted', message: 'Interrupted' }
export const timeUp: Ending = { stop: 'timeout', message: 'Stopped: the time is up (--timeout)' }
export const stoppedByPerson: Ending = {
  stop: 'denied',
  message: 'Stopped: the permission was denied',
}
export const emptyTwice: Ending = {
  stop: 'error',
  kind: 'protocol',
  message: 'The model answered nothing, twice',
}

/** `fixed`: of the system prompt and the tools; `relieved`: all was done that can be done. */
export function overflow(
  tokens: number,
  { window, fixed, relieved }: { window: number; fixed: number; relieved: boolean },
): Ending {
  const about = `the model's window is ${formatCount(window)}`
  const message =
    fixed > window * maxFixedShare
      ? `The system prompt and the tools alone need about ${formatCount(fixed)} tokens, and ${about}: give it fewer tools (--no-index, toolNames, --no-tools), shorter instructions, or a larger window (contextWindow)`
      : `The conversation needs about ${formatCount(tokens)} tokens, and ${about}${relieved ? ', also without all that can be left out' : ''}: start a new one (/new), give less input, or choose a model with a larger window`
  return { stop: 'error', kind: 'context_overflow', message }
}

/** What is left must hold a question, a result and the answer. */
const maxFixedShare = 0.75

export function misfit(problem: string): Ending {
  return {
    stop: 'error',
    kind: 'protocol',
    message: `The answer is not what was asked for: ${problem}`,
  }
}

/** The end of a run whose last answer has no calls. */
export function naturalEnding(stop: StopReason, state: RunState): Ending {
  if (stop === 'refused') return { stop: 'refused', message: 'The model refused to answer' }
  if (stop === 'length')
    return { stop: 'length', message: 'The answer was cut at the output limit' }
  if (deniedAtTheEnd(state)) {
    return {
      stop: 'denied',
      message: 'A needed permission was denied; the answer says what was not done',
    }
  }
  return done
}

/** The last thing the model tried before it gave its answer was refused, and nobody could be asked. */
function deniedAtTheEnd(state: RunState): boolean {
  const last = state.items.findLast(({ message }) => message.role === 'tool')
  if (!last) return false
  return state.calls
    .slice(-last.message.content.length)
    .some(({ denial }) => denial?.by === 'nobody' || denial?.by === 'rule')
}

export function outcomeOf(state: RunState, ending: Ending): LoopOutcome {
  const { text, turns, calls, usage, costUsd, model } = state
  const failure =
    ending.stop === 'end'
      ? undefined
      : { kind: ending.kind ?? ending.stop, message: ending.message }
  return { stop: ending.stop, text, turns, calls, usage, costUsd, model, failure }
}
