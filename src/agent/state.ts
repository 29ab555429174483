/** What a run has come to so far, and how it is kept: nothing is in memory that is not on record. */
import type { AssistantMessage, Message, Usage } from '../contract/message.ts'
import { noUsage } from '../contract/message.ts'
import { type Counted, readTokens } from './budget.ts'
import type { CallOutcome } from './calls.ts'
import type { AgentConfig } from './config.ts'
import { addUsage, costOf } from './cost.ts'

export interface RunState {
  messages: Message[]
  turns: number
  calls: CallOutcome[]
  usage: Usage
  costUsd: number | null
  /** Text of the last assistant message. */
  text: string
  /** The model that answered last. */
  model: string
  counted: Counted | undefined
}

export function newState(config: AgentConfig, history: readonly Message[]): RunState {
  return {
    messages: [...history],
    turns: 0,
    calls: [],
    usage: { ...noUsage },
    costUsd: config.info.free || config.info.price ? 0 : null,
    text: '',
    model: config.model,
    counted: undefined,
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
    state.messages.push(message)
    config.record({
      type: 'message',
      message,
      provider: config.provider.name,
      model: config.model,
      stop,
      ...(usage ? { usage, costUsd: costOf(usage, config.info) } : {}),
    })
  }
  config.draft('')
  if (usage && readTokens(usage) > 0) {
    state.counted = {
      messages: state.messages.length,
      tokens: readTokens(usage) + usage.outputTokens,
    }
  }
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
  state.messages.push(message)
  config.record({ type: 'message', message })
}

function textOfMessage(message: Message): string {
  let text = ''
  for (const block of message.content) if (block.type === 'text') text += block.text
  return text
}
