/**
 * The REPL, as main starts it: live at a terminal, line by line when it is fed by a pipe or the terminal cannot move its
 * cursor. Answers the exit status; never ends the process.
 */
import type { App } from '../contract/app.ts'
import type { ReplIo } from './repl-io.ts'

export async function runRepl(app: App, io: ReplIo): Promise<number> {
  if (io.interactive && io.env.TERM !== 'dumb') {
    const { runInteractive } = await import('./interactive.ts')
    return runInteractive(app, io)
  }
  const { runPiped } = await import('./piped.ts')
  return runPiped(app, io)
}
