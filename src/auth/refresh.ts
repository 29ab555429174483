/** Renewing and revoking tokens. A refresh token may be good for one use only, so both are called under a lock. */
import { CodiError } from '../base/errors.ts'
import type { OAuthCredential } from '../contract/auth.ts'
import { type AuthFetch, hostOf, postForm, readTokens } from './token-endpoint.ts'

/** Tokens are renewed this long before they end, or a fifth of their life before where that is less. */
const maxMarginMs = 60_000

/** Good for a request that begins now, as far as this machine's clock can tell. */
export function isFresh({ expiresAt, lifetimeMs }: OAuthCredential, now: number): boolean {
  if (expiresAt === undefined) return true
  const margin = Math.min(maxMarginMs, (lifetimeMs ?? maxMarginMs) / 5)
  // A clock that was set back would make an old token look young.
  const isFromFuture = lifetimeMs !== undefined && expiresAt - lifetimeMs > now + maxMarginMs
  return now < expiresAt - margin && !isFromFuture
}

/**
 * The renewed credential; `ended` where the server says that only a new login helps. Throws a CodiError where it could
 * not be asked.
 */
export async function renew(
  credential: OAuthCredential,
  options: { fetch: AuthFetch; signal?: AbortSignal | undefined; now: number },
): Promise<OAuthCredential> {
  const { tokenUrl, clientId, refreshToken, resource } = credential
  const posted = await postForm(
    tokenUrl,
    { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, resource },
    options,
  )
  if (!posted.ok) {
    const { error, said } = posted.refusal
    if (error === 'invalid_grant') return { ...credential, ended: true }
    throw new CodiError(
      'credentials',
      `${hostOf(tokenUrl)} did not renew the login (${said}); check the oauth setting, or log in again`,
    )
  }
  const tokens = readTokens(posted.body, tokenUrl)
  const { expiresAt: _, lifetimeMs: _lifetime, ...kept } = credential
  const { lifetimeMs } = tokens
  return {
    ...kept,
    accessToken: tokens.accessToken,
    // A server that does not rotate sends none.
    ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
    ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs, expiresAt: options.now + lifetimeMs }),
  }
}

/** Tells the server to forget the login. Answers why it did not; undefined where it did. */
export async function revoke(
  credential: OAuthCredential,
  options: { fetch: AuthFetch; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  const { revokeUrl, clientId, refreshToken, accessToken } = credential
  if (revokeUrl === undefined) return 'the server has no address for it'
  const tokens = [
    ...(refreshToken === undefined ? [] : [{ token: refreshToken, hint: 'refresh_token' }]),
    { token: accessToken, hint: 'access_token' },
  ]
  try {
    for (const { token, hint } of tokens) {
      const form = { token, token_type_hint: hint, client_id: clientId }
      const posted = await postForm(revokeUrl, form, options)
      // Some servers revoke only one kind; what matters is the one that lasts.
      if (!posted.ok && posted.refusal.error !== 'unsupported_token_type')
        return posted.refusal.said
    }
    return undefined
  } catch (thrown) {
    if (thrown instanceof CodiError) return thrown.message
    throw thrown
  }
}
