/** What a command gets that needs the app. */
import type { App } from '../contract/app.ts'
import type { Output } from '../terminal/output.ts'
import type { CodeCommand } from './code/command.ts'

export interface AppCommand extends CodeCommand {
  /** Where codi was started. */
  cwd: string
  /** From now on the signals of this process are somebody else's. */
  releaseSignals(): void
  /** The REPL in this app, to its end. */
  runRepl(app: App, options: { output: Output; initialPrompt: string | undefined }): Promise<number>
}
