/** What builtin says when it is not the one to ask: plainly, and with what it can do instead. */
import type { Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { locatePlaces } from './locate.ts'
import { paragraphs, placeLine } from './markdown.ts'
import { readQuestion } from './question.ts'

/** What may stand before the verb of a task. */
const polite =
  /^(?:(?:please|can you|could you|would you|now|help me|i want you to|i need you to|let's)\s+)+/i

const abilities = [
  'where something is handled or configured: `where are retries handled?`',
  'who uses it: `what calls parseConfig?`, `is parseConfig used?`, `who imports src/config.ts?`',
  'what depends on it: `what breaks if I change parseConfig?`, `what implements Store?`',
  'how two things connect: `how does main reach parseConfig?`',
  'when it changed: `when was parseConfig changed?`, `recent changes`',
  'how it works, step by step: `how does the scheduler work?`',
  'a file or a symbol: `explain src/main.ts`, `show me parseConfig`',
  'a log or stack trace: `cat err.log | codi "why did this fail?"`',
  'a change: `git diff | codi review`, `codi commit`',
]

// biome-ignore lint/correctness/useYield: a script that needs no call
export function* greet({ question }: Asked): Script {
  const hello = /^(hi|hello|hey|good)/i.test(question.text) ? 'Hello. ' : ''
  return `${hello}I am codi's built-in engine, not a language model: I look things up in this code. Ask me:\n\n${bullets(abilities)}`
}

/** No model, no edit; but where the edit would have to be made can be said. */
export function* cannotDo(asked: Asked): Script {
  const plain = 'That takes a model: without one I can look code up, but not write or change it.'
  const topic = asked.question.text.replace(polite, '').replace(/^\w+\s+/, '')
  const question = { ...readQuestion(topic, undefined), intent: 'where' as const }
  const places = question.words.length === 0 ? [] : yield* locatePlaces({ ...asked, question })
  const near = places
    .filter((place) => place.coverage >= (question.words.length > 1 ? 0.6 : 1))
    .slice(0, 5)
  const start =
    near.length === 0
      ? `What I can do:\n\n${bullets(abilities)}`
      : `The code it concerns:\n\n${near.map((place, index) => `${index + 1}. ${placeLine(place)}`).join('\n')}`
  return paragraphs(plain, start)
}

// biome-ignore lint/correctness/useYield: a script that needs no call
export function* noTools(): Script {
  return 'The tools are switched off, and without a model they are all I have: run again without `--no-tools`, or with a model.'
}

function bullets(lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n')
}
