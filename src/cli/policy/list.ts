/** `codi policy list`: every rule with its number, where it stands and whether it holds here. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import type { StoredRule } from '../../permissions/rule-file.ts'
import { ruleLine, ruleText } from '../../permissions/rule-words.ts'
import { has } from '../args.ts'
import { printJson } from '../code/command.ts'
import type { OpenPolicy } from './open.ts'

export interface ListedRule extends StoredRule {
  /** As `policy remove` takes it. */
  number: number
  inForce: boolean
}

export async function listRules(policy: OpenPolicy): Promise<number> {
  const { args, output } = policy
  const listed = await listedRules(policy)
  if (has(args, 'json')) {
    printJson(
      output,
      listed.map(({ number, rule, file, line, scope, inForce }) => ({
        number,
        text: ruleText(rule),
        rule,
        file,
        line,
        scope,
        inForce,
      })),
    )
    return exitCodes.done
  }
  if (listed.length === 0)
    output.out('There are no rules of your own yet; codi policy explain shows what is built in.\n')
  const width = String(listed.length).length
  for (const { number, rule, file, line, inForce } of listed) {
    const reason = rule.reason === undefined ? '' : ` (${rule.reason})`
    const state = inForce ? '' : ' [not in force: the project is not trusted; see codi trust]'
    output.out(
      `${String(number).padStart(width)}  ${neutralize(ruleText(rule) + reason)}${state}\n`,
    )
    output.out(`${' '.repeat(width)}  ${neutralize(`${file}:${line}  ${ruleLine(rule)}`)}\n`)
  }
  return exitCodes.done
}

/** Those that hold in this project: the person's own first, then the project's. */
export async function listedRules(policy: OpenPolicy): Promise<ListedRule[]> {
  const { rules, ignored } = await policy.book().current()
  return [
    ...rules.map((stored) => ({ ...stored, inForce: true })),
    ...ignored.map((stored) => ({ ...stored, inForce: false })),
  ]
    .sort((a, b) => (a.scope === b.scope ? a.index - b.index : a.scope === 'user' ? -1 : 1))
    .map((row, at) => ({ ...row, number: at + 1 }))
}
