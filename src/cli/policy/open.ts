/** What every `codi policy` command works with: the rules in force here, and the judge of commands. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ruleTrust } from '../../app/rule-trust.ts'
import { neutralize } from '../../base/text.ts'
import { projectDirectory } from '../../config/load.ts'
import type { CodiPaths } from '../../config/paths.ts'
import type { Settings } from '../../contract/settings.ts'
import { type Judge, openJudge } from '../../permissions/exec/judge.ts'
import { openRuleBook, type RuleBook } from '../../permissions/rule-book.ts'
import { homeOf } from '../../permissions/rule-match.ts'
import type { Output } from '../../terminal/output.ts'
import type { Arguments } from '../args.ts'

export interface PolicyOptions {
  args: Arguments
  output: Output
  cwd: string
  env: Record<string, string | undefined>
  paths: CodiPaths
  settings: Settings
  signal: AbortSignal
}

export interface OpenPolicy extends PolicyOptions {
  judge: Judge
  /** `rulesFile`: the rules of this file alone, as the person's own. */
  book(rulesFile?: string): RuleBook
  home: string
  project: string
}

export function openPolicy(options: PolicyOptions): OpenPolicy {
  const { env, paths, output } = options
  const judge = openJudge()
  const home = homeOf(env)
  const project = projectDirectory(realpathSync(options.cwd))
  return {
    ...options,
    judge,
    home,
    project,
    book: (rulesFile) =>
      openRuleBook({
        userFile: rulesFile ?? join(paths.config, 'rules.json'),
        projectFile: rulesFile === undefined ? join(project, '.codi', 'rules.json') : '',
        project,
        home,
        judge,
        trust: () => ruleTrust({ dataDirectory: paths.data, project }),
        problem: (text) => output.err(`codi: ${neutralize(text)}\n`),
      }),
  }
}
