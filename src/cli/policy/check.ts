/**
 * `codi policy check`: what becomes of a shell text. Exit status 0 whatever the verdict; 1 where the file given by
 * --rules has a mistake. With --mode the decision is that of the gate in this mode, in a sandbox that holds.
 */

import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes } from '../../app/exit-code.ts'
import { CodiError } from '../../base/errors.ts'
import { neutralize } from '../../base/text.ts'
import type { Mode } from '../../contract/permission.ts'
import type { CommandVerdict } from '../../contract/policy.ts'
import { assess } from '../../permissions/assess.ts'
import type { Assessment, Facts } from '../../permissions/assessment.ts'
import { openPathJudge } from '../../permissions/path-judge.ts'
import type { RulesInForce } from '../../permissions/rule-book.ts'
import { prefixWords } from '../../permissions/rule-words.ts'
import { flagValue, has, usage } from '../args.ts'
import { printJson } from '../code/command.ts'
import type { OpenPolicy } from './open.ts'

export async function checkCommand(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  const { args, output } = policy
  const command = commandText(words)
  const file = flagValue(args, 'rules')
  if (file !== undefined && !existsSync(resolve(policy.cwd, file)))
    throw new CodiError(
      'not_found',
      `There is no file ${file} of rules; give --rules an existing one`,
    )
  const rules = await policy.book(file && resolve(policy.cwd, file)).current()
  const { verdict, assessed, mode } = await judged(policy, command, rules)
  const decision = mode === undefined ? verdict.decision : assessed.outcome
  const failed = file !== undefined && rules.problems.length > 0
  const status = failed ? exitCodes.failed : exitCodes.done
  if (has(args, 'json')) {
    printJson(output, {
      decision,
      dangerous: verdict.dangerous,
      risk: verdict.risk,
      reason: verdict.reason,
      rule: verdict.rule,
      commands: verdict.commands,
      redirects: verdict.redirects,
      remember: verdict.remember,
      categories: verdict.categories,
      readsOnly: verdict.readsOnly,
      ...(mode === undefined ? {} : { mode, access: { ...assessed.access } }),
      ...(rules.problems.length > 0 ? { problems: rules.problems } : {}),
    })
    return status
  }
  output.out(
    `${verdictLines(verdict, { decision, mode })
      .map((line) => neutralize(line))
      .join('\n')}\n`,
  )
  return status
}

export function commandText(words: readonly string[]): string {
  if (words.length === 0)
    throw usage("codi policy check wants a command: codi policy check -- 'git push && npm test'")
  // One word is a whole shell text; several are an argv.
  return words.length === 1 ? (words[0] ?? '') : prefixWords(words)
}

export async function judged(
  policy: OpenPolicy,
  command: string,
  rules: RulesInForce,
): Promise<{ verdict: CommandVerdict; assessed: Assessment; mode: Mode | undefined }> {
  const { args, settings, judge, home, project } = policy
  const mode = has(args, 'yes') ? 'auto' : (flagValue(args, 'mode') as Mode | undefined)
  const root = realpathSync(policy.cwd)
  const facts: Facts = {
    mode: mode ?? settings.mode,
    home,
    project,
    rules,
    sessionRules: [],
    judge,
    paths: openPathJudge({
      home,
      roots: [root],
      own: [policy.paths.data, policy.paths.config],
      unreadable: settings.unreadable,
      readable: settings.readable,
    }),
    roots: [root],
    allowHosts: settings.allowHosts,
    sandboxMode: settings.sandbox,
    sandbox: async () => ({ holds: 'full', guarantees: [], ownTmp: true }),
    closesInside: false,
    networkIsOpen: settings.network === 'on',
  }
  const assessed = await assess(
    {
      callId: '',
      tool: 'bash',
      effect: 'execute',
      summary: `run ${command}`,
      paths: [],
      hosts: [],
      command,
      cwd: root,
    },
    facts,
  )
  if (!assessed.verdict) throw new CodiError('internal', `${command} was not judged`)
  return { verdict: assessed.verdict, assessed, mode }
}

export function verdictLines(
  verdict: CommandVerdict,
  { decision, mode }: { decision: string; mode: Mode | undefined },
): string[] {
  const danger = verdict.dangerous ? ', dangerous: asked in every mode' : ''
  const remember = verdict.remember.map((prefix) => prefixWords(prefix)).join('; ')
  return [
    `${decision}${mode === undefined ? '' : ` in mode ${mode}`} (risk ${verdict.risk}${danger})`,
    `  why       ${verdict.reason}`,
    `  rule      ${verdict.rule}`,
    ...verdict.commands.map(
      (argv, at) => `  ${at === 0 ? 'runs     ' : '         '} ${prefixWords(argv)}`,
    ),
    ...(verdict.redirects ? ['  writes    to a file by redirection'] : []),
    ...(verdict.categories.length > 0 ? [`  category  ${verdict.categories.join(', ')}`] : []),
    ...(remember === '' ? [] : [`  remember  ${remember}`]),
  ]
}
