/** What a command wants beyond the sandbox: never credentials, always a person's decision unless a rule names exactly it. */
import { join } from 'node:path'
import { isWithin } from '../base/paths.ts'
import type { PermissionRequest } from '../contract/permission.ts'
import { type Assessment, deny, type Facts, planReason } from './assessment.ts'
import { exactGrant } from './grants.ts'
import { hostRuleFor, parseHost } from './hosts.ts'
import { foldPath } from './path-names.ts'
import { credentialPlaces } from './places.ts'
import { hostSays, pathSays } from './rule-decision.ts'
import { escapeGlob, namesPath } from './rule-match.ts'

const beyond = 'it wants more than the sandbox gives, which only a person decides'

/** Undefined where nothing more is wanted. */
export function assessWidening(request: PermissionRequest, facts: Facts): Assessment | undefined {
  const { widening } = request
  if (widening === undefined) return undefined
  if (facts.mode === 'plan') return deny('mode', planReason)
  const asked: Assessment = {
    outcome: 'ask',
    by: 'rule',
    reason: beyond,
    grant: exactGrant(request),
  }
  switch (widening.what) {
    case 'unsandboxed':
      return { ...asked, access: { unsandboxed: true } }
    case 'path': {
      const { path } = widening
      const closed = closedBelow(path, facts)
      if (closed !== undefined)
        return deny('rule', `the sandbox is never opened for ${path}: ${closed}.`)
      const access = { writePath: path }
      const says = pathSays(path, 'write', facts)
      if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
      // A directory further up that may be written by tools is not yet one for any command.
      if (says?.decision === 'allow' && namesPath(says.rule, path, facts))
        return { outcome: 'allow', by: 'rule', rule: says.name, access }
      return {
        ...asked,
        access,
        grant: { ...exactGrant(request), text: `this command with writing ${path}` },
        learn: {
          rules: [{ path: escapeGlob(path), effect: 'write', decision: 'allow' }],
          scopes: ['project', 'user'],
        },
      }
    }
    case 'host': {
      const { host } = widening
      const access = { host }
      const parsed = parseHost(host)
      if (parsed === undefined) return deny('rule', `"${host}" is no host.`)
      const says = hostSays(host, facts)
      if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
      if (says?.decision === 'allow')
        return { outcome: 'allow', by: 'rule', rule: says.name, access }
      return {
        ...asked,
        access,
        grant: { ...exactGrant(request), text: `this command with requests to ${host}` },
        learn: {
          rules: [{ host: hostRuleFor(parsed), decision: 'allow' }],
          scopes: ['project', 'user'],
        },
      }
    }
  }
}

/** Why a path must not be opened: it holds credentials, or lies in a place of them, or is a whole home. */
function closedBelow(path: string, facts: Facts): string | undefined {
  if (facts.paths.secrecy(path) === 'closed') return 'it is a place of credentials'
  const folded = foldPath(path)
  const holds = credentialPlaces.find((place) =>
    isWithin(foldPath(join(facts.home, place)), folded),
  )
  return holds === undefined
    ? undefined
    : `it holds credentials (${holds}); name the one directory or file that is needed`
}
