/**
 * The agent loop: request, answer, calls, results, and again until the model is done or something stops it. It imports
 * no provider, no tool and no terminal; it cannot run for ever.
 */
import { isAbort } from '../base/errors.ts'
import type { RunStop } from '../contract/event.ts'
import type { AssistantMessage, CallBlock, Message, Usage } from '../contract/message.ts'
import { noUsage } from '../contract/message.ts'
import type { FailureKind, ModelRequest, StopReason } from '../contract/provider.ts'
import { budgetOf, type Counted, readTokens } from './budget.ts'
import { type CallOutcome, runCalls } from './calls.ts'
import type { AgentConfig } from './config.ts'
import { addUsage, costOf } from './cost.ts'
import { toolSpecs } from './prompt.ts'
import { watchRepetition } from './repetition.ts'
import { findTool } from './resolve.ts'
import { extractTextCalls } from './text-calls.ts'
import { toTextForm } from './text-form.ts'
import { takeTurn } from './turn.ts'

/** How often an answer that was cut at the output limit is continued. */
const maxContinuations = 3

export interface LoopOutcome {
  stop: RunStop
  /** Text of the last assistant message. */
  text: string
  turns: number
  calls: CallOutcome[]
  usage: Usage
  costUsd: number | null
  /** Set when `stop` is not `end`. */
  failure: { kind: FailureKind | RunStop; message: string } | undefined
  /** The model that answered last. */
  model: string
}

interface LoopState {
  messages: Message[]
  turns: number
  calls: CallOutcome[]
  usage: Usage
  costUsd: number | null
  text: string
  model: string
  counted: Counted | undefined
}

type Ending = { stop: RunStop; message: string; kind?: FailureKind } | 'done' | undefined

/** Runs until the end; `history` ends with the message to answer. Never throws. */
export async function runLoop(
  config: AgentConfig,
  history: readonly Message[],
  signal: AbortSignal,
): Promise<LoopOutcome> {
  const state: LoopState = {
    messages: [...history],
    turns: 0,
    calls: [],
    usage: { ...noUsage },
    costUsd: config.info.free || config.info.price ? 0 : null,
    text: '',
    model: config.model,
    counted: undefined,
  }
  const deadline = withDeadline(signal, config.limits.deadlineMs)
  try {
    const ending = await runTurns(config, state, deadline.signal)
    return outcomeOf(state, deadline.passed() ? timeoutEnding(ending) : ending)
  } catch (thrown) {
    if (isAbort(thrown) || deadline.signal.aborted)
      return outcomeOf(state, deadline.passed() ? timeoutEnding(undefined) : interrupted)
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return outcomeOf(state, { stop: 'error', message })
  } finally {
    deadline.clear()
  }
}

async function runTurns(
  config: AgentConfig,
  state: LoopState,
  signal: AbortSignal,
): Promise<Ending> {
  const repetition = watchRepetition()
  let continuations = 0
  let empty = 0
  for (;;) {
    const stopped = limitReached(config, state, signal)
    if (stopped) return stopped
    const started = performance.now()
    const request = buildRequest(config, state.messages)
    const budget = budgetOf(request, config.info, state.counted)
    if (!budget.fits) return overflow(budget.inputTokens, budget.window ?? 0)
    state.turns++
    config.emit({ type: 'turn_start', turn: state.turns })
    const answer = await takeTurn(
      config,
      { ...request, maxOutputTokens: budget.maxOutputTokens },
      signal,
    )
    if (!answer.ok) return failedTurn(config, state, answer)

    const message = config.textCalls
      ? extractTextCalls(answer.message, (name) => isToolName(config, name))
      : answer.message
    const calls = message.content.filter((block): block is CallBlock => block.type === 'call')
    account(config, state, message, answer.usage, answer.stop)
    state.model = answer.model
    if (answer.usage && readTokens(answer.usage) > 0)
      state.counted = {
        messages: state.messages.length,
        tokens: readTokens(answer.usage) + answer.usage.outputTokens,
      }
    const endTurn = () =>
      config.emit({
        type: 'turn_end',
        turn: state.turns,
        usage: answer.usage ?? { ...noUsage },
        costUsd: answer.usage ? costOf(answer.usage, config.info) : null,
        ms: Math.round(performance.now() - started),
      })

    if (calls.length === 0) {
      endTurn()
      if (signal.aborted) return interrupted
      if (deliver(config, state, 'steer') || deliver(config, state, 'queue')) continue
      if (answer.stop === 'length' && continuations++ < maxContinuations) {
        say(config, state, continueText)
        continue
      }
      if (isEmpty(message) && answer.stop === 'end') {
        if (empty++ > 0)
          return { stop: 'error', message: 'The model answered nothing, twice', kind: 'protocol' }
        say(config, state, emptyText)
        continue
      }
      return endOf(answer.stop, state)
    }

    empty = continuations = 0
    const outcomes = await runCalls(config, calls, signal)
    state.calls.push(...outcomes)
    state.messages.push({ role: 'tool', content: outcomes.map((outcome) => outcome.result) })
    endTurn()
    if (signal.aborted) return interrupted
    if (outcomes.some((outcome) => outcome.denial?.abort))
      return { stop: 'denied', message: 'Stopped: the permission was denied' }
    if (deliver(config, state, 'steer')) repetition.reset()
    const circle = repetition.note(outcomes)
    if (circle !== undefined) {
      const goOn = await config.goOn?.(`The model ${circle}. Let it go on?`, signal)
      if (!goOn) return { stop: 'loop', message: `Stopped: the model ${circle}` }
      repetition.reset()
    }
  }
}

const interrupted: Ending = { stop: 'interrupted', message: 'Interrupted' }
const continueText =
  'Your answer was cut at the output limit. Continue exactly where it stopped, without repeating anything.'
const emptyText = 'Your answer was empty. Answer the request, or say what is in the way.'

/** What is sent to the model for these messages. */
export function buildRequest(config: AgentConfig, messages: Message[]): ModelRequest {
  return {
    model: config.model,
    system: config.system,
    messages: config.nativeCalls ? messages : toTextForm(messages),
    tools: config.nativeCalls ? toolSpecs(config.tools) : [],
    ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    ...(config.effort === undefined ? {} : { effort: config.effort }),
    ...(config.outputSchema === undefined ? {} : { outputSchema: config.outputSchema }),
    ...(config.recipe === undefined ? {} : { recipe: config.recipe }),
  }
}

function limitReached(config: AgentConfig, state: LoopState, signal: AbortSignal): Ending {
  if (signal.aborted) return interrupted
  const { maxTurns, maxCostUsd } = config.limits
  if (state.turns >= maxTurns)
    return { stop: 'max_turns', message: `Stopped after ${maxTurns} turns (--max-turns)` }
  if (maxCostUsd !== undefined && state.costUsd !== null && state.costUsd >= maxCostUsd)
    return {
      stop: 'max_cost',
      message: `Stopped at $${state.costUsd.toFixed(4)}: the limit is $${maxCostUsd} (--max-cost)`,
    }
  return undefined
}

function overflow(tokens: number, window: number): Ending {
  return {
    stop: 'error',
    kind: 'context_overflow',
    message:
      `The conversation needs about ${tokens} tokens, but the model's window is ${window}: ` +
      'start a new one (/new), give less input, or choose a model with a larger window',
  }
}

function failedTurn(
  config: AgentConfig,
  state: LoopState,
  answer: Extract<Awaited<ReturnType<typeof takeTurn>>, { ok: false }>,
): Ending {
  if (answer.usage) addCost(config, state, answer.usage)
  if (answer.text !== '') {
    state.text = answer.text
    const partial: AssistantMessage = {
      role: 'assistant',
      content: [{ type: 'text', text: answer.text }],
    }
    keep(config, state, partial, answer.usage, 'interrupted')
  }
  if (answer.failure.kind === 'cancelled') return interrupted
  return { stop: 'error', message: answer.failure.message, kind: answer.failure.kind }
}

function account(
  config: AgentConfig,
  state: LoopState,
  message: AssistantMessage,
  usage: Usage | undefined,
  stop: StopReason,
): void {
  if (usage) addCost(config, state, usage)
  state.text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  if (message.content.length > 0) keep(config, state, message, usage, stop)
}

function addCost(config: AgentConfig, state: LoopState, usage: Usage): void {
  state.usage = addUsage(state.usage, usage)
  const cost = costOf(usage, config.info)
  state.costUsd = state.costUsd === null || cost === null ? null : state.costUsd + cost
}

function keep(
  config: AgentConfig,
  state: LoopState,
  message: AssistantMessage,
  usage: Usage | undefined,
  stop: string,
): void {
  state.messages.push(message)
  config.record({
    type: 'message',
    message,
    provider: config.provider.name,
    model: config.model,
    stop,
    ...(usage ? { usage, costUsd: costOf(usage, config.info) } : {}),
  })
  config.draft('')
}

function say(config: AgentConfig, state: LoopState, text: string): void {
  const message: Message = { role: 'user', content: [{ type: 'text', text }] }
  state.messages.push(message)
  config.record({ type: 'message', message })
}

/** Puts what a person typed meanwhile into the conversation; true when there was something. */
function deliver(config: AgentConfig, state: LoopState, how: 'steer' | 'queue'): boolean {
  const messages = config.take(how)
  for (const message of messages) {
    state.messages.push(message)
    config.record({ type: 'message', message })
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    config.emit({ type: 'delivered', how, text })
  }
  return messages.length > 0
}

function isToolName(config: AgentConfig, name: string): boolean {
  return findTool(name, config.tools, config.aliases) !== undefined
}

function isEmpty(message: AssistantMessage): boolean {
  return message.content.every((block) => block.type !== 'text' || block.text.trim() === '')
}

function endOf(stop: StopReason, state: LoopState): Ending {
  if (stop === 'refused') return { stop: 'refused', message: 'The model refused to answer' }
  if (stop === 'length')
    return { stop: 'length', message: 'The answer was cut at the output limit' }
  if (deniedAtTheEnd(state))
    return {
      stop: 'denied',
      message: 'A needed permission was denied; see the answer for what was not done',
    }
  return 'done'
}

/** The last thing the model tried before it gave its answer was refused by a person, or nobody could be asked. */
function deniedAtTheEnd(state: LoopState): boolean {
  const last = state.messages.findLast((message) => message.role === 'tool')
  if (!last) return false
  return state.calls
    .slice(-last.content.length)
    .some((outcome) => outcome.denial?.by === 'nobody' || outcome.denial?.by === 'rule')
}

function outcomeOf(state: LoopState, ending: Ending): LoopOutcome {
  const base = {
    text: state.text,
    turns: state.turns,
    calls: state.calls,
    usage: state.usage,
    costUsd: state.costUsd,
    model: state.model,
  }
  if (ending === 'done' || ending === undefined) return { ...base, stop: 'end', failure: undefined }
  return {
    ...base,
    stop: ending.stop,
    failure: { kind: ending.kind ?? ending.stop, message: ending.message },
  }
}

/** The run's own deadline as part of its signal. */
function withDeadline(
  signal: AbortSignal,
  deadlineMs: number | undefined,
): { signal: AbortSignal; passed(): boolean; clear(): void } {
  if (deadlineMs === undefined) return { signal, passed: () => false, clear: () => undefined }
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), Math.max(0, deadlineMs - Date.now()))
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    passed: () => controller.signal.aborted && !signal.aborted,
    clear: () => clearTimeout(timer),
  }
}

function timeoutEnding(ending: Ending): Ending {
  return ending === 'done'
    ? ending
    : { stop: 'timeout', message: 'Stopped: the time is up (--timeout)' }
}
