/** What the rules about tools, paths and hosts say of a request: of several that match the strictest decides. */
import type { PermissionRequest } from '../contract/permission.ts'
import type { PolicyRule, RuleDecision } from '../contract/policy.ts'
import type { Facts } from './assessment.ts'
import { opensHost, parseHost } from './hosts.ts'
import type { StoredRule } from './rule-file.ts'
import { matchesHostRule, matchesPath, matchesTool } from './rule-match.ts'
import { shortName } from './rule-words.ts'

export interface RuleSays {
  decision: RuleDecision
  name: string
  /** A sentence for a person and the model. */
  reason: string
  rule: PolicyRule
}

type RuleFacts = Pick<Facts, 'rules' | 'home' | 'project' | 'allowHosts'>

/** Undefined where no rule says anything of the whole request. */
export function strictest(request: PermissionRequest, facts: RuleFacts): RuleSays | undefined {
  const ofTool = say(facts, ({ rule }) => matchesTool(rule, request.tool))
  const effect = request.effect === 'write' ? 'write' : 'read'
  const ofPaths = request.paths.map((path) => pathSays(path, effect, facts))
  const ofHosts =
    request.effect === 'network' ? request.hosts.map((host) => hostSays(host, facts)) : []
  const all = [ofTool, ...ofPaths, ...ofHosts]
  for (const decision of ['deny', 'ask'] as const) {
    const found = all.find((says) => says?.decision === decision)
    if (found) return found
  }
  if (ofTool?.decision === 'allow') return ofTool
  // The directory of a command says nothing about the command.
  const subjects =
    request.effect === 'network' ? ofHosts : request.effect === 'execute' ? [] : ofPaths
  return subjects.length > 0 && subjects.every((says) => says?.decision === 'allow')
    ? subjects[0]
    : undefined
}

export function pathSays(
  path: string,
  effect: 'read' | 'write',
  facts: RuleFacts,
): RuleSays | undefined {
  return say(
    facts,
    ({ rule, meansPath }) =>
      rule.path !== undefined &&
      (rule.effect === undefined || rule.effect === effect) &&
      (meansPath?.(path) ?? matchesPath(rule, path, facts)),
  )
}

/** The setting `allowHosts` counts as rules that allow. */
export function hostSays(host: string, facts: RuleFacts): RuleSays | undefined {
  const says = say(facts, ({ rule }) => matchesHostRule(rule, host))
  if (says && says.decision !== 'allow') return says
  const parsed = parseHost(host)
  const setting = parsed && facts.allowHosts.find((allowed) => opensHost(allowed, parsed))
  if (says || setting === undefined) return says
  const rule: PolicyRule = { host: setting, decision: 'allow' }
  return { decision: 'allow', name: `allowHosts ${setting}`, reason: 'the settings allow it', rule }
}

function say(facts: RuleFacts, matches: (stored: StoredRule) => boolean): RuleSays | undefined {
  const found = facts.rules.rules.filter(matches).map(({ rule }) => rule)
  const rule =
    found.find(({ decision }) => decision === 'deny') ??
    found.find(({ decision }) => decision === 'ask') ??
    found[0]
  if (!rule) return undefined
  const name = shortName(rule)
  const why = rule.reason === undefined ? '' : `: ${rule.reason}`
  const what = { allow: 'allows it', ask: 'asks before it', deny: 'forbids it' }[rule.decision]
  const end = rule.decision === 'deny' ? '. Do not try the same in another way.' : ''
  return { decision: rule.decision, name, rule, reason: `a rule ${what} (${name})${why}${end}` }
}
