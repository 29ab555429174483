/** A question as lines, the keys of its choices, and the answer that a typed line means. */
import { neutralize } from '../base/text.ts'
import type { Question } from '../contract/permission.ts'

export function questionLines(question: Question): string[] {
  const keys = choiceKeys(question)
  return [
    `? ${neutralize(question.text)}`,
    ...question.choices.map((choice, index) => `  ${keys[index]} ${neutralize(choice)}`),
  ]
}

/** Numbers; first letters (`y`, `n`) where nothing but a choice is an answer, and they tell the choices apart. */
export function choiceKeys({ choices, closed }: Question): string[] {
  const letters = choices.map((choice) => choice.slice(0, 1).toLowerCase())
  const tell = closed === true && new Set(letters).size === choices.length
  return choices.map((_, index) => (tell ? (letters[index] ?? '') : String(index + 1)))
}

/**
 * A number or a key means the choice; anything else is an answer in the person's own words, where the question takes
 * those. Undefined for no answer.
 */
export function chosen(line: string, question: Question): string | undefined {
  const answer = line.trim()
  const byNumber = /^\d{1,3}$/.test(answer) ? question.choices[Number(answer) - 1] : undefined
  if (byNumber !== undefined) return byNumber
  if (!question.closed) return answer === '' ? undefined : answer
  const typed = answer.toLowerCase()
  const at = choiceKeys(question).indexOf(typed)
  return question.choices.find((choice, index) => index === at || choice.toLowerCase() === typed)
}
