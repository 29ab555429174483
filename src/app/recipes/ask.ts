/** `codi ask QUESTION`: the plain question, as a recipe so that it has a name and a slash command. */
import { CodiError } from '../../base/errors.ts'
import { plainAnswer } from './plain.ts'
import type { Recipe } from './recipe.ts'
import { recipeRows } from './rows.ts'

export const ask: Recipe = {
  ...recipeRows.ask,
  streams: true,
  formats: [],
  async prepare({ args, stdin }) {
    const question = args.join(' ').trim()
    if (question === '' && !stdin?.trim()) {
      throw new CodiError('usage', 'There is no question: codi ask "where are retries handled?"')
    }
    return {
      kind: 'run',
      recipe: 'ask',
      prompt: question === '' ? 'What is this, and what follows from it?' : question,
      ...(stdin === undefined ? {} : { stdin }),
      mode: 'plan',
      notices: [],
    }
  },
  finish: plainAnswer,
}
