/**
 * The agent loop: request, answer, calls, results, and again until the model is done or something stops it. It imports
 * no provider, no tool and no terminal; it cannot run for ever.
 */
import { errorMessage, isAbort } from '../base/errors.ts'
import type { ContextItem } from '../contract/context-items.ts'
import { costOf } from '../contract/cost.ts'
import type { CallBlock } from '../contract/message.ts'
import { noUsage } from '../contract/message.ts'
import { runCalls } from './calls.ts'
import type { AgentConfig } from './config.ts'
import { withDeadline } from './deadline.ts'
import {
  done,
  type Ending,
  emptyTwice,
  interrupted,
  type LoopOutcome,
  misfit,
  naturalEnding,
  outcomeOf,
  stoppedByPerson,
  timeUp,
} from './ending.ts'
import { continueText, correctionText, emptyText } from './own-words.ts'
import { watchRepetition } from './repetition.ts'
import { findTool } from './resolve.ts'
import { learnFrom, sendRequest } from './send.ts'
import {
  addCost,
  deliver,
  keepAnswer,
  keepResults,
  newState,
  type RunState,
  tellModel,
} from './state.ts'
import { extractTextCalls } from './text-calls.ts'
import type { TurnOutcome } from './turn.ts'

/** How often an answer that was cut at the output limit is continued. */
const maxContinuations = 3
/** How often an answer that does not fit its schema is sent back. */
const maxCorrections = 2

/** Runs until the end; `history` ends with the message to answer. Never throws. */
export async function runLoop(
  config: AgentConfig,
  history: readonly ContextItem[],
  signal: AbortSignal,
): Promise<LoopOutcome> {
  const state = newState(config, history)
  const deadline = withDeadline(signal, config.limits.deadlineMs)
  try {
    const ending = await runTurns(config, state, deadline.signal)
    return outcomeOf(state, deadline.passed() && ending !== done ? timeUp : ending)
  } catch (thrown) {
    if (deadline.passed()) return outcomeOf(state, timeUp)
    if (isAbort(thrown) || signal.aborted) return outcomeOf(state, interrupted)
    return outcomeOf(state, { stop: 'error', message: errorMessage(thrown) })
  } finally {
    deadline.clear()
  }
}

async function runTurns(
  config: AgentConfig,
  state: RunState,
  signal: AbortSignal,
): Promise<Ending> {
  const repetition = watchRepetition()
  let continuations = 0
  let corrections = 0
  let empty = false
  for (;;) {
    const limit = limitReached(config, state, signal)
    if (limit) return limit
    for (const note of config.takeNotes?.() ?? []) tellModel(config, state, note)
    const answer = await requestAnswer(config, state, signal)
    if ('stopped' in answer) return answer.stopped

    if (answer.calls.length === 0) {
      answer.endTurn()
      if (signal.aborted) return interrupted
      if (deliver(config, state, 'steer') || deliver(config, state, 'queue')) continue
      if (answer.stop === 'length' && continuations++ < maxContinuations) {
        tellModel(config, state, continueText)
        continue
      }
      if (state.text.trim() !== '' || answer.stop !== 'end') {
        const ending = naturalEnding(answer.stop, state)
        const problem = ending === done ? await config.checkAnswer?.(state.text) : undefined
        if (problem === undefined) {
          const reminder = ending === done ? config.reminder?.() : undefined
          if (reminder === undefined) return ending
          tellModel(config, state, reminder)
          continue
        }
        if (corrections++ >= maxCorrections) return misfit(problem)
        tellModel(config, state, correctionText(problem))
        continue
      }
      if (empty) return emptyTwice
      empty = true
      tellModel(config, state, emptyText)
      continue
    }

    empty = false
    continuations = 0
    const outcomes = await runCalls(config, answer.calls, signal)
    keepResults(state, outcomes)
    answer.endTurn()
    if (signal.aborted) return interrupted
    if (outcomes.some((outcome) => outcome.denial?.abort)) return stoppedByPerson
    if (deliver(config, state, 'steer')) repetition.reset()
    const circle = repetition.note(outcomes)
    if (circle === undefined) continue
    const goOn = await config.goOn?.(`The model ${circle}. Let it go on?`, signal)
    if (!goOn) return { stop: 'loop', message: `Stopped: the model ${circle}` }
    repetition.reset()
  }
}

interface Answer {
  calls: CallBlock[]
  stop: Extract<TurnOutcome, { ok: true }>['stop']
  endTurn(): void
}

/** One request, kept and accounted; or why there is no answer. */
async function requestAnswer(
  config: AgentConfig,
  state: RunState,
  signal: AbortSignal,
): Promise<Answer | { stopped: Ending }> {
  let started = 0
  function begin(): void {
    started = performance.now()
    config.emit({ type: 'turn_start', turn: ++state.turns })
  }
  const sent = await sendRequest(config, state, { begin, signal })
  if ('stopped' in sent) return sent
  const { request, outcome } = sent
  if (!outcome.ok) return { stopped: failedTurn(config, state, outcome) }
  const { stop, usage, model } = outcome
  const message = config.textCalls
    ? extractTextCalls(outcome.message, (name) => isToolName(config, name))
    : outcome.message
  learnFrom(config, state, { request, usage })
  keepAnswer(config, state, { message, usage, stop })
  state.model = model
  return {
    stop,
    calls: message.content.filter((block): block is CallBlock => block.type === 'call'),
    endTurn: () =>
      config.emit({
        type: 'turn_end',
        turn: state.turns,
        usage: usage ?? { ...noUsage },
        costUsd: costOf(
          usage ?? noUsage,
          usage ? config.info : { free: config.info.free ?? false },
        ),
        ms: Math.round(performance.now() - started),
      }),
  }
}

function limitReached(
  config: AgentConfig,
  state: RunState,
  signal: AbortSignal,
): Ending | undefined {
  if (signal.aborted) return interrupted
  const { maxTurns, maxCostUsd } = config.limits
  if (state.turns >= maxTurns)
    return { stop: 'max_turns', message: `Stopped after ${maxTurns} turns (--max-turns)` }
  // Where somebody watches over it, a person may have let the run go on.
  if (
    !config.afford &&
    maxCostUsd !== undefined &&
    state.costUsd !== null &&
    state.costUsd >= maxCostUsd
  )
    return {
      stop: 'max_cost',
      message: `Stopped at $${state.costUsd.toFixed(4)}: the limit is $${maxCostUsd} (--max-cost)`,
    }
  return undefined
}

/** Keeps what a person has already seen of an answer that never came to its end. */
function failedTurn(
  config: AgentConfig,
  state: RunState,
  { failure, text, usage }: Extract<TurnOutcome, { ok: false }>,
): Ending {
  if (text !== '')
    keepAnswer(config, state, {
      message: { role: 'assistant', content: [{ type: 'text', text }] },
      usage,
      stop: 'interrupted',
    })
  else if (usage) addCost(config, state, usage)
  if (failure.kind === 'cancelled') return interrupted
  if (failure.kind === 'budget') return { stop: 'budget', message: failure.message }
  return { stop: 'error', message: failure.message, kind: failure.kind }
}

function isToolName(config: AgentConfig, name: string): boolean {
  return findTool(name, config.tools, config.aliases) !== undefined
}
