/** What a run may be begun with by codi itself, for a goal or a plan; a person's input has more. */
import type { Mode } from './permission.ts'

export interface TaskRun {
  text: string
  /** The prepared run this is; see app/recipes.ts. */
  recipe?: string
  /** Names a session that has no name yet, where the prompt's first words would not. */
  label?: string
  /** The mode for this run only. */
  mode?: Mode
  /** What this run may take, where that is less than the settings say. */
  limits?: { maxTurns?: number; maxCostUsd?: number; seconds?: number }
}
