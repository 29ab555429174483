/** When a command of the model goes on in the background, and how a model gets at it there. */
import { CodiError } from '../../base/errors.ts'
import { oneLine } from '../../base/text.ts'
import { maxRunningShells, type ShellState } from '../../contract/sandbox-service.ts'
import { shellStanding } from '../../contract/shell-text.ts'
import type { ToolContext } from '../../contract/tool.ts'

/** Long enough for a command that fails at once to say so in its result. */
const startMs = 1000
const moveMs = 60_000

/** Undefined: it stays in the foreground until its timeout. */
export function backgroundAfterMs(
  given: { background?: boolean; timeout?: number },
  context: ToolContext,
): number | undefined {
  if (given.background) return startMs
  // A single call (`codi tool`) has nothing that comes after it: in the background its command would be lost.
  const alone = context.ledger.standalone === true
  return given.timeout !== undefined || alone ? undefined : moveMs
}

/** Throws a CodiError where no background shell can be started. */
export async function checkBackground(context: ToolContext): Promise<void> {
  if (context.ledger.standalone) {
    throw new CodiError(
      'unsupported',
      'background needs a session: this call is all there is, and a background shell would end with it; leave background out',
    )
  }
  const shells = await context.services.sandbox.shells({}, context.signal)
  const running = shells.filter((shell) => shell.status === 'running')
  if (running.length < maxRunningShells) return
  const names = running.map((shell) => `${shell.id} (${oneLine(shell.command, 40)})`).join(', ')
  throw new CodiError(
    'limit',
    `${running.length} background shells run already, and more may not: ${names}; end one with kill_shell`,
  )
}

export function shellHelp(id: string): string {
  return `bash_output {"id":"${id}","wait":60} reads on, kill_shell ends it`
}

/** `sh_1 runs since 2m 05s: npm run dev`. */
export function shellText(state: ShellState): string {
  return `${state.id} ${shellStanding(state)}: ${oneLine(state.command, 100)}`
}
