/**
 * Where a fork begins. It gets copies of the entries up to there, under the same ids: whatever becomes of the session
 * it comes from, and however its file is damaged, the fork is whole.
 */
import { CodiError } from '../base/errors.ts'
import type { Session } from '../contract/session.ts'

export interface SessionFork {
  /** Whole ids. */
  from: string
  to: string
}

/** `prompt` counts the prompts of the path from 1: the fork stands before it, so that it can be asked otherwise. */
export type ForkPoint = { entry: number | null } | { prompt: number } | undefined

/** The entry that the fork stands at; null: before the first. */
export function forkEntry(session: Session, point: ForkPoint): number | null {
  if (!point) return session.head
  if ('entry' in point) {
    if (point.entry !== null && !session.entry(point.entry))
      throw new CodiError('not_found', `Session ${session.id} has no entry ${point.entry}`)
    return point.entry
  }
  const prompts = session.prompts({ limit: Number.MAX_SAFE_INTEGER })
  const prompt = prompts[point.prompt - 1]
  if (!Number.isInteger(point.prompt) || !prompt) {
    throw new CodiError(
      'not_found',
      `Session ${session.id} has no prompt ${point.prompt}; it has ${prompts.length}`,
    )
  }
  return session.entry(prompt.entry)?.parent ?? null
}
