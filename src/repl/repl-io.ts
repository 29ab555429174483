/** What a REPL needs from the process; everything comes in here. */
import type { Env } from '../terminal/color-level.ts'
import type { Output } from '../terminal/output.ts'
import type { Stdin } from '../terminal/raw-mode.ts'

export interface ReplIo {
  output: Output
  stdin: Stdin
  env: Env
  /** Where typed lines are kept; made when it does not exist. */
  historyFile: string
  initialPrompt?: string
  /** True where a person sits at a terminal on both ends. */
  interactive: boolean
}
