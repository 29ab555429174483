/** The end of a recipe whose answer is printed as it is. */
import type { Finished, RecipeAnswer } from './recipe.ts'

export async function plainAnswer(answer: RecipeAnswer): Promise<Finished> {
  return { text: answer.text.trimEnd(), notices: [], exitCode: 0 }
}
