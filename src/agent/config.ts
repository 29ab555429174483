/** Everything impure that the loop needs, as one object. The loop itself only decides what happens next. */
import type { JsonObject } from '../base/json.ts'
import type { AppEvent } from '../contract/event.ts'
import type { UserMessage } from '../contract/message.ts'
import type { Decision, Gate } from '../contract/permission.ts'
import type { Effort, ModelInfo, ModelRequest, Provider, ToolSpec } from '../contract/provider.ts'
import type { EntryBody } from '../contract/session.ts'
import type { AnyTool, ToolContext } from '../contract/tool.ts'
import type { ContextCare } from './context-care.ts'

export interface AgentConfig {
  provider: Provider
  model: string
  info: ModelInfo
  system: { text: string; stable: boolean }[]
  tools: readonly AnyTool[]
  /** The tools as every request names them. */
  toolSpecs: ToolSpec[]
  aliases: NameAliases
  gate: Gate
  limits: RunLimits
  effort?: Effort
  maxOutputTokens?: number
  temperature?: number
  outputSchema?: JsonObject
  /** Why the final text is not what was asked for; the model is told and may try again. */
  checkAnswer?(text: string): Promise<string | undefined>
  recipe?: string
  /** Without it a conversation that does not fit is an error. */
  care?: ContextCare
  /** False where the model has no native calls: tools, calls and results are then sent as text. */
  nativeCalls: boolean
  /** Calls written as text are looked for: hosts whose models may not know the native form. */
  textCalls: boolean
  context(callId: string, signal: AbortSignal): ToolContext
  emit(event: AppEvent): void
  /** Takes secrets out of what a tool answered, before the model, the record and the person get it. */
  mask?(text: string): string
  /** Why a call must not be made, whatever the gate would say: a sentence for the model. */
  refuse?(tool: string, input: JsonObject): Promise<string | undefined>
  /** What was refused to the command of a call while it ran. */
  deniedMeanwhile?(callId: string): Extract<Decision, { allow: false }> | undefined
  /** Durable when it returns the id of the entry. */
  record(body: EntryBody): number
  /** What is streamed of the answer, so that a crash does not lose it; an empty text voids all of it. */
  draft(added: string): void
  /** Text a person typed meanwhile; taking it removes it. `queue` is only taken when the turn would end. */
  take(how: 'steer' | 'queue'): UserMessage[]
  /** What came to pass meanwhile and the model should know, in codi's words; taking it removes it. */
  takeNotes?(): string[]
  /** What the model is told that would end its run with work of its own open; undefined: it may end. */
  reminder?(): string | undefined
  /** Text to add to the result of a call that touched these paths (instructions of a nested directory). */
  afterCall?(paths: string[]): Promise<string | undefined>
  /** Why a request must not be sent, for what it would cost; asked before each. */
  afford?(
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<{ stop: 'max_cost' | 'budget'; message: string } | undefined>
  /** Asks whether to go on although the model repeats itself; without it the run stops. */
  goOn?(question: string, signal: AbortSignal): Promise<boolean>
}

/** What models call our tools and parameters by mistake. */
export interface NameAliases {
  tools: Readonly<Record<string, string>>
  /** Wrong parameter name -> right ones, the first that the tool has is meant. */
  parameters: Readonly<Record<string, readonly string[]>>
}

export interface RunLimits {
  /** Model requests in one run. */
  maxTurns: number
  maxCostUsd?: number
  /** Milliseconds since the epoch after which the run stops. */
  deadlineMs?: number
}
