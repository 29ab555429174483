/**
 * What an ID token says. It came from the token endpoint itself, over TLS, so its signature is not asked for (OpenID
 * Connect Core 3.1.3.7); that it belongs to this login is.
 */
import { CodiError } from '../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import { neutralize, oneLine } from '../base/text.ts'
import { isSameIssuer } from './endpoints.ts'
import { isSame } from './pkce.ts'

const maxSkewMs = 5 * 60_000

export interface ExpectedToken {
  nonce: string | undefined
  clientId: string
  issuer: string | undefined
  now: number
}

/** Throws a CodiError of kind `provider` where it belongs to another login. Answers who it is. */
export function checkIdToken(token: string, expected: ExpectedToken): string | undefined {
  const claims = claimsOf(token)
  if (!claims) throw wrong('it cannot be read')
  const { nonce, clientId, issuer, now } = expected
  if (nonce !== undefined && !isSame(String(claims.nonce ?? ''), nonce)) throw wrong('its nonce')
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  if (!audience.includes(clientId)) throw wrong('whom it is for')
  if (issuer !== undefined && !isSameIssuer(String(claims.iss), issuer)) throw wrong('who made it')
  if (typeof claims.exp === 'number' && claims.exp * 1000 + maxSkewMs < now)
    throw wrong('it has expired; is the clock of this machine right?')
  const name = [claims.email, claims.preferred_username, claims.name, claims.sub].find(
    (each) => typeof each === 'string' && each !== '',
  )
  return typeof name === 'string' ? oneLine(neutralize(name), 80) : undefined
}

function claimsOf(token: string): JsonObject | undefined {
  const payload = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isJsonObject(payload) ? payload : undefined
}

function wrong(what: string): CodiError {
  return new CodiError(
    'provider',
    `The server answered with an ID token of another login (${what}); nothing was stored`,
  )
}
