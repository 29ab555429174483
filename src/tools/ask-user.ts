/** A question of the model to the person; where nobody can answer the model is told to decide by itself. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { Tool } from '../contract/tool.ts'
import text from './ask-user.md' with { type: 'text' }

const input = Type.Object({
  question: Type.String(),
  choices: Type.Optional(Type.Array(Type.String())),
})

const maxChoices = 20
const maxChoiceChars = 200
const maxQuestionChars = 4000

export const askUser: Tool<typeof input> = {
  name: 'ask_user',
  text,
  input,
  effect: 'ask',
  async run(given, context) {
    const question = given.question.trim().slice(0, maxQuestionChars)
    if (question === '') throw new CodiError('invalid', 'The question is empty')
    const choices = (given.choices ?? [])
      .map((choice) => oneLine(choice, maxChoiceChars))
      .filter((choice) => choice !== '')
      .slice(0, maxChoices)
    const answer = await context.ask({ text: question, choices: [...new Set(choices)] })
    if (answer === undefined || answer.trim() === '') {
      return {
        content:
          'No answer: nobody is there to ask, or the question was left open. Decide by yourself, take the safest reading, and say in your final answer what you assumed.',
        data: { answer: null },
      }
    }
    return { content: `The user answered: ${answer}`, data: { answer } }
  },
}
