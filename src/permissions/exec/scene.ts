/** What a command is judged with: where it runs, what it reads, and how what it runs in turn is judged. */
import type { Finding, Part } from './finding.ts'
import type { Row } from './row.ts'
import type { Command, Word } from './script.ts'

export interface Place {
  home: string
  /** Absolute directories of the workspace. */
  workspace: readonly string[]
}

export interface Scene {
  /** Program, subcommands and arguments as they stand. */
  words: readonly Word[]
  /** What stands behind the program and its subcommands. */
  args: readonly Word[]
  /** `git push`: how it is called in reasons and names of rules. */
  title: string
  row: Row
  command: Command
  place: Place
  /** Judges words as a command of their own, in place of this one. */
  runs(words: readonly Word[], change?: Partial<Command>): Part[]
  /** Judges a shell text that this command runs. */
  runsText(text: string, change?: Partial<Command>): Part[]
}

/** What a closer look adds to a row. */
export interface Closer {
  findings?: readonly Finding[]
  /** What it runs in turn. */
  parts?: readonly Part[]
  /** Another row in place of this one. */
  row?: Row
  /** The command stands under no category. */
  noCategory?: true
  remember?: readonly string[] | 'none'
}

export type Look = (scene: Scene) => Closer
