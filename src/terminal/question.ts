/** A model's question as lines, and the answer that a typed line means. */
import { neutralize } from '../base/text.ts'
import type { Question } from '../contract/permission.ts'

export function questionLines(question: Question): string[] {
  return [
    `? ${neutralize(question.text)}`,
    ...question.choices.map((choice, index) => `  ${index + 1} ${neutralize(choice)}`),
  ]
}

/** A number means the choice; anything else is an answer in the person's own words. Undefined for no words. */
export function chosen(line: string, question: Question): string | undefined {
  const answer = line.trim()
  const byNumber = /^\d{1,3}$/.test(answer) ? question.choices[Number(answer) - 1] : undefined
  return byNumber ?? (answer === '' ? undefined : answer)
}
