/** Plans in words, the same for the REPL and the command line. */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type { PlanFile } from '../contract/plan.ts'

const taskChars = 80

/** `2/5 steps  make it faster`. */
export function planRow({ steps, task }: PlanFile): string {
  const done = steps.filter(({ status }) => status === 'done').length
  return `${done}/${steps.length} steps  ${oneLine(task, taskChars)}`
}

/** `what` it cannot do. */
export function refuseBuiltin(app: App, what: string): void {
  if (app.model.provider !== 'builtin') return
  throw new CodiError(
    'unsupported',
    `The built-in engine finds and explains code, it cannot ${what}; choose a model with --provider or codi login`,
  )
}

/** What was not allowed to a run that only reads does not make its answer worse. */
export function answersPlan(result: RunResult): boolean {
  return result.ok || (result.stopReason === 'denied' && result.text.trim() !== '')
}
