/**
 * A conversation as it is kept: append-only entries, each with a parent; undo and fork move a head, they never
 * rewrite. What was shown to a person is on disk before the next thing is shown.
 */
import type { Message, ResultBlock, Usage } from './message.ts'
import type { TodoItem } from './tool.ts'

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
  /**
   * From here on the model gets the summary in place of all messages before the entry `keptFrom` (undefined: of all up to
   * here), but for those that are pinned.
   */
  | {
      type: 'compaction'
      summary: string
      keptFrom?: number
      by: 'budget' | 'overflow' | 'person'
      /** What the person wanted it to keep above all. */
      focus?: string
      tokensBefore: number
      tokensAfter: number
    }
  /** That compaction counts no longer. */
  | { type: 'compaction_undone'; compaction: number }
  /** From here on the model gets a mark in place of these results; recall_result has them whole. */
  | { type: 'elision'; results: { callId: string; mark: string }[] }
  /** The message of an entry outlives every compaction, or no longer. */
  | { type: 'pin'; entry: number; pinned: boolean }
  | { type: 'todo'; items: TodoItem[] }
  | { type: 'goal'; goal: Goal | null }
  | { type: 'plan'; plan: PlanState | null }
  | RecordBody

/** What is told of a session without being part of its conversation: it never becomes the head. */
export type RecordBody =
  /** The first entry of a session. */
  | {
      type: 'session'
      cwd: string
      provider: string
      model: string
      forkedFrom?: { session: string; entry: number | null }
      /** `claude`, `codex`, `pi`, `codi` … and where it came from. */
      importedFrom?: { program: string; id: string }
    }
  /** The conversation stands there from now on: undo, redo. Null: before its first entry. */
  | { type: 'head'; entry: number | null }
  | { type: 'name'; text: string }
  | { type: 'model'; provider: string; model: string }
  | { type: 'archived'; archived: boolean }
  /** A request beside the conversation: a summary, a label, one that failed. */
  | {
      type: 'request'
      purpose: string
      provider: string
      model: string
      usage: Usage
      costUsd: number | null
    }

/** What the person wants done, over as many turns as it takes. */
export interface Goal {
  text: string
  state: 'active' | 'paused' | 'done' | 'blocked' | 'spent'
  /** Why it is in that state, in a sentence. */
  note?: string
  turns: number
  maxTurns?: number
  maxCostUsd?: number
  maxTokens?: number
}

export interface PlanState {
  /** Absolute path of the file. */
  path: string
  task: string
  state: 'draft' | 'approved' | 'dropped'
}

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
