/** Background shells in words: the same for the model, the person and the notes between. */
import { formatDuration } from '../base/text.ts'
import type { ShellState } from './sandbox-service.ts'

/** `runs since 2m 05s`, `ended with exit code 1 after 3.2 s`. */
export function shellStanding(state: ShellState): string {
  const took = formatDuration((state.endedAt ?? Date.now()) - state.startedAt)
  if (state.status === 'running') return `runs since ${took}`
  if (state.status === 'killed') return `was killed after ${took}`
  if (state.exitCode === null) return `was ended by ${state.signal ?? 'a signal'} after ${took}`
  return `ended with exit code ${state.exitCode} after ${took}`
}

/** `sh_1`, also for `1`. */
export function shellId(given: string): string {
  const id = given.trim()
  return /^\d+$/.test(id) ? `sh_${id}` : id
}
