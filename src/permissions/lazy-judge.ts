/** The judge of commands, loaded with the first command that is judged: its tables are not small. */
import { categoryTexts } from './exec/categories.ts'
import type { Judge } from './exec/judge.ts'
import { ruleName } from './exec/rules.ts'

export function openLazyJudge(): Judge {
  let loaded: Promise<Judge> | undefined
  const judge = () => {
    loaded ??= import('./exec/judge.ts').then(({ openJudge }) => openJudge())
    return loaded
  }
  return {
    categories: Object.keys(categoryTexts),
    ruleName,
    matches: async (rule, text) => (await judge()).matches(rule, text),
    command: async (text, options) => (await judge()).command(text, options),
  }
}
