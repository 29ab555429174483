/** Signals to processes that may have ended meanwhile. */
import { constants } from 'node:os'

/** `SIGPWR` is codi's word to its own helper (workers/sandbox/helper): end everything you keep. */
export type EndSignal = 'SIGTERM' | 'SIGKILL' | 'SIGPWR'

/** To a process, or with a negative number to a group. False when there is none any more. */
export function sendSignal(pid: number, signal: EndSignal | NodeJS.Signals): boolean {
  try {
    // By number: Bun does not know every signal by its name.
    return process.kill(pid, constants.signals[signal])
  } catch {
    return false
  }
}
