/**
 * Tries: a command ran for real on a copy of the writable directories, and what it would change is kept aside until it
 * is applied or thrown away. The sandbox worker makes and applies them; front ends and tools ask `Tries` of the app,
 * which records what is applied, so that it can be undone.
 */
import type { ChangeSet } from './change-set.ts'

/** So long a try is kept. */
export const keptMs = 7 * 24 * 3600 * 1000

export interface TriesService {
  /** Whether commands can run on a copy here, tried for real, once. */
  overlay(request: Record<string, never>, signal?: AbortSignal): Promise<OverlayState>
  /**
   * Oldest first. What a crash left half applied is finished or taken back first, and those that are too old are dropped;
   * both are told as notices.
   */
  tries(request: Record<string, never>, signal?: AbortSignal): Promise<TryState[]>
  tryReport(request: TryReportRequest, signal?: AbortSignal): Promise<TryReport>
  /** All of it, or what lies at or below `paths`. Where anything stands in the way nothing is changed at all. */
  applyTry(request: { id: string; paths?: string[] }, signal?: AbortSignal): Promise<AppliedTry>
  discardTry(request: { id: string }, signal?: AbortSignal): Promise<void>
}

export interface OverlayState {
  works: boolean
  /** Why not; or what is to be known of where the changes lie. */
  note: string
}

export interface TryState {
  /** `try_3`. */
  id: string
  /** As a shell would read it. */
  command: string
  cwd: string
  /** The directories that were copied, the workspace first. */
  roots: string[]
  /** Milliseconds since the epoch. */
  startedAt: number
  /** Null while it runs, where a signal ended it, or codi did before it. */
  exitCode: number | null
  signal: string | null
  /** It runs, or is being applied, in some codi. */
  inUse: boolean
  /** On disk. */
  bytes: number
}

export interface TryReportRequest {
  id: string
  /** Only what lies at or below these absolute paths. */
  paths?: string[]
  /** Characters of diff; a file whose diff does not fit any more is named only. 0: no diff, and no counts of lines. */
  maxDiffChars: number
}

export interface TryReport extends ChangeSet {
  state: TryState
  /** Every path that is touched, absolute: also the directories that come and go, and the old names. */
  paths: string[]
  /** What has changed on disk since the command began: nothing is applied as long as one of them is in it. */
  conflicts: TryConflict[]
  /** Sentences about what is not as it would have been without the copy. */
  notes: string[]
  /** How many of the changes have no diff for want of room. */
  leftOut: number
}

export interface TryConflict {
  /** Absolute. */
  path: string
  why: string
}

export interface AppliedTry {
  /** Absolute; empty where something stood in the way. */
  paths: string[]
  conflicts: TryConflict[]
  notes: string[]
  /** Whether something of it is left, to be applied later. */
  isLeft: boolean
}

/** What tools and front ends ask. Ids are `try_3`, or `3`; each call throws a CodiError where there is none of that. */
export interface Tries {
  state(): Promise<OverlayState>
  /** Of this workspace, or of all. */
  list(options?: { everywhere?: boolean }): Promise<TryState[]>
  report(id: string, options?: { paths?: string[]; maxDiffChars?: number }): Promise<TryReport>
  /** Records what was there before, then applies. Throws a CodiError of kind `stale` that names what stands in the way. */
  apply(id: string, options?: ApplyOptions): Promise<AppliedTry>
  discard(id: string): Promise<void>
  /** Says that a call of the model made it. */
  own(id: string): void
  /** For the model: what others keep is not its to throw away. Throws a CodiError of kind `denied`. */
  discardOwn(id: string): Promise<void>
  /** The person is shown what a tried command changed, and says whether it is applied; it is thrown away otherwise. */
  settle(id: string, about: TrySettled, signal: AbortSignal): Promise<SettledTry>
}

export interface ApplyOptions {
  /** As typed: relative to the workspace, or absolute. */
  paths?: string[]
  callId?: string
}

export interface TrySettled {
  callId: string
  command: string
  cwd: string
}

export type SettledTry =
  | { applied: true; report: TryReport }
  /** `reason`: what the person, or the gate, said. */
  | { applied: false; report: TryReport; reason: string; abort: boolean }

/** `try_3` of `3` and of `try_3`; undefined for what is no id. */
export function tryId(text: string): string | undefined {
  const number = /^(?:try_)?([1-9]\d{0,8})$/.exec(text)?.[1]
  return number === undefined ? undefined : `try_${number}`
}
