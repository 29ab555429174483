/** The judge of command lines: what a shell text would do, by rules and by what is known of its programs. */
import type { CommandVerdict, PolicyRule } from '../../contract/policy.ts'
import { dangerousCommand, refusedCommand } from '../danger.ts'

export interface JudgeOptions {
  cwd: string
  home: string
  workspace: string[]
  rules: readonly PolicyRule[]
}

export interface Judge {
  command(text: string, options: JudgeOptions): Promise<CommandVerdict>
  /** Names of the built-in categories. */
  readonly categories: readonly string[]
  /** Whether a rule about commands matches any simple command of the text. */
  matches(rule: PolicyRule, text: string): Promise<boolean>
  /** How `rule` of a verdict names a rule that was given. */
  ruleName(rule: PolicyRule): string
}

export function openJudge(): Judge {
  return {
    categories: [],
    ruleName: (rule) => JSON.stringify(rule.prefix ?? rule.category),
    matches: async () => false,
    async command(text) {
      const refused = refusedCommand(text)
      const danger = dangerousCommand(text)
      return {
        decision: refused === undefined ? 'ask' : 'deny',
        dangerous: danger !== undefined || refused !== undefined,
        risk: 'medium',
        reason: refused ?? danger ?? 'it is not known to be safe',
        rule: refused === undefined && danger === undefined ? 'default' : 'builtin:danger',
        commands: [],
        redirects: false,
        remember: [],
        categories: [],
        readsOnly: false,
      }
    },
  }
}
