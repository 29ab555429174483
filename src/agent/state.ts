/** What a run has come to so far, and how it is kept: nothing is in memory that is not on record. */

import type { ContextItem } from '../contract/context-items.ts'
import { addUsage, costOf } from '../contract/cost.ts'
import type { AssistantMessage, Message, Usage } from '../contract/message.ts'
import { noUsage } from '../contract/message.ts'
import type { Counted } from './budget.ts'
import { type CallRecord, callRecord } from './call-record.ts'
import type { CallOutcome } from './calls.ts'
import type { AgentConfig } from './config.ts'

export interface RunState {
  /** What the next request sends. */
  items: ContextItem[]
  turns: number
  calls: CallRecord[]
  usage: Usage
  costUsd: number | null
  /** Text of the last assistant message. */
  text: string
  /** The model that answered last. */
  model: string
  counted: Counted | undefined
  /** Tokens that fit into a request and its answer, as far as one knows by now. */
  window: number | undefined
  /** The most tokens of a request that was answered. */
  accepted: number
  /** Since the last answer. */
  reliefs: number
  /** What was left by a relief that did not come below its trigger; 0 where the last one did. */
  reliefFloor: number
}

export function newState(config: AgentConfig, history: readonly ContextItem[]): RunState {
  return {
    items: [...history],
    turns: 0,
    calls: [],
    usage: { ...noUsage },
    costUsd: config.info.free || config.info.price ? 0 : null,
    text: '',
    model: config.model,
    counted: undefined,
    window: config.info.contextWindow,
    accepted: 0,
    reliefs: 0,
    reliefFloor: 0,
  }
}

/** Takes an answer, whole or as far as it came, into the conversation. */
export function keepAnswer(
  config: AgentConfig,
  state: RunState,
  answer: { message: AssistantMessage; usage: Usage | undefined; stop: string },
): void {
  const { message, usage, stop } = answer
  if (usage) addCost(config, state, usage)
  state.text = textOfMessage(message)
  if (message.content.length > 0) {
    const entry = config.record({
      type: 'message',
      message,
      provider: config.provider.name,
      model: config.model,
      stop,
      ...(usage ? { usage, costUsd: costOf(usage, config.info) } : {}),
    })
    state.items.push({ entry, message })
    state.reliefs = 0
  }
  config.draft('')
}

/** The results of the last message's calls; they are on record already. */
export function keepResults(state: RunState, outcomes: readonly CallOutcome[]): void {
  state.calls.push(...outcomes.map(callRecord))
  const entry = state.items.at(-1)?.entry ?? 0
  const content = outcomes.map((outcome) => outcome.result)
  state.items.push({ entry, message: { role: 'tool', content } })
}

export function addCost(config: AgentConfig, state: RunState, usage: Usage): void {
  state.usage = addUsage(state.usage, usage)
  const cost = costOf(usage, config.info)
  state.costUsd = state.costUsd === null || cost === null ? null : state.costUsd + cost
}

/** The loop's own word to the model. */
export function tellModel(config: AgentConfig, state: RunState, text: string): void {
  addMessage(config, state, { role: 'user', content: [{ type: 'text', text }] })
}

/** Puts what a person typed meanwhile into the conversation; true when there was something. */
export function deliver(config: AgentConfig, state: RunState, how: 'steer' | 'queue'): boolean {
  const messages = config.take(how)
  for (const message of messages) {
    addMessage(config, state, message)
    config.emit({ type: 'delivered', how, text: textOfMessage(message) })
  }
  return messages.length > 0
}

function addMessage(config: AgentConfig, state: RunState, message: Message): void {
  const entry = config.record({ type: 'message', message })
  state.items.push({ entry, message })
}

function textOfMessage(message: Message): string {
  let text = ''
  for (const block of message.content) if (block.type === 'text') text += block.text
  return text
}
