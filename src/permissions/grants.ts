/** What a person allowed for the session: command prefixes, directory trees, hosts, or exactly one request. */
import { isWithin } from '../base/paths.ts'
import type { PermissionRequest } from '../contract/permission.ts'
import type { PolicyRule } from '../contract/policy.ts'

export type Grant = {
  /** In words. */
  text: string
} & (
  | { prefixes: readonly (readonly string[])[] }
  | { tree: string }
  | { hosts: readonly string[] }
  | { key: string }
)

export interface Grants {
  /** Rules that the granted prefixes amount to. */
  readonly rules: readonly PolicyRule[]
  add(grant: Grant): void
  /** Whether what was granted covers a request that would be granted by `grant`. */
  covers(grant: Grant | undefined, request: PermissionRequest): boolean
}

export function openGrants(): Grants {
  const rules: PolicyRule[] = []
  const trees = new Set<string>()
  const hosts = new Set<string>()
  const keys = new Set<string>()
  return {
    rules,
    add(grant) {
      if ('prefixes' in grant)
        for (const prefix of grant.prefixes) rules.push({ prefix, decision: 'allow' })
      else if ('tree' in grant) trees.add(grant.tree)
      else if ('hosts' in grant) for (const host of grant.hosts) hosts.add(host)
      else keys.add(grant.key)
    },
    covers(grant, request) {
      if (grant === undefined || 'prefixes' in grant) return false
      if ('key' in grant) return keys.has(grant.key)
      if ('hosts' in grant)
        return grant.hosts.length > 0 && grant.hosts.every((host) => hosts.has(host))
      return (
        request.paths.length > 0 &&
        request.paths.every((path) => [...trees].some((tree) => isWithin(path, tree)))
      )
    },
  }
}

/** Exactly this request: the same tool and the same command in the same directory. */
export function exactGrant(request: PermissionRequest): Grant {
  const { tool, cwd = '', command } = request
  const beyond = request.widening ? JSON.stringify({ ...request.widening, reason: '' }) : ''
  return {
    key: JSON.stringify([
      request.effect,
      tool,
      cwd,
      command ?? '',
      beyond,
      command === undefined ? request.paths : [],
    ]),
    text: command === undefined ? request.summary : 'exactly this command',
  }
}
