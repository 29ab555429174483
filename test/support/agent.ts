/** A loop configuration with small real tools, and everything that happened kept for a test to look at. */
import { Type } from '@sinclair/typebox'
import { textOf } from '../../src/agent/calls.ts'
import type { AgentConfig } from '../../src/agent/config.ts'
import { toolSpecs } from '../../src/agent/prompt.ts'
import type { ContextItem } from '../../src/contract/context-items.ts'
import type { AppEvent } from '../../src/contract/event.ts'
import type { Message } from '../../src/contract/message.ts'
import type { Mode, Person } from '../../src/contract/permission.ts'
import type { EntryBody } from '../../src/contract/session.ts'
import type { AnyTool, ToolContext } from '../../src/contract/tool.ts'
import { openGate } from '../../src/permissions/gate.ts'

export interface AgentTrace {
  config: AgentConfig
  events: AppEvent[]
  entries: EntryBody[]
  log: string[]
}

export function userMessage(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** What a run begins with: one item a message. */
export function itemsFrom(messages: readonly Message[]): ContextItem[] {
  return messages.map((message, index) => ({ entry: index + 1 - messages.length, message }))
}

/** What these calls were answered, as it is on record. */
export function resultTexts({ entries }: AgentTrace, calls: readonly { id: string }[]): string[] {
  return calls.map(({ id }) => {
    const entry = entries.find((one) => one.type === 'result' && one.result.callId === id)
    return entry?.type === 'result' ? textOf(entry.result.content) : ''
  })
}

/** `read` and `write` tools that log when they begin and end; `fail` throws. */
export function loggingTools(log: string[]): AnyTool[] {
  const input = Type.Object({ name: Type.String(), count: Type.Optional(Type.Integer()) })
  const tool = (name: string, effect: AnyTool['effect']): AnyTool => ({
    name,
    text: `${name} something`,
    input,
    effect,
    request: async (value: { name: string }) => ({
      summary: `${name} ${value.name}`,
      paths: [],
      hosts: [],
    }),
    async run(value: { name: string }) {
      log.push(`${name} ${value.name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      log.push(`${name} ${value.name} ends`)
      return { content: `${name} ${value.name}` }
    },
  })
  return [
    tool('read', 'read'),
    tool('write', 'write'),
    {
      name: 'fail',
      text: 'fails',
      input,
      effect: 'read',
      run: async (value: { name: string }) => {
        throw new Error(`cannot ${value.name}`)
      },
    },
  ]
}

export function agentTrace(
  provider: AgentConfig['provider'],
  options: {
    mode?: Mode
    person?: Person
    overrides?: Partial<AgentConfig>
    tools?: (log: string[]) => AnyTool[]
  } = {},
): AgentTrace {
  const events: AppEvent[] = []
  const entries: EntryBody[] = []
  const log: string[] = []
  const tools = (options.tools ?? loggingTools)(log)
  const config: AgentConfig = {
    provider,
    model: 'model-1',
    info: { id: 'model-1', free: true },
    system: [{ text: 'system', stable: true }],
    tools,
    toolSpecs: toolSpecs(tools),
    aliases: { tools: { cat: 'read' }, parameters: { file: ['name'] } },
    gate: openGate({ mode: options.mode ?? 'auto', person: () => options.person }),
    limits: { maxTurns: 20 },
    nativeCalls: true,
    textCalls: false,
    // The small tools above use nothing of their context.
    context: (callId, signal) => ({ callId, signal }) as ToolContext,
    emit: (event) => void events.push(event),
    // Ids count from 1 on, as those of a session do.
    record: (body) => entries.push(body),
    draft: () => undefined,
    take: () => [],
    ...options.overrides,
  }
  return { config, events, entries, log }
}
