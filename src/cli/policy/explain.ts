/** `codi policy explain`: how a decision comes about; with a command, step by step for this one. */
import { exitCodes } from '../../app/exit-code.ts'
import { neutralize } from '../../base/text.ts'
import { modes } from '../../contract/permission.ts'
import { categoryTexts } from '../../permissions/exec/categories.ts'
import { ruleText } from '../../permissions/rule-words.ts'
import { modeTexts } from '../../terminal/mode-text.ts'
import { has } from '../args.ts'
import { printJson } from '../code/command.ts'
import { commandText, judged, verdictLines } from './check.ts'
import type { OpenPolicy } from './open.ts'

const order: readonly string[] = [
  'hard rules: what is never run, written or read, whoever allows it',
  'deny rules, yours and the project’s',
  'ask rules, yours and the project’s',
  'allow rules: yours, and the project’s once you trust it (codi trust)',
  'the mode',
  'you; where nobody can be asked: denied',
]

const always: readonly string[] = [
  'dangerous commands (rm -rf, git push --force, sudo …) are asked for in every mode and never remembered',
  'so is changing .codi, .claude, shell start-up files, git hooks and files with further names (hard links)',
  'and reading files that may hold secrets (.env, *.pem, credentials.json …)',
  'and whatever goes beyond the sandbox (another path, a host, no sandbox at all)',
]

const never: readonly string[] = [
  'wiping the disk or the home directory, formatting, writing to disk devices, fork bombs',
  'writing into .git by a tool (git commands do that)',
  'reading or writing credential places: ~/.ssh, ~/.aws, keyrings, browsers … (setting "readable" opens one)',
  'requests to this machine, private networks and metadata services, unless a rule names host and port',
]

export async function explainPolicy(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  return words.length === 0 ? explainAll(policy) : explainCommand(policy, words)
}

function explainAll({ args, output }: OpenPolicy): number {
  if (has(args, 'json')) {
    printJson(output, { order, modes: modeTexts, always, never, categories: categoryTexts })
    return exitCodes.done
  }
  const categories = Object.entries(categoryTexts)
  const width = Math.max(...categories.map(([name]) => name.length))
  output.out(
    [
      'The first of these that says something decides:',
      ...order.map((step, at) => `  ${at + 1}. ${step}`),
      '',
      'Modes:',
      ...modes.map((mode) => `  ${mode.padEnd(5)} ${modeTexts[mode]}`),
      '',
      'Asked for in every mode:',
      ...always.map((line) => `  - ${line}`),
      '',
      'Never:',
      ...never.map((line) => `  - ${line}`),
      '',
      'Categories of commands, for rules (codi policy add --allow --category NAME):',
      ...categories.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
      '',
    ].join('\n'),
  )
  return exitCodes.done
}

async function explainCommand(policy: OpenPolicy, words: readonly string[]): Promise<number> {
  const { args, output, settings } = policy
  const command = commandText(words)
  const rules = await policy.book().current()
  const { verdict, assessed, mode = settings.mode } = await judged(policy, command, rules)
  const about = rules.rules.filter(
    ({ rule }) =>
      rule.prefix !== undefined || rule.category !== undefined || rule.tool !== undefined,
  )
  const matching = []
  for (const stored of about) {
    const isOfCommand = stored.rule.tool === undefined
    if (isOfCommand && (await policy.judge.matches(stored.rule, command))) matching.push(stored)
  }
  if (has(args, 'json')) {
    printJson(output, {
      command,
      mode,
      decision: assessed.outcome,
      by: assessed.by,
      reason: assessed.reason ?? verdict.reason,
      verdict,
      matching: matching.map(({ rule, file, line }) => ({
        text: ruleText(rule),
        rule,
        file,
        line,
      })),
      access: { ...assessed.access },
    })
    return exitCodes.done
  }
  const outcome = { allow: 'it runs', ask: 'you are asked', deny: 'it is refused' }[
    assessed.outcome
  ]
  const lines = [
    ...verdictLines(verdict, { decision: verdict.decision, mode: undefined }),
    matching.length === 0
      ? '  rules     none of yours matches a part of it'
      : `  rules     ${matching.map(({ rule, file, line }) => `${ruleText(rule)} (${file}:${line})`).join('; ')}`,
    `  mode      ${mode}: ${outcome}${assessed.reason === undefined ? '' : ` (${assessed.reason})`}`,
    ...(assessed.access ? [`  sandbox   ${accessText(assessed.access)}`] : []),
    ...(assessed.learn && assessed.danger === undefined
      ? [`  offered   ${assessed.learn.rules.map(ruleText).join('; ')}`]
      : []),
  ]
  output.out(`${lines.map((line) => neutralize(line)).join('\n')}\n`)
  return exitCodes.done
}

function accessText(access: { gitWrite?: true; readOnly?: true }): string {
  if (access.readOnly) return 'nothing is writable for it'
  return access.gitWrite ? '.git is opened, its hooks and configuration stay closed' : 'as always'
}
