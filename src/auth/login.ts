/** What the ways to log in share: how they talk to the person, and how tokens become a credential. */
import { CodiError } from '../base/errors.ts'
import type { OAuthCredential } from '../contract/auth.ts'
import type { Endpoints } from './endpoints.ts'
import type { OAuthProvider } from './providers.ts'
import type { AuthFetch, TokenAnswer } from './token-endpoint.ts'

export interface LoginOptions {
  fetch: AuthFetch
  signal: AbortSignal
  /** How long a person may take. */
  limitMs: number
  now(): number
}

/** Throws a CodiError of kind `usage` where the person has to bring one. */
export function clientIdOf({ name, clientId }: OAuthProvider): string {
  if (clientId !== undefined) return clientId
  throw new CodiError(
    'usage',
    `Logging in to ${name} wants a client id of your own: register an application there and set oauth.${name}.clientId (docs/credentials.md), or paste a key with \`codi login ${name} --key\``,
  )
}

export function credentialOf(
  tokens: TokenAnswer,
  options: {
    provider: OAuthProvider
    endpoints: Endpoints
    account: string | undefined
    now: number
  },
): OAuthCredential {
  const { provider, endpoints, account, now } = options
  const { lifetimeMs, refreshToken, scope } = tokens
  return {
    kind: 'oauth',
    accessToken: tokens.accessToken,
    clientId: clientIdOf(provider),
    tokenUrl: endpoints.tokenUrl,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs, expiresAt: now + lifetimeMs }),
    ...(scope === undefined ? {} : { scope }),
    ...(endpoints.revokeUrl === undefined ? {} : { revokeUrl: endpoints.revokeUrl }),
    ...(provider.resource === undefined ? {} : { resource: provider.resource }),
    ...(account === undefined ? {} : { account }),
  }
}

/** A signal that also fires when the person takes too long, and tells which it was. */
export function loginLimit({ signal, limitMs }: LoginOptions): {
  signal: AbortSignal
  expired(): boolean
} {
  const limit = AbortSignal.timeout(limitMs)
  return {
    signal: AbortSignal.any([signal, limit]),
    expired: () => limit.aborted && !signal.aborted,
  }
}
