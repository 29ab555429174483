/** Goals, constraints, decisions and questions: sentences that a summary without a model knows by their words. */
import { oneLine } from '../../base/text.ts'
import { type Spoken, sentences } from './summary-spoken.ts'

const constraintWords =
  /\b(must|never|always|do(es)?n['’]t|do not|only|without|at most|at least|no more than|less than|keep|avoid|instead of|prefer|make sure|required?|forbidden|not allowed|under no|please use|should(n['’]t)?|important|remember|note that|limit|deadline|leave .{1,30} alone|not touch)\b/i
const decisionWords =
  /\b(decided?|decision|because|so that|therefore|instead of|rather than|chose|choose|chosen|going with|will use|use .{1,40} for|we(['’]ll| will)? keep|settled|agreed|opted|trade-?off|reason|root cause|turns out|gave up|does not work|rejected|found)\b/i
const questionWords =
  /\b(not sure|unclear|unknown|open question|to be decided|should (we|i)|ask)\b/i
const maxGoalChars = 280

export function goals({ prompts }: Spoken): string[] {
  const first = prompts[0]
  const last = prompts.at(-1)
  const lines = first === undefined ? [] : [oneLine(first, maxGoalChars)]
  return last === undefined || last === first
    ? lines
    : [...lines, `now: ${oneLine(last, maxGoalChars)}`]
}

export function constraints({ person }: Spoken): string[] {
  return person.filter((sentence) => constraintWords.test(sentence))
}

export function decisions({ agent, person }: Spoken): string[] {
  return [...person, ...agent].filter(
    (sentence) => decisionWords.test(sentence) && !sentence.endsWith('?'),
  )
}

export function questions({ agent, lastSaid }: Spoken): string[] {
  const asked = sentences(lastSaid).filter((sentence) => sentence.endsWith('?'))
  return [...agent.filter((sentence) => questionWords.test(sentence)), ...asked]
}

/** Sentences about what the person wants kept above all. */
export function focused({ agent, person }: Spoken, { focus }: { focus?: string }): string[] {
  const words = (focus ?? '').toLowerCase().match(/[\p{L}\p{N}_./-]{4,}/gu) ?? []
  if (words.length === 0) return []
  return [...person, ...agent].filter((sentence) => {
    const lower = sentence.toLowerCase()
    return words.some((word) => lower.includes(word))
  })
}
