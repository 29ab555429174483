/** What a command gets that needs the app. */
import type { CodeCommand } from './code/command.ts'

export interface AppCommand extends CodeCommand {
  /** Where codi was started. */
  cwd: string
  /** From now on the signals of this process are somebody else's. */
  releaseSignals(): void
}
