/**
 * A conversation as it is kept: append-only entries, each with a parent; undo and fork move a head, they never
 * rewrite. What was shown to a person is on disk before the next thing is shown.
 */
import type { Message, ResultBlock, Usage } from './message.ts'

export type EntryBody =
  | {
      type: 'message'
      message: Message
      /** Of an assistant message: who answered and what it cost. */
      provider?: string
      model?: string
      usage?: Usage
      costUsd?: number | null
      stop?: string
    }
  /** The answer to one call, kept as soon as it is known; the tool message is put together from these. */
  | { type: 'result'; result: ResultBlock }
  | { type: 'label'; text: string }
  /** Text that was streamed when the process died; it becomes an interrupted assistant message on resume. */
  | { type: 'draft'; text: string }

export type Entry = EntryBody & {
  id: number
  parent: number | null
  /** Milliseconds since the epoch. */
  at: number
}

export interface Session {
  readonly id: string
  /** Makes the entry the new head; durable when it returns. */
  append(body: EntryBody): Entry
  /** Replaces the draft of the answer being streamed; an empty text removes it. Cheap: called a few times a second. */
  draft(text: string): void
  /** From the first entry to the head. */
  path(): Entry[]
  /** The messages of the path, every call answered: calls that a crash left open get an error result. */
  messages(): Message[]
}

export interface SessionSummary {
  id: string
  label: string
  cwd: string
  provider: string
  model: string
  createdAt: number
  updatedAt: number
  messages: number
  inputTokens: number
  outputTokens: number
  costUsd: number | null
}
