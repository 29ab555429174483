/** The keys that the environment holds, as credentials. */
import { type Environment, firstSet } from '../../base/outgoing-proxy.ts'
import type { KeyCredential } from '../../contract/auth.ts'
import { baseUrlOf } from '../../providers/address.ts'
import { configuredProviders } from '../../providers/detect.ts'
import { findHost, type Host } from '../../providers/hosts.ts'

export interface EnvironmentKey {
  host: Host
  variable: string
  credential: KeyCredential
}

/** In the order in which codi would choose them. */
export function environmentKeys(env: Environment): EnvironmentKey[] {
  return configuredProviders(env).flatMap((id) => {
    const host = findHost(id)
    const variable = host?.keys.find((name) => env[name]?.trim())
    if (!host || variable === undefined) return []
    const key = env[variable]?.trim() ?? ''
    const hasAddress = firstSet(env, host.baseUrlKeys) !== undefined
    const credential: KeyCredential = {
      kind: 'key',
      key,
      ...(variable === 'ANTHROPIC_AUTH_TOKEN' ? { bearer: true } : {}),
      ...(hasAddress ? { baseUrl: baseUrlOf(host, env, undefined) } : {}),
    }
    return [{ host, variable, credential }]
  })
}
