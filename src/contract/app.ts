/**
 * What a front end may call. One App is one session in one workspace; it is built by app/app.ts and closed by whoever
 * built it. Everything that happens meanwhile is told on `bus`.
 */
import type { JsonObject } from '../base/json.ts'
import type { ContextDesk } from './context.ts'
import type { EventBus, RunResult } from './event.ts'
import type { Goals } from './goal.ts'
import type { History } from './history.ts'
import type { Memory } from './memory.ts'
import type { ImageBlock, ResultBlock } from './message.ts'
import type { Gate, Person } from './permission.ts'
import type { Plans } from './plan.ts'
import type { ModelInfo, ModelRequest, ToolSpec } from './provider.ts'
import type { SandboxPolicy } from './sandbox-service.ts'
import type { SessionSummary } from './session.ts'
import type { SessionAccess } from './session-access.ts'
import type { Settings } from './settings.ts'
import type { TaskRun } from './task-run.ts'
import type { Todo } from './todo.ts'
import type { ToolServices, Workspace } from './tool.ts'
import type { Tries } from './tries.ts'
import type { TrustReview } from './trust.ts'
import type { UsageDesk } from './usage.ts'

export interface App {
  readonly bus: EventBus
  readonly settings: Settings
  readonly workspace: Workspace
  readonly gate: Gate
  readonly services: ToolServices
  /** What commands of this session may do. */
  readonly sandbox: SandboxPolicy
  /** What commands did on copies, kept aside. */
  readonly tries: Tries
  readonly todo: Todo
  /** What requests took, and what is left of budgets. */
  readonly usage: UsageDesk
  readonly goals: Goals
  readonly plans: Plans
  readonly memory: Memory
  /** Who answers questions from now on; undefined: nobody, and every question is a denial. */
  person: Person | undefined

  /** One prompt to its end. Never throws: failure is in the result. Only one at a time. */
  run(input: RunInput, signal: AbortSignal): Promise<RunResult>
  /** One tool call through the gate, outside any conversation. */
  callTool(name: string, input: JsonObject, signal: AbortSignal): Promise<ToolCall>
  /**
   * The gate's word on a command that codi runs itself because a person said so (`commit --apply`): what only asks is
   * answered by that. Throws a CodiError of kind `denied`.
   */
  approve(command: string, signal: AbortSignal): Promise<void>
  /** The tools as a model gets them. */
  toolSpecs(): ToolSpec[]
  /** Exactly what `run` would send first. */
  firstRequest(input: RunInput, signal: AbortSignal): Promise<ModelRequest>
  /** Text typed while `run` works: `steer` reaches the model at the next call boundary, `queue` after the turn. */
  deliver(how: 'steer' | 'queue', text: string): void
  /** Text that was given to `deliver` and has not reached the model yet; taking it removes it. */
  takeUndelivered(): string[]

  /** What the next request sends, and what a person does about it. */
  readonly context: ContextDesk

  readonly model: { provider: string; model: string; info: ModelInfo | undefined }
  /** `name` as a person types it: `provider/model`, a model of the current provider, or a provider. */
  setModel(name: string): Promise<void>
  models(signal: AbortSignal): Promise<{ provider: string; model: ModelInfo }[]>

  /** Downloads a model to the Ollama in reach, telling how far it is. Throws a CodiError when it cannot. */
  pullModel(name: string, signal: AbortSignal): AsyncIterable<PullStep>

  /** What the repository brings that is not trusted, where something of it would be in force; else undefined. */
  untrusted(): TrustReview | undefined
  /** Trusts what the review shows; what has changed since stays untrusted. */
  trust(review: TrustReview): Promise<void>
  /** Leaves it untrusted, and asks about just that no more. */
  declineTrust(review: TrustReview): Promise<void>

  /** Undefined until the first entry is written, and always with `--ephemeral`. */
  readonly sessionId: string | undefined
  newSession(): void
  /** Whatever `sessions.find` takes, or undefined for the newest of this directory. Answers what was resumed. */
  resumeSession(id: string | undefined, options?: ResumeOptions): SessionSummary
  readonly sessions: SessionAccess

  /**
   * Indexes the code in the background and follows its files from then on, where the settings want it and the
   * workspace is not somebody's whole home. Answers at once; how far it is comes as `progress`. Safe to call twice.
   */
  followFiles(): void
  /** What was done to files, and its way back. */
  readonly history: History
  /** Figures for `/status`. */
  status(signal: AbortSignal): Promise<StatusRow[]>
  /**
   * Ends workers, closes the store. Answers in a sentence what of the conversation could not be kept and is lost now.
   * Safe to call twice.
   */
  close(): Promise<string | undefined>
}

export interface ResumeOptions {
  /** Go on with a copy; the session itself stays as it is. */
  fork?: boolean
  /** The copy ends before this prompt, counted from 1. */
  prompt?: number
}

export interface RunInput extends TaskRun {
  images?: ImageBlock[]
  /** What was piped in; becomes a <stdin> block of the prompt. */
  stdin?: string
  /** The final text is to be JSON that fits this schema. */
  outputSchema?: JsonObject
  /** A text that does not fit is sent back to the model, and in the end fails the run. */
  checked?: boolean
  /** Only these tools, for this run. */
  toolNames?: readonly string[]
}

export interface ToolCall {
  result: ResultBlock
  /** True when the gate said no. */
  denied: boolean
}

export interface PullStep {
  /** In Ollama's words: `pulling manifest`, `success`. */
  status: string
  /** 0 where there is nothing to count. */
  doneBytes: number
  totalBytes: number
}

export interface StatusRow {
  name: string
  value: string
}
