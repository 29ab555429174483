/** A prepared recipe as the input of a run. */
import type { RunInput } from '../../contract/app.ts'
import type { PreparedRun } from './recipe.ts'

/** `words` is how the person asked: it names the session. */
export function runInputOf(prepared: PreparedRun, words: readonly string[]): RunInput {
  return {
    text: prepared.prompt,
    recipe: prepared.recipe,
    label: words.join(' '),
    ...(prepared.mode ? { mode: prepared.mode } : {}),
    ...(prepared.stdin === undefined ? {} : { stdin: prepared.stdin }),
    ...(prepared.outputSchema ? { outputSchema: prepared.outputSchema } : {}),
    ...(prepared.allowedTools ? { toolNames: prepared.allowedTools } : {}),
  }
}
