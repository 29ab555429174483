/** One request to what is known of it, by its effect. The order: hard rules, deny, ask, allow, mode. */
import { addressKind } from '../base/ip-address.ts'
import type { Effect, PermissionRequest } from '../contract/permission.ts'
import { assessCommand } from './assess-command.ts'
import { assessRead, assessWrite } from './assess-files.ts'
import { type Assess, type Assessment, deny, type Facts, planReason } from './assessment.ts'
import { exactGrant } from './grants.ts'
import { hostRuleFor, isPrivateHost, parseHost } from './hosts.ts'
import { hostSays, strictest } from './rule-decision.ts'

export async function assess(request: PermissionRequest, facts: Facts): Promise<Assessment> {
  return effects[request.effect](request, facts)
}

const effects: Record<Effect, Assess> = {
  read: assessRead,
  write: assessWrite,
  network: assessNetwork,
  async ask(request, facts) {
    const says = strictest(request, facts)
    if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
    return { outcome: 'allow', by: 'mode' }
  },
  async execute(request, facts) {
    const closed = await facts.paths.refused(request.paths, 'read')
    if (closed !== undefined) return deny('rule', closed)
    const { command } = request
    return command === undefined
      ? assessProgram(request, facts)
      : assessCommand({ ...request, command }, facts)
  },
}

/** A tool that runs something of its own (MCP): its name is all there is to judge by. */
async function assessProgram(request: PermissionRequest, facts: Facts): Promise<Assessment> {
  const says = strictest(request, facts)
  if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
  if (facts.mode === 'plan') return deny('mode', planReason)
  const asked: Assessment = {
    outcome: 'ask',
    by: 'mode',
    reason: says?.reason ?? `mode ${facts.mode} asks before tools run something`,
    grant: { key: `tool ${request.tool}`, text: `calls of ${request.tool}` },
  }
  if (says?.decision === 'ask')
    return { ...asked, by: 'rule', grant: exactGrant(request), rule: says.name }
  if (facts.rules.strict) return asked
  if (says) return { outcome: 'allow', by: 'rule', rule: says.name }
  if (facts.mode === 'auto') return { outcome: 'allow', by: 'mode' }
  return {
    ...asked,
    learn: { rules: [{ tool: request.tool, decision: 'allow' }], scopes: ['project', 'user'] },
  }
}

async function assessNetwork(request: PermissionRequest, facts: Facts): Promise<Assessment> {
  const says = strictest(request, facts)
  if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
  for (const host of request.hosts) {
    const parsed = parseHost(host)
    if (parsed === undefined) return deny('rule', `"${host}" is no host.`)
    if (isPrivateHost(parsed) && hostSays(host, facts)?.decision !== 'allow') {
      // Nobody is led to open that: who reads it has the machine's own credentials.
      if (addressKind(parsed.host) === 'metadata')
        return deny(
          'rule',
          `${host} is a metadata service of a cloud, which hands out credentials.`,
        )
      return deny(
        'rule',
        `${host} is on this machine or its private network, which is only reached by a rule that names it with its port: the user can add one with codi policy add --allow --host ${hostRuleFor(parsed)}.`,
      )
    }
  }
  const asked: Assessment = {
    outcome: 'ask',
    by: 'mode',
    reason: says?.reason ?? whyAsked(request, facts),
    grant: { hosts: request.hosts, text: `requests to ${request.hosts.join(', ')}` },
  }
  if (says?.decision === 'ask') return { ...asked, by: 'rule', rule: says.name }
  if (facts.rules.strict) return asked
  if (says) return { outcome: 'allow', by: 'rule', rule: says.name }
  if (facts.mode === 'plan') return deny('mode', planReason)
  // In auto what stays inside the sandbox is free; a host is outside of it.
  if (facts.mode === 'auto' && !request.ofCommand) return { outcome: 'allow', by: 'mode' }
  const rules = request.hosts.flatMap((host) => {
    const parsed = parseHost(host)
    return parsed ? [{ host: hostRuleFor(parsed), decision: 'allow' as const }] : []
  })
  return {
    ...asked,
    ...(rules.length > 0 ? { learn: { rules, scopes: ['project', 'user'] } } : {}),
  }
}

function whyAsked(request: PermissionRequest, facts: Facts): string {
  return request.ofCommand
    ? 'a sandboxed command reaches only hosts that were allowed'
    : `mode ${facts.mode} asks before anything is sent to the network`
}
