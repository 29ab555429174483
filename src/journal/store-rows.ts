/** Rows of the journal, as they are used and as they lie in the database. */
import type { StepKind } from '../contract/history.ts'
import type { FileState } from '../contract/journal.ts'

export interface StepRow {
  id: number
  /** The workspace. */
  root: string
  session: string | null
  /** Of a prompt its entry; of an undo the head that the conversation had before. */
  entry: number | null
  kind: StepKind
  label: string
  at: number
  /** The steps that an undo, redo or restore is about. */
  refers: number[]
  /** The undo that took it back, while that holds. */
  undoneBy: number | null
  /** What a person must know of it: a command whose changes are not known exactly. */
  notes: string[]
}

export interface ChangeRow {
  id: number
  step: number
  call: string
  tool: string
  command: string | null
  path: string
  before: FileState
  /** Null while the change is under way, or when codi died in it. */
  after: FileState | null
}

export interface CheckpointRow {
  id: number
  root: string
  session: string | null
  /** Head of the conversation. */
  entry: number | null
  name: string
  automatic: boolean
  /** The newest change when it was made. */
  change: number
  at: number
}

export interface CaptureRow {
  /** Name of its directory. */
  id: string
  step: number
  call: string
  tool: string
  command: string
  owner: string
  root: string
}

export type RawStep = Omit<StepRow, 'refers' | 'undoneBy' | 'notes'> & {
  refers: string
  undone_by: number | null
  notes: string
}
export type RawChange = Omit<ChangeRow, 'before' | 'after'> & {
  before: string
  after: string | null
}
export type RawCheckpoint = Omit<CheckpointRow, 'automatic'> & { automatic: number }

export function shaOf(state: FileState | null): string | null {
  return state?.kind === 'file' && state.kept ? state.sha : null
}

export function toStep({ undone_by: undoneBy, ...row }: RawStep): StepRow {
  return {
    ...row,
    undoneBy,
    refers: JSON.parse(row.refers) as number[],
    notes: JSON.parse(row.notes) as string[],
  }
}

export function toChange(row: RawChange): ChangeRow {
  return {
    ...row,
    before: JSON.parse(row.before) as FileState,
    after: row.after === null ? null : (JSON.parse(row.after) as FileState),
  }
}

export function toCheckpoint(row: RawCheckpoint): CheckpointRow {
  return { ...row, automatic: row.automatic !== 0 }
}
