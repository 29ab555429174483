/** The addresses of an authorization server: those of its row, and for the rest what the issuer publishes. */
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { checkUrl, type OAuthProvider } from './providers.ts'
import { type AuthFetch, getJson, hostOf } from './token-endpoint.ts'

export interface Endpoints {
  authorizeUrl: string | undefined
  tokenUrl: string
  deviceUrl: string | undefined
  revokeUrl: string | undefined
  /** As the server calls itself, where it was asked. */
  issuer: string | undefined
  /** RFC 9207: every answer to the callback names the issuer. */
  namesIssuer: boolean
}

export async function findEndpoints(
  provider: OAuthProvider,
  options: { fetch: AuthFetch; signal?: AbortSignal | undefined },
): Promise<Endpoints> {
  const found = provider.issuer === undefined ? {} : await discover(provider.issuer, options)
  const tokenUrl = provider.tokenUrl ?? urlOf(found, 'token_endpoint')
  if (tokenUrl === undefined)
    throw new CodiError(
      'usage',
      `There is no token address for ${provider.name}: set oauth.${provider.name}.issuer or .tokenUrl`,
    )
  return {
    tokenUrl,
    authorizeUrl: provider.authorizeUrl ?? urlOf(found, 'authorization_endpoint'),
    deviceUrl: provider.deviceUrl ?? urlOf(found, 'device_authorization_endpoint'),
    revokeUrl: provider.revokeUrl ?? urlOf(found, 'revocation_endpoint'),
    issuer: provider.issuer,
    namesIssuer: found.authorization_response_iss_parameter_supported === true,
  }
}

async function discover(
  issuer: string,
  options: { fetch: AuthFetch; signal?: AbortSignal | undefined },
): Promise<JsonObject> {
  for (const url of wellKnownUrls(issuer)) {
    const found = await getJson(url, options)
    if (!found) continue
    // Another server's document would send codes and tokens there.
    if (found.issuer !== undefined && !isSameIssuer(String(found.issuer), issuer))
      throw new CodiError(
        'provider',
        `${hostOf(issuer)} calls itself another issuer than ${issuer}; check the setting`,
      )
    return found
  }
  throw new CodiError(
    'provider',
    `${issuer} publishes no addresses of a login server; set authorizeUrl and tokenUrl instead`,
  )
}

export function isSameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, '') === other.replace(/\/$/, '')
}

/** OpenID puts it behind the issuer's path, RFC 8414 before it. */
function wellKnownUrls(issuer: string): string[] {
  const base = issuer.replace(/\/+$/, '')
  const { origin, pathname } = new URL(issuer)
  return [
    `${base}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/+$/, '')}`,
  ]
}

function urlOf(found: JsonObject, field: string): string | undefined {
  const url = found[field]
  if (typeof url !== 'string') return undefined
  checkUrl(`The ${field.replaceAll('_', ' ')} of the server`, url)
  return url
}
