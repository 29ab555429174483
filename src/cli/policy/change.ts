/** `codi policy add` and `codi policy remove`: rules go into the person's own file, and are taken out of where they stand. */
import { join } from 'node:path'
import { exitCodes } from '../../app/exit-code.ts'
import { CodiError } from '../../base/errors.ts'
import { parseJsonc } from '../../base/jsonc.ts'
import { neutralize } from '../../base/text.ts'
import type { PolicyRule, RuleDecision } from '../../contract/policy.ts'
import { failingExamples } from '../../permissions/rule-examples.ts'
import { readRule } from '../../permissions/rule-file.ts'
import { removeRule, storeRule } from '../../permissions/rule-store.ts'
import { ruleLine, ruleText, shortName } from '../../permissions/rule-words.ts'
import { flagValue, has, usage } from '../args.ts'
import { printJson } from '../code/command.ts'
import { type ListedRule, listedRules } from './list.ts'
import type { OpenPolicy } from './open.ts'

const decisions: readonly RuleDecision[] = ['allow', 'ask', 'deny']

export const changeRules = { add, remove }

async function add(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  const { args, output, paths } = policy
  const file = join(paths.config, 'rules.json')
  const rule = await checkedRule(policy, { ...ruleOf(policy, words) }, file)
  const added = await storeRule(file, rule)
  if (has(args, 'json')) printJson(output, { added, file, rule, text: ruleText(rule) })
  else {
    output.out(`${added ? 'Stored' : 'It stands there already'}: ${neutralize(ruleText(rule))}\n`)
    output.out(`  ${neutralize(`${file}  ${ruleLine(rule)}`)}\n`)
  }
  const note = await whatItCannotDo(policy, rule)
  if (note !== undefined) output.err(`codi: ${neutralize(note)}\n`)
  return exitCodes.done
}

function ruleOf(policy: OpenPolicy, words: readonly string[]): PolicyRule {
  const { args, project } = policy
  const wanted = decisions.filter((decision) => has(args, decision))
  if (wanted.length > 1) throw usage(`--${wanted.join(' and --')} exclude each other`)
  const [category, path, host, tool] = ['category', 'path', 'host', 'tool'].map((name) =>
    flagValue(args, name),
  )
  const effect = flagValue(args, 'effect') as 'read' | 'write' | undefined
  const reason = flagValue(args, 'reason')
  const prefix = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== '')
  const subjects = [prefix.length > 0 ? prefix : undefined, category, path, host, tool]
  if (subjects.filter((subject) => subject !== undefined).length !== 1)
    throw usage(
      'codi policy add wants one of: the first words of a command, --category, --path, --host, --tool; words that begin with - go behind --',
    )
  return {
    ...(prefix.length > 0 ? { prefix } : {}),
    ...(category === undefined ? {} : { category }),
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
    ...(tool === undefined ? {} : { tool }),
    ...(effect === undefined ? {} : { effect }),
    decision: wanted[0] ?? 'allow',
    ...(reason === undefined ? {} : { reason }),
    ...(has(args, 'project') ? { project } : {}),
  }
}

/** Checked as one that is read from a file. */
export async function checkedRule(
  policy: Pick<OpenPolicy, 'judge' | 'home' | 'project'>,
  rule: PolicyRule,
  file: string,
): Promise<PolicyRule> {
  const source = { file, scope: 'user' as const, categories: policy.judge.categories }
  const node = parseJsonc(ruleLine(rule))
  const read = readRule(node, source)
  if (!read.rule)
    throw new CodiError('usage', read.problems.join('; ').replaceAll('; the rule is not used', ''))
  const failing = await failingExamples(read.rule, policy)
  if (failing.length > 0) throw new CodiError('invalid', failing.join('; '))
  return read.rule
}

/** A rule that allows what is dangerous is stored, but it does not make it free: better said now than found out later. */
async function whatItCannotDo(policy: OpenPolicy, rule: PolicyRule): Promise<string | undefined> {
  if (rule.decision !== 'allow' || rule.prefix === undefined) return undefined
  const words = rule.prefix.map((part) => (typeof part === 'string' ? part : (part[0] ?? '')))
  const verdict = await policy.judge.command(words.join(' '), {
    cwd: policy.cwd,
    home: policy.home,
    workspace: [policy.cwd],
    rules: [rule],
  })
  if (verdict.decision === 'allow') return undefined
  const what = verdict.decision === 'deny' ? 'never run' : 'asked for'
  return `${words.join(' ')} alone is still ${what}: ${verdict.reason}`
}

async function remove(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  const { args, output } = policy
  if (words.length === 0)
    throw usage(
      'codi policy remove wants the number of a rule or its words; codi policy list shows them',
    )
  const stored = chosen(await listedRules(policy), words.join(' '))
  await removeRule(stored, { lock: join(policy.paths.config, 'rules.json.lock') })
  if (has(args, 'json')) printJson(output, { removed: stored.rule, file: stored.file })
  else output.out(`Removed from ${stored.file}: ${neutralize(ruleText(stored.rule))}\n`)
  return exitCodes.done
}

function chosen(listed: readonly ListedRule[], text: string): ListedRule {
  if (/^\d+$/.test(text)) {
    const byNumber = listed[Number(text) - 1]
    if (byNumber) return byNumber
    throw new CodiError('not_found', `There is no rule ${text}; codi policy list shows them`)
  }
  const names = (row: ListedRule) => [shortName(row.rule), ruleText(row.rule), ruleLine(row.rule)]
  const exact = listed.filter((row) => names(row).includes(text))
  const found =
    exact.length > 0
      ? exact
      : listed.filter((row) => names(row).some((name) => name.includes(text)))
  const [only] = found
  if (only && found.length === 1) return only
  if (!only)
    throw new CodiError(
      'not_found',
      `No rule is "${text}"; codi policy list shows them with numbers`,
    )
  const which = found.map((row) => `${row.number} (${ruleText(row.rule)})`).join(', ')
  throw new CodiError('ambiguous', `"${text}" means several rules: ${which}; give a number`)
}
