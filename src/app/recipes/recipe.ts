/** What a recipe is: how it gathers its input, and what becomes of the answer. The table is ../recipes.ts. */
import type { JsonObject, JsonValue } from '../../base/json.ts'

/** What a person reads of it; the rows are rows.ts. */
export interface RecipeRow {
  name: string
  /** What follows the name: `FILE|SYMBOL`. */
  usage: string
  summary: string
  flags: readonly RecipeFlag[]
  examples: readonly string[]
}

export interface Recipe extends RecipeRow {
  /** True where the model's answer is what a person gets, as it arrives; else `finish` makes it. */
  streams: boolean
  /** Values of `-f` besides text, json and jsonl. */
  formats: readonly string[]
  /** Gathers the input itself. Throws a CodiError (`usage`, `not_found` …) a person can act on. */
  prepare(input: RecipeInput, signal: AbortSignal): Promise<Prepared>
  /** Makes of the model's answer what a person or a program gets. Not called when the run failed. */
  finish(answer: RecipeAnswer, signal: AbortSignal): Promise<Finished>
}

export interface RecipeFlag {
  /** Without the dashes. */
  name: string
  /** What stands for its value in help; absent for a switch. */
  value?: string
  /** The only values it takes. */
  choices?: readonly string[]
  summary: string
}

export type RecipeFlags = Readonly<Record<string, string | true | undefined>>

export interface RecipeInput {
  args: readonly string[]
  flags: RecipeFlags
  stdin?: string
  cwd: string
  approve: Approve
}

/**
 * Asks the gate for a command that the recipe runs itself, with the rights of the person whose flag says so. Throws a
 * CodiError of kind `denied`.
 */
export type Approve = (command: string) => Promise<void>

export type Prepared = PreparedRun | PreparedNothing

export interface PreparedRun {
  kind: 'run'
  prompt: string
  stdin?: string
  recipe: string
  outputSchema?: JsonObject
  allowedTools?: readonly string[]
  mode?: 'plan'
  /** One line each, for stderr. */
  notices: string[]
}

/** There is nothing to run: say so and end. */
export interface PreparedNothing {
  kind: 'nothing'
  message: string
  exitCode: number
}

export interface RecipeAnswer {
  text: string
  flags: RecipeFlags
  cwd: string
  /** `text`, or what `-f` asked for. */
  format: string
  color: boolean
  approve: Approve
}

export interface Finished {
  /** For stdout, without a final newline. */
  text: string
  /** One line each, for stderr. */
  notices: string[]
  exitCode: number
  /** The same as data, where there is more to it than text. */
  data?: JsonValue
}
