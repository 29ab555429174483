/** What is known of a request before a person is asked: what rules and mode say, and what an answer would mean. */
import type { Mode, PermissionRequest } from '../contract/permission.ts'
import type { CommandVerdict, PolicyRule, RuleScope } from '../contract/policy.ts'
import type { CommandAccess, SandboxMode, SandboxState } from '../contract/sandbox-service.ts'
import type { Judge } from './exec/judge.ts'
import type { Grant } from './grants.ts'
import type { PathJudge } from './path-judge.ts'
import type { RulesInForce } from './rule-book.ts'
import type { MatchPlace } from './rule-match.ts'

export interface Assessment {
  outcome: 'allow' | 'ask' | 'deny'
  by: 'rule' | 'mode' | 'session'
  /** Name of the rule that decided, where one did. */
  rule?: string
  /** Of a denial a sentence for the model, of a question why it is asked. */
  reason?: string
  /** Asked in every mode, remembered nowhere. */
  danger?: string
  verdict?: CommandVerdict
  access?: CommandAccess
  /** What "for this session" would allow; absent where it is not offered. */
  grant?: Grant
  /** The narrowest rules that would let it through. */
  learn?: { rules: PolicyRule[]; scopes: RuleScope[] }
}

/** Everything that an assessment looks at beside the request. */
export interface Facts extends MatchPlace {
  mode: Mode
  rules: RulesInForce
  /** What was allowed for the session, as rules about commands. */
  sessionRules: readonly PolicyRule[]
  judge: Judge
  paths: PathJudge
  /** The workspace and added directories; undefined: everything is taken to lie inside. */
  roots: readonly string[] | undefined
  allowHosts: readonly string[]
  sandboxMode: SandboxMode
  /** Asked only where a command is judged. */
  sandbox(): Promise<
    Pick<SandboxState, 'holds' | 'guarantees' | 'ownTmp'> & Partial<Pick<SandboxState, 'overlay'>>
  >
  /** Settings or rules close something inside what commands may write, which takes mounts of their own. */
  closesInside: boolean
  /** Commands reach the network without being asked. */
  networkIsOpen: boolean
}

export type Assess = (request: PermissionRequest, facts: Facts) => Promise<Assessment>

export function deny(by: 'rule' | 'mode', reason: string, rule?: string): Assessment {
  return { outcome: 'deny', by, reason, ...(rule === undefined ? {} : { rule }) }
}

const planWords =
  'Say in your answer what should be done instead; the user can change the mode (/mode, --mode).'

export const planReason = `this is plan mode, which only reads. ${planWords}`

/** Of a command: `why` is what the judge says of it. */
export function planReasonFor(why: string): string {
  return `this is plan mode, which only reads (${why}). ${planWords}`
}
