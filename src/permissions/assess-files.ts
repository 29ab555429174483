/** What tools do with files themselves, without a command. They obey the same policy as commands in the sandbox. */
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { isWithin } from '../base/paths.ts'
import type { PermissionRequest } from '../contract/permission.ts'
import type { PolicyRule } from '../contract/policy.ts'
import { type Assessment, deny, type Facts, planReason } from './assessment.ts'
import { exactGrant, type Grant } from './grants.ts'
import { pathSays, strictest } from './rule-decision.ts'
import { escapeGlob, matchesPath, namesFiles } from './rule-match.ts'

export async function assessRead(request: PermissionRequest, facts: Facts): Promise<Assessment> {
  const refused = await facts.paths.refused(request.paths, 'read')
  if (refused !== undefined) return deny('rule', refused)
  const says = strictest(request, facts)
  if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
  const asked: Assessment = { outcome: 'ask', by: 'rule', grant: exactGrant(request) }
  if (says?.decision === 'ask') return { ...asked, reason: says.reason, rule: says.name }
  const secret = request.paths.filter((path) => facts.paths.secrecy(path) === 'asks')
  const closed = secret.filter((path) => !opensSecret(path, facts))
  if (closed.length === 0) {
    if (secret.length > 0 || says) return { outcome: 'allow', by: 'rule', ...named(says?.name) }
    return { outcome: 'allow', by: 'mode' }
  }
  const reason = (await facts.paths.danger(closed, 'read')) ?? 'it may hold secrets'
  return {
    ...asked,
    reason,
    learn: {
      rules: closed.map((path) => ({ ...pathRule(path, facts), effect: 'read' as const })),
      scopes: ['project'],
    },
  }
}

/** A rule that allows all files of a directory does not mean the secrets among them. */
function opensSecret(path: string, facts: Facts): boolean {
  if (pathSays(path, 'read', facts)?.decision !== 'allow') return false
  return facts.rules.rules.some(
    ({ rule }) =>
      rule.decision === 'allow' &&
      rule.effect !== 'write' &&
      namesFiles(rule) &&
      matchesPath(rule, path, facts),
  )
}

export async function assessWrite(request: PermissionRequest, facts: Facts): Promise<Assessment> {
  const refused = await facts.paths.refused(request.paths, 'write')
  if (refused !== undefined) return deny('rule', refused)
  const says = strictest(request, facts)
  if (says?.decision === 'deny') return deny('rule', says.reason, says.name)
  if (facts.mode === 'plan') return deny('mode', planReason)
  if (facts.sandboxMode === 'read-only')
    return deny('mode', 'the sandbox is read-only here (--sandbox read-only): nothing is written.')
  const danger = await facts.paths.danger(request.paths, 'write')
  if (danger !== undefined) return { outcome: 'ask', by: 'rule', reason: danger, danger }
  const grant = treeGrant(request, facts)
  const asked: Assessment = {
    outcome: 'ask',
    by: 'mode',
    grant,
    reason: `mode ${facts.mode} asks before files are changed`,
  }
  if (says?.decision === 'ask')
    return {
      ...asked,
      by: 'rule',
      grant: exactGrant(request),
      reason: says.reason,
      rule: says.name,
    }
  if (facts.rules.strict)
    return {
      ...asked,
      grant: exactGrant(request),
      reason: 'a file of rules is wrong, so that everything is asked for',
    }
  if (says) return { outcome: 'allow', by: 'rule', ...named(says.name) }
  const outside = request.paths.find((path) => !isInside(path, facts))
  if (outside !== undefined)
    return { ...asked, grant: exactGrant(request), reason: `${outside} is outside the workspace` }
  if (facts.mode === 'edit' || facts.mode === 'auto') return { outcome: 'allow', by: 'mode' }
  const learn = learnTree(request, facts)
  return { ...asked, ...(learn ? { learn } : {}) }
}

function isInside(path: string, { roots }: Facts): boolean {
  return roots === undefined || roots.some((root) => isWithin(path, root))
}

/** The directory that holds all the files, and everything below it. */
function treeGrant(request: PermissionRequest, facts: Facts): Grant {
  const tree = commonDirectory(request.paths)
  if (tree === undefined) return exactGrant(request)
  const root = facts.roots?.[0] ?? facts.project
  return {
    tree,
    text: tree === root ? 'file edits in this workspace' : `file edits below ${shown(tree, root)}`,
  }
}

function learnTree(request: PermissionRequest, facts: Facts): Assessment['learn'] {
  const tree = commonDirectory(request.paths)
  const only = request.paths[0]
  const isRoot = tree === undefined || isWithin(facts.project, tree)
  if (isRoot && (request.paths.length !== 1 || only === undefined)) return undefined
  const rule = isRoot ? pathRule(only ?? '', facts) : pathRule(`${tree}/**`, facts)
  return { rules: [{ ...rule, effect: 'write' }], scopes: ['project'] }
}

function commonDirectory(paths: readonly string[]): string | undefined {
  const [first, ...others] = paths.map((path) => dirname(path))
  if (first === undefined) return undefined
  let common = first
  while (!others.every((path) => isWithin(path, common))) common = dirname(common)
  return common
}

/** A rule about exactly this path, relative to the project where it lies in it. */
function pathRule(path: string, { project }: Facts): PolicyRule {
  const plain = path.endsWith('/**') ? path.slice(0, -3) : path
  const below = relative(project, plain)
  const inside = below !== '' && !below.startsWith('..') && !isAbsolute(below)
  const name = escapeGlob(inside ? `./${below.replaceAll(sep, '/')}` : plain)
  return { path: `${name}${path.endsWith('/**') ? '/**' : ''}`, decision: 'allow' }
}

function shown(path: string, root: string): string {
  return isWithin(path, root) ? relative(root, path) : path
}

function named(rule: string | undefined): { rule?: string } {
  return rule === undefined ? {} : { rule }
}
