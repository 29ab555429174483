/** What a slash command is, and what it may use. The table is commands.ts; each file of commands/ holds some rows. */
import type { App, RunInput } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type { Face, NoticeLevel } from './face.ts'

export interface Command {
  /** Without the slash. */
  name: string
  aliases: readonly string[]
  /** The heading of /help that it stands under; the table says it. */
  group?: string
  summary: string
  /** What may follow the name, for people: `[plan|ask|edit|auto]`. */
  usage: string
  /** Sub-commands, for Tab. */
  words?: readonly string[]
  /** More lines for `--help`. */
  help?: readonly string[]
  /** True where it makes sense, and runs at once, while codi works. */
  whileBusy?: boolean | ((args: string) => boolean)
  run(context: CommandContext, args: string): Promise<CommandOutcome>
}

export interface CommandOutcome {
  /** Leave the REPL with this status. */
  exit?: number
  /** The command did not do what was asked; a script's exit status. */
  failed?: number
  /** Text for the editor: a prompt that was taken back. */
  draft?: string
}

export interface CommandContext {
  app: App
  face: Face
  signal: AbortSignal
  commands: readonly Command[]
  say(level: NoticeLevel, text: string): void
  /** Runs a prompt to its end, shown as it streams; `quiet` shows the calls only. */
  run(input: RunInput, options?: { quiet: boolean }): Promise<RunResult>
  /** Text for after the run under way; at once when there is none. */
  queue(text: string): void
  clearScreen(): void
  /** Opens a file in the person's editor; throws a CodiError where there is no terminal for it. */
  edit(path: string): Promise<void>
}
