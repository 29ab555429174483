/** The sessions that are kept, as a front end reaches them: each by what a person calls it. */
import type { Prompt, RepairReport, SearchHit, SessionFilter, SessionSummary } from './session.ts'
import type {
  ExportFormat,
  ImportFailure,
  ImportOutcome,
  ImportProgram,
} from './session-transfer.ts'
import type { TodoItem } from './tool.ts'

export interface SessionAccess {
  /** Newest first; a number that a person types is its place in the list that was asked for last. */
  list(options?: ListOptions): SessionSummary[]
  search(text: string, options?: ListOptions): SearchHit[]
  /**
   * By id, the unique start of one, `last`, its number in a list, its name, or words of its label. Throws a CodiError
   * `not_found` or `ambiguous`, which names those that fit. `exact`: no guess by a label, and by a number only of a
   * list that was asked for.
   */
  find(typed: string, options?: { exact?: boolean }): SessionSummary
  /** The same; the text is the conversation as a person reads it. */
  show(typed: string): { summary: SessionSummary; text: string }
  standing(typed: string): Standing
  /** All of the person, in order. */
  prompts(typed: string): Prompt[]
  /** An empty name takes it away. */
  rename(typed: string, name: string): SessionSummary
  /** An empty label: that of its first prompt again. */
  label(typed: string, label: string): SessionSummary
  /** A label by the model that is set for such (`smallModel`), else by the first prompt. */
  makeLabel(typed: string, signal: AbortSignal): Promise<SessionSummary>
  /** Makes a label in the background where the session in force has none and a model is set for it. */
  labelSoon(): void
  archive(typed: string, archived: boolean): SessionSummary
  remove(typed: string): SessionSummary
  /** Answers what went, or with `dryRun` would go. */
  prune(options: PruneOptions): SessionSummary[]
  repair(): RepairReport
  /** A new session with all up to before that prompt, counted from 1; undefined: with all. It is not entered. */
  fork(typed: string | undefined, prompt: number | undefined): SessionSummary
  /** Pieces of the file, secrets masked. */
  export(typed: string, format: ExportFormat): AsyncIterable<string>
  import(options: ImportRequest): AsyncIterable<ImportOutcome | ImportFailure>
}

export interface ListOptions extends Pick<SessionFilter, 'archived' | 'since' | 'limit'> {
  /** Of every directory. */
  everywhere?: boolean
}

export interface PruneOptions {
  olderThanDays?: number
  /** What is left has at most so many bytes. */
  toBytes?: number
  everywhere?: boolean
  named?: boolean
  archived?: boolean
  dryRun?: boolean
}

export interface ImportRequest {
  /** Absolute paths; files and directories that hold some. */
  paths: readonly string[]
  /** All of this program's, of this directory unless `everywhere`. */
  from?: ImportProgram
  everywhere?: boolean
  /** Only tells what it would bring. */
  preview?: boolean
  signal: AbortSignal
}

/** Where a conversation stands, for a person who comes back to it. */
export interface Standing {
  summary: SessionSummary
  lastPrompt: string
  /** How the last answer ends. */
  answerEnd: string
  openTodo: TodoItem[]
  /** As the calls named them, the newest first. */
  filesChanged: string[]
  /** The last turn was cut off: what was open then. */
  interrupted?: { calls: string[]; drafted: boolean }
}
