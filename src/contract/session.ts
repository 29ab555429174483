/**
 * A conversation as it is kept: append-only entries, each with a parent; undo and fork move a head, they never
 * rewrite. What was shown to a person is on disk before the next thing is shown.
 */
import type { ContextItem, Elided } from './context-items.ts'
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
      /** Of a prompt. */
      told?: Told
    }
  /** The answer to one call, kept as soon as it is known; the tool message is put together from these. */
  | { type: 'result'; result: ResultBlock }
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
  /**
   * From here on the model gets a mark in place of these results; recall_result has them whole. `entry` is the message
   * with the call: hosts may give the same id twice.
   */
  | { type: 'elision'; results: Elided[] }
  /** The message of an entry outlives every compaction, or no longer. */
  | { type: 'pin'; entry: number; pinned: boolean }
  /** `byPerson`: the model is told of it with the next message. */
  | { type: 'todo'; items: TodoItem[]; byPerson?: true }
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
  /** What the person calls it; an empty text takes the name away. */
  | { type: 'name'; text: string }
  /** What it is about, in a few words. */
  | { type: 'label'; text: string }
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

/** What the model knows of where it works, as of a prompt. */
export interface Told {
  environment: { name: string; value: string }[]
  /** Hash of what was remembered then. */
  memories: string
  /** Of the first prompt: what the system prompt says of it, for as long as the session lasts. */
  remembered?: string
}

/** What the person wants done, over as many turns as it takes. */
export interface Goal {
  text: string
  state: 'active' | 'paused' | 'done' | 'blocked' | 'spent'
  /** Why it is in that state, in a sentence. */
  note?: string
  turns: number
  /** Tokens in and out, and null dollars where the price is not known. */
  tokens: number
  costUsd: number | null
  /** Time of its runs. */
  elapsedMs: number
  maxTurns?: number
  maxCostUsd?: number
  maxTokens?: number
  maxMs?: number
  /** What was used when these limits were set; absent: nothing. */
  usedBefore?: { turns: number; tokens: number; costUsd: number; elapsedMs: number }
}

export interface PlanState {
  /** Absolute path of the file. */
  path: string
  task: string
  state: 'draft' | 'approved' | 'dropped'
}

export type Entry = EntryBody & {
  /** Counts within its session, from 1 on: the order of what happened, whatever the clock said. */
  id: number
  parent: number | null
  /** Milliseconds since the epoch. */
  at: number
}

/** One of the person's messages. */
export interface Prompt {
  entry: number
  /** What was typed, without what was attached. */
  text: string
  at: number
}

/**
 * One that was opened only reads until its first `append` or `moveHead`, which makes this process its writer: a CodiError
 * of kind `io` says who is it already.
 */
export interface Session {
  readonly id: string
  /** The entry where the conversation stands; null before its first. */
  readonly head: number | null
  /** False where nothing of it could be written so far. */
  readonly kept: boolean
  /** How many of its entries could not be written yet; they are tried again with each that comes. */
  readonly unkept: number
  /**
   * Adds an entry, which becomes the head unless it is a RecordBody; durable when it returns. Where nothing can be written
   * (a full disk) it stays in memory, which is said once, and is written as soon as that goes again.
   */
  append(body: EntryBody): Entry
  /** From now on the conversation stands there: whatever came after is off the path, and still there. */
  moveHead(entry: number | null): void
  /** Adds to the draft of the answer being streamed; an empty text voids it. Cheap: called for each piece that comes. */
  draft(added: string): void
  entry(id: number): Entry | undefined
  /** The newest of its type on the path. */
  last<T extends EntryBody['type']>(type: T): Extract<Entry, { type: T }> | undefined
  /** From the first entry to the head, without RecordBody entries; read page by page. */
  path(): Iterable<Entry>
  /** All there is of the session, in order, off the path too; read page by page. */
  entries(): Iterable<Entry>
  /**
   * The part of the path that still counts: what the last valid compaction kept, what came after it, and what is pinned.
   * Its length does not grow with that of the session.
   */
  view(): Entry[]
  /** The messages of the view, every call answered: calls that a crash left open get an error result. */
  messages(): Message[]
  /** What the next request sends of it: see `itemsOf`. */
  items(): ContextItem[]
  /** The newest on the path, oldest of them first; `before` pages on. */
  prompts(options?: { before?: number; limit?: number }): Prompt[]
  /** Writes what could not be written, if it goes now; whoever else wants to may be its writer. Safe to call twice. */
  close(): void
}

/** Who writes to a session. */
export interface SessionHolder {
  pid: number
  host: string
  since: number
  cwd: string
  /** The terminal it runs in, where it does. */
  terminal?: string
}

export interface SessionSummary {
  id: string
  /** What it is about: its label, else how its first prompt begins. */
  label: string
  /** What the person calls it. */
  name?: string
  cwd: string
  provider: string
  model: string
  createdAt: number
  updatedAt: number
  messages: number
  prompts: number
  calls: number
  inputTokens: number
  outputTokens: number
  /** What is known of it; null where nothing is. */
  costUsd: number | null
  /** Answers whose price is not known. */
  unpriced: number
  firstPrompt: string
  archived: boolean
  /** Of its entries. */
  bytes: number
  forkedFrom?: { session: string; entry: number | null }
  importedFrom?: { program: string; id: string }
  heldBy?: SessionHolder
}

export interface SessionFilter {
  /** Only those of this directory. */
  cwd?: string
  /** `without` unless told. */
  archived?: 'without' | 'only' | 'with'
  /** Only those that something was added to since; milliseconds since the epoch. */
  since?: number
  limit?: number
}

export interface SearchOptions extends SessionFilter {
  /** Takes secrets out of a text before any of it is shown. */
  mask?(text: string): string
}

export interface SearchHit {
  summary: SessionSummary
  /** Newest first, a few of each session. */
  hits: { entry: number; role: 'user' | 'assistant'; at: number; snippet: string }[]
  /** All that fit, shown or not. */
  count: number
}

export interface RepairReport {
  /** What was done, a sentence each. */
  lines: string[]
  sessions: number
  entries: number
  /** Something that had been kept is gone. */
  lost: boolean
}
