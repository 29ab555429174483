/** `codi policy`: the rules that are kept, what they say of a command, and rules of other agents. Asks no model. */
import { usage } from './args.ts'
import { changeRules } from './policy/change.ts'
import { checkCommand } from './policy/check.ts'
import { explainPolicy } from './policy/explain.ts'
import { importRules } from './policy/import.ts'
import { listRules } from './policy/list.ts'
import { openPolicy, type PolicyOptions } from './policy/open.ts'

const actions = {
  list: listRules,
  add: changeRules.add,
  remove: changeRules.remove,
  check: checkCommand,
  explain: explainPolicy,
  import: importRules,
} as const

export async function policy(options: PolicyOptions): Promise<number> {
  const [name = 'list', ...words] = options.args.words
  const action = Object.entries(actions).find(([known]) => known === name)?.[1]
  if (!action) throw usage(`codi policy knows ${Object.keys(actions).join(', ')}, not "${name}"`)
  return action(openPolicy(options), words)
}
