/**
 * What was done to files, step by step, and how it is taken back. A step is one prompt of the person to the end of its
 * run, or one call outside a conversation. Everything is planned first, so that it can be shown; a plan is carried out
 * whole or not at all.
 */
import type { ChangeSet, ListedChange } from './change-set.ts'

export type StepKind = 'prompt' | 'tool' | 'undo' | 'redo' | 'restore'

export interface StepSummary {
  id: number
  root: string
  session: string | null
  kind: StepKind
  label: string
  /** Milliseconds since the epoch. */
  at: number
  files: number
  /** An undo has taken it back. */
  undone: boolean
}

export interface PlannedFile extends ListedChange {
  /** Absolute. */
  absolute: string
  /**
   * `merge`: what the person changed since stays. `conflict`: the person decides. `lost`: what was there is not kept.
   * `blocked`: something else stands in its way. The last two stay as they are.
   */
  outcome: 'restore' | 'merge' | 'conflict' | 'lost' | 'blocked'
}

export interface HistoryPlan {
  what: 'undo' | 'redo' | 'restore'
  /** Newest first. */
  steps: StepSummary[]
  files: PlannedFile[]
  /** What becomes of the conversation; undefined: it stays. */
  conversation?: {
    session: string
    /** The prompt before which it will stand; undefined: it goes forward again. */
    prompt?: string
    prompts: number
  }
  /** What must be known of it: a command whose changes are not known exactly. */
  notes: string[]
}

/** Of files that the person changed since: keep them, or put back what was there. */
export type ConflictAnswer = 'mine' | 'old'

export interface HistoryResult {
  /** The step that this is, which can be taken back, too; undefined where no file changed. */
  step?: number
  files: PlannedFile[]
  /** Files that are as they were before it: conflicts kept, lost, blocked. */
  left: PlannedFile[]
  /** Text of the prompt that was taken back, for the editor. */
  prompt?: string
}

export type HistoryPart = 'both' | 'files' | 'chat'

export interface UndoOptions {
  /** Steps; 1 is the newest. */
  count?: number
  /** Only of this session (its id); without it that of the conversation, or all of the directory. */
  session?: string
  part?: HistoryPart
}

export interface DiffOptions {
  /** The n-th step, 1 is the newest that changed something. */
  turn?: number
  step?: number
  /** All of a session; an empty text is the one in force, or the newest. */
  session?: string
  /** Only these files and directories, as typed. */
  paths?: readonly string[]
}

export interface Checkpoint {
  name: string
  at: number
  /** Made by codi, before something risky. */
  automatic: boolean
  /** Files that changed since. */
  files: number
  session: string | null
}

export interface DiskRow {
  what: string
  bytes: number
  /** Files, steps, sessions: what is counted. */
  count: number
  path: string
  /** Where it is known to whom it belongs. */
  projects?: { root: string; bytes: number }[]
}

export interface GcOptions {
  isDryRun: boolean
  /** Steps that are older go. */
  olderDays?: number
  /** Bytes that the journal may keep. */
  toBytes?: number
}

export interface GcRow {
  what: string
  count: number
  bytes: number
}

export interface History {
  /** Why nothing is recorded; undefined where it is. */
  readonly off: string | undefined
  /** Newest first; of the directory, or of one session. */
  steps(options?: { session?: string; limit?: number }): Promise<StepSummary[]>
  planUndo(options?: UndoOptions): Promise<HistoryPlan>
  planRedo(options?: Omit<UndoOptions, 'count'>): Promise<HistoryPlan>
  planRestore(name: string, options?: { part?: HistoryPart }): Promise<HistoryPlan>
  /**
   * Carries a plan out. Throws a CodiError with nothing changed: `stale` where a file changed since it was planned or
   * conflicts have no answer.
   */
  apply(
    plan: HistoryPlan,
    answers: ConflictAnswer | ReadonlyMap<string, ConflictAnswer> | undefined,
  ): Promise<HistoryResult>
  diff(options: DiffOptions): Promise<ChangeSet & { steps: StepSummary[]; notes: string[] }>
  addCheckpoint(name: string): Promise<Checkpoint>
  /** Newest first. */
  checkpoints(): Promise<Checkpoint[]>
  removeCheckpoint(name: string): Promise<void>
  disk(): Promise<DiskRow[]>
  gc(options: GcOptions): Promise<GcRow[]>
}
