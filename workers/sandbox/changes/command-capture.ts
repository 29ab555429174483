/** How the changes of one command are captured: told by the kernel before they are made, or found by comparison. */
import type { Ending } from '../confine/backend.ts'
import type { CaptureState } from '../confine/command.ts'
import type { Plan } from '../confine/plan.ts'

export interface CommandCapture {
  /** What holds while it runs. */
  readonly state: CaptureState
  /** For the plan, where the backend itself captures. */
  readonly planned?: NonNullable<Plan['capture']>
  /** After its end: what came out of it. */
  finish(ending: Ending): Promise<CaptureState>
  /** Instead of `finish`, where it could not be started. */
  abandon?(): void
}

/** The backend does it; `leftOut`: what codi itself lends to commands. */
export function notifiedCapture(
  planned: { directory: string; leftOut: readonly string[] },
  ended: () => void,
): CommandCapture {
  return {
    state: { by: 'notify', note: '' },
    planned,
    async finish({ capture }) {
      ended()
      return capture ? notifiedState(capture) : cutOff
    },
    abandon: ended,
  }
}

/** The helper was killed: what it wrote until then is true. */
const cutOff: CaptureState = {
  by: 'notify',
  note: 'the command was ended from outside; what it changed until then is known',
}

function notifiedState({ lost, missed, failure }: NonNullable<Ending['capture']>): CaptureState {
  if (failure !== undefined) return { by: 'nothing', note: `codi could not look on: ${failure}` }
  const notes = [
    lost > 0 ? `what was in ${count(lost, 'file')} before was not kept` : '',
    missed > 0 ? `${count(missed, 'change')} could not be written down` : '',
  ]
  return { by: 'notify', note: notes.filter((note) => note !== '').join('; ') }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
