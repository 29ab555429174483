/** What was found about a part of a shell text, and which finding counts. */
import type { Risk, RuleDecision } from '../../contract/policy.ts'

export interface Finding {
  decision: RuleDecision
  /** Asked for in every mode. */
  dangerous: boolean
  /** No rule that allows the command allows this. */
  firm: boolean
  risk: Risk
  reason: string
  rule: string
}

/** One command, or something beside commands, and what was found of it. */
export interface Part {
  /** As written, quotes removed; empty for what is no command. */
  argv: readonly string[]
  /** What rules are compared with: without directory of the program and without options before a subcommand. */
  forRules: readonly (readonly string[])[]
  findings: readonly Finding[]
  category: string | undefined
  /** The narrowest prefix that could be allowed; undefined where none is offered. */
  remember: readonly string[] | undefined
}

export function allowed(reason: string, rule: string): Finding {
  return { decision: 'allow', dangerous: false, firm: false, risk: 'none', reason, rule }
}

export function asks(reason: string, rule: string, risk: Risk = 'medium'): Finding {
  return { decision: 'ask', dangerous: false, firm: false, risk, reason, rule }
}

/** Asked for, whatever rule allows the command. */
export function firm(reason: string, rule: string, risk: Risk = 'medium'): Finding {
  return { ...asks(reason, rule, risk), firm: true }
}

export function danger(reason: string, rule: string): Finding {
  return { ...firm(reason, rule, 'high'), dangerous: true }
}

export function refused(reason: string, rule: string): Finding {
  return { ...danger(reason, rule), decision: 'deny' }
}

function weight(finding: Finding): number {
  if (finding.decision === 'deny') return 4
  if (finding.decision === 'allow') return 0
  return finding.dangerous ? 3 : finding.firm ? 2 : 1
}

/** The finding that counts: the strictest, of equal ones the first. */
export function strictest(findings: readonly Finding[]): Finding | undefined {
  let found: Finding | undefined
  for (const finding of findings) if (!found || weight(finding) > weight(found)) found = finding
  return found
}
