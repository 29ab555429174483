/** A fact for later sessions: shown to the person word by word, and stored only after their yes. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../base/errors.ts'
import { type MemoryScope, memoryScopes } from '../contract/memory.ts'
import type { Tool } from '../contract/tool.ts'
import text from './remember.md' with { type: 'text' }

const input = Type.Object({
  text: Type.String(),
  category: Type.Optional(Type.String()),
  scope: Type.Optional(Type.Unsafe<MemoryScope>(Type.String({ enum: [...memoryScopes] }))),
})

const yes = 'yes'
const no = 'no'

export const remember: Tool<typeof input> = {
  name: 'remember',
  text,
  input,
  effect: 'ask',
  async run(given, context) {
    const { memory } = context
    if (!memory) throw new CodiError('unsupported', 'Nothing is remembered here')
    const wanted = { ...given, ...(given.scope ? { scope: readScope(given.scope) } : {}) }
    const fact = memory.check(wanted)
    const where = fact.scope === 'project' ? 'for this project' : 'for every project'
    const answer = await context.ask({
      text: `Remember ${where}, under ${fact.category}: "${fact.text}"?`,
      choices: [yes, no],
    })
    if (answer === undefined)
      return {
        content: 'It was not stored: nobody is here to agree to it. Do not try again.',
        isError: true,
      }
    if (answer.trim().toLowerCase() !== yes) {
      const said = answer.trim().toLowerCase() === no ? '' : ` The user said: ${answer.trim()}`
      return { content: `It was not stored: the user does not want it.${said}`, isError: true }
    }
    const stored = await memory.add(wanted)
    const words = { stored: 'Remembered', renewed: 'Remembered anew', known: 'Known already' }
    const why = stored.why === undefined ? '' : `; it is not used yet: ${stored.why}`
    return {
      content: `${words[stored.outcome]}: ${stored.fact.text}${why}`,
      detail: { type: 'list', lines: [`${stored.fact.text} (${stored.path})`] },
      data: { outcome: stored.outcome, path: stored.path },
    }
  },
}

function readScope(given: string): MemoryScope {
  const scope = memoryScopes.find((one) => one === given.toLowerCase())
  if (scope) return scope
  throw new CodiError('invalid', `There is no scope "${given}"; use ${memoryScopes.join(' or ')}`)
}
