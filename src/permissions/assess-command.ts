/** Shell commands: the judge's verdict, the mode, and what confines a command on this machine. */
import type { PermissionRequest } from '../contract/permission.ts'
import type { CommandVerdict, PolicyRule } from '../contract/policy.ts'
import type { CommandAccess } from '../contract/sandbox-service.ts'
import { assessWidening } from './assess-widening.ts'
import { type Assessment, deny, type Facts, planReasonFor } from './assessment.ts'
import { writesRepository } from './git-writes.ts'
import { exactGrant, type Grant } from './grants.ts'
import { withLinkedSecrets } from './linked-secrets.ts'
import { strictest } from './rule-decision.ts'
import { prefixWords, shortName } from './rule-words.ts'
import { isFreeOnCopy, onCopy } from './tried.ts'

type Confinement = 'full' | 'partial' | 'nothing' | 'off'

export async function assessCommand(
  request: PermissionRequest & { command: string },
  facts: Facts,
): Promise<Assessment> {
  // The sandbox is tried out while the judge is loaded: the first command of a session needs both.
  if (facts.sandboxMode !== 'off') void facts.sandbox()
  const verdict = withLinkedSecrets(await verdictOf(request, facts), {
    cwd: request.cwd ?? facts.project,
    paths: facts.paths,
  })
  if (verdict.decision === 'deny') return { ...refusal(verdict, facts), verdict }
  const widening = assessWidening(request, facts)
  if (widening?.outcome === 'deny') return { ...widening, verdict }
  const own = await decide(verdict, request, facts)
  const access = onCopy(request, accessOf(verdict, facts, { ...own.access, ...widening?.access }))
  const merged: Assessment = { ...own, verdict, ...(access ? { access } : {}) }
  if (widening?.outcome !== 'ask' || merged.outcome === 'deny') return merged
  // What goes beyond the sandbox is asked for whatever the command is; with what is dangerous nothing is remembered.
  const { grant: _, learn: _learn, ...asked } = merged
  const isSafe = merged.danger === undefined
  const reasons = [widening.reason, merged.outcome === 'ask' ? merged.reason : undefined]
  return {
    ...asked,
    outcome: 'ask',
    reason: reasons.filter((part) => part !== undefined).join('; '),
    ...(isSafe && widening.grant ? { grant: widening.grant } : {}),
    ...(isSafe && merged.outcome === 'allow' && widening.learn ? { learn: widening.learn } : {}),
  }
}

function verdictOf(
  request: PermissionRequest & { command: string },
  facts: Facts,
): Promise<CommandVerdict> {
  return facts.judge.command(request.command, {
    cwd: request.cwd ?? facts.project,
    home: facts.home,
    workspace: [...(facts.roots ?? [facts.project])],
    rules: [...commandRules(facts), ...facts.sessionRules],
  })
}

function commandRules({ rules }: Facts): PolicyRule[] {
  return rules.rules
    .map(({ rule }) => rule)
    .filter((rule) => rule.prefix !== undefined || rule.category !== undefined)
}

/** What rules, mode and confinement say, the widening left aside. */
async function decide(
  verdict: CommandVerdict,
  request: PermissionRequest & { command: string },
  facts: Facts,
): Promise<Assessment> {
  const given = commandRules(facts).find((rule) => facts.judge.ruleName(rule) === verdict.rule)
  const granted = facts.sessionRules.some((rule) => facts.judge.ruleName(rule) === verdict.rule)
  const byRule = strictest(request, facts)
  const name = given ? shortName(given) : verdict.rule
  if (byRule?.decision === 'deny') return deny('rule', byRule.reason, byRule.name)

  const sandbox = await confinement(facts)
  // Without anything that confines it, a command runs only because somebody said so.
  const bare: { access?: CommandAccess } =
    sandbox.holds === 'nothing' ? { access: { unsandboxed: true } } : {}
  if (facts.mode === 'plan') {
    if (!verdict.readsOnly || verdict.decision !== 'allow')
      return deny('mode', planReasonFor(verdict.reason))
    if (sandbox.holds === 'nothing') return asked(sandbox.why)
    return { outcome: 'allow', by: 'mode', access: { readOnly: true } }
  }
  if (verdict.dangerous) {
    const { reason } = verdict
    return { outcome: 'ask', by: 'rule', reason, danger: reason, rule: name, ...bare }
  }
  if (verdict.decision === 'ask' && given) return asked(reasonOf(given, verdict), { rule: name })
  if (byRule?.decision === 'ask') return asked(byRule.reason, { rule: byRule.name })
  if (facts.rules.strict) return asked('a file of rules is wrong, so that everything is asked for')
  const grant = grantOf(verdict, request)
  if (sandbox.holds === 'nothing') {
    // A rule was made for commands that are confined: here only what was said in this session counts.
    const says = verdict.decision === 'ask' ? `${verdict.reason}; ${sandbox.why}` : sandbox.why
    if (granted && verdict.decision === 'allow') return { outcome: 'allow', by: 'session', ...bare }
    return asked(says, { grant })
  }
  if (sandbox.opensClosed && !granted) return asked(sandbox.opensClosed, { grant })
  if (verdict.decision === 'allow') {
    if (granted) return { outcome: 'allow', by: 'session' }
    return { outcome: 'allow', by: 'rule', rule: name }
  }
  if (byRule?.decision === 'allow') return { outcome: 'allow', by: 'rule', rule: byRule.name }
  if (isFreeOnCopy(request, { holds: sandbox.holds, networkIsOpen: facts.networkIsOpen }))
    return { outcome: 'allow', by: 'mode' }
  const unseen = verdict.rule === 'unparsed' && sandbox.holds === 'partial'
  if (facts.mode === 'auto' && !unseen) return { outcome: 'allow', by: 'mode' }
  const why = sandbox.why === undefined ? verdict.reason : `${verdict.reason}; ${sandbox.why}`
  return asked(why, { grant, learn: learnOf(verdict) })

  function asked(
    reason: string | undefined,
    more: Omit<Partial<Assessment>, 'learn'> & { learn?: Assessment['learn'] | undefined } = {},
  ): Assessment {
    const { learn, ...rest } = more
    return {
      outcome: 'ask',
      by: 'rule',
      reason: reason ?? verdict.reason,
      grant: exactGrant(request),
      ...bare,
      ...rest,
      ...(learn ? { learn } : {}),
    }
  }
}

interface Confined {
  holds: Confinement
  why?: string
  /** Why a command could read or write what settings or rules close: then each is a person's decision. */
  opensClosed?: string
}

async function confinement(facts: Facts): Promise<Confined> {
  if (facts.sandboxMode === 'off') return { holds: 'off', why: 'the sandbox is switched off' }
  const state = await facts.sandbox()
  switch (state.holds) {
    case 'full':
      return { holds: 'full' }
    case 'nothing':
      return {
        holds: 'nothing',
        why: 'nothing confines commands on this machine, so that it would run with your own rights (codi sandbox explain says why; --sandbox off, that this is wanted)',
      }
    case 'partial': {
      const missing = state.guarantees.filter(({ held }) => !held).map(({ name }) => name)
      const what = missing.length === 0 ? '' : `: not ${missing.slice(0, 3).join(', ')}`
      const why = `the sandbox holds only in part here${what}`
      if (state.ownTmp || !facts.closesInside) return { holds: 'partial', why }
      const opensClosed =
        'the sandbox of this machine cannot close single files inside the workspace, and your settings or rules close some'
      return { holds: 'partial', why, opensClosed }
    }
  }
}

function refusal(verdict: CommandVerdict, facts: Facts): Assessment {
  const given = commandRules(facts).find((rule) => facts.judge.ruleName(rule) === verdict.rule)
  if (!given) return deny('rule', `this command is never run: ${verdict.reason}.`, verdict.rule)
  return deny(
    'rule',
    `a rule forbids it (${shortName(given)}): ${given.reason ?? verdict.reason}. Do not try the same in another way.`,
    shortName(given),
  )
}

function reasonOf(rule: PolicyRule, verdict: CommandVerdict): string {
  return `a rule asks before it (${shortName(rule)}): ${rule.reason ?? verdict.reason}`
}

/** Commits write into `.git`: once allowed they may, as may its kin; its hooks and configuration stay closed. */
function accessOf(
  verdict: CommandVerdict,
  facts: Facts,
  access: CommandAccess,
): CommandAccess | undefined {
  const commits =
    !verdict.readsOnly &&
    verdict.commands.some(writesRepository) &&
    facts.mode !== 'plan' &&
    facts.sandboxMode === 'workspace'
  const all: CommandAccess = { ...access, ...(commits ? { gitWrite: true as const } : {}) }
  return Object.keys(all).length === 0 ? undefined : all
}

function grantOf(verdict: CommandVerdict, request: PermissionRequest): Grant {
  if (verdict.remember.length === 0 || verdict.decision === 'allow') return exactGrant(request)
  const prefixes = verdict.remember
  const text = `commands that start with ${prefixes.map((prefix) => prefixWords(prefix)).join(', ')}`
  return { prefixes, text }
}

function learnOf(verdict: CommandVerdict): Assessment['learn'] {
  if (verdict.dangerous || verdict.rule === 'unparsed' || verdict.remember.length === 0)
    return undefined
  const rules = verdict.remember.map((prefix): PolicyRule => ({ prefix, decision: 'allow' }))
  return { rules, scopes: ['project', 'user'] }
}
