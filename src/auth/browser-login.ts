/**
 * Logging in by a browser: authorization code with PKCE and a loopback callback (RFC 8252). Whoever has the browser on
 * another machine pastes the address that it was sent to.
 */
import { abortable } from '../base/async.ts'
import { CodiError } from '../base/errors.ts'
import { formatDuration } from '../base/text.ts'
import type { Credential } from '../contract/auth.ts'
import { type Callback, openCallback } from './callback-server.ts'
import { type Endpoints, findEndpoints, isSameIssuer } from './endpoints.ts'
import { checkIdToken } from './id-token.ts'
import { clientIdOf, credentialOf, type LoginOptions, loginLimit } from './login.ts'
import { isSame, newPkce, type Pkce, randomToken } from './pkce.ts'
import type { OAuthProvider } from './providers.ts'
import { hostOf, postForm, readTokens, saidBy } from './token-endpoint.ts'

export interface BrowserLogin extends LoginOptions {
  /** Shows the address, and opens it where there is a browser. */
  visit(url: string): Promise<void>
  /**
   * The address that a browser elsewhere was sent to, as the person pastes it; `problem` says what was wrong with the
   * one before. Undefined when nobody will paste one; it then waits for the callback alone.
   */
  paste(options: { problem: string | undefined; signal: AbortSignal }): Promise<string | undefined>
}

/** Everything that is made up for this one login. */
interface Secrets extends Pkce {
  state: string
  nonce: string | undefined
}

export async function loginByBrowser(
  provider: OAuthProvider,
  options: BrowserLogin,
): Promise<Credential> {
  const { fetch, signal } = options
  const endpoints = await findEndpoints(provider, { fetch, signal })
  const { authorizeUrl } = endpoints
  if (authorizeUrl === undefined)
    throw new CodiError(
      'usage',
      `${provider.name} has no page to log in by a browser; try \`codi login ${provider.name} --device\``,
    )
  const isOpenId = provider.scopes?.includes('openid') === true
  const secrets = {
    ...newPkce(),
    state: randomToken(),
    nonce: isOpenId ? randomToken() : undefined,
  }
  const isPathSecret = provider.dialect === 'openrouter'
  const path = provider.redirectPath ?? '/callback'
  const callback = openCallback({
    name: provider.name,
    ports: provider.ports ?? [],
    host: provider.redirectHost ?? '127.0.0.1',
    path: isPathSecret ? `${path}/${secrets.state}` : path,
    state: isPathSecret ? undefined : secrets.state,
  })
  try {
    await options.visit(authorizationUrl(authorizeUrl, provider, { callback, secrets }))
    const expectedState = isPathSecret ? undefined : secrets.state
    const answer = await firstAnswer(provider, { options, callback, expectedState })
    const code = codeOf(answer, { provider, endpoints })
    return await exchange(code, { provider, endpoints, options, callback, secrets })
  } finally {
    await callback.close()
  }
}

function authorizationUrl(
  authorizeUrl: string,
  provider: OAuthProvider,
  { callback, secrets }: { callback: Callback; secrets: Secrets },
): string {
  const url = new URL(authorizeUrl)
  const { scopes, resource, audience } = provider
  const own =
    provider.dialect === 'openrouter'
      ? { callback_url: callback.redirectUri }
      : {
          response_type: 'code',
          client_id: clientIdOf(provider),
          redirect_uri: callback.redirectUri,
          scope: scopes?.join(' '),
          state: secrets.state,
          nonce: secrets.nonce,
          resource,
          audience,
          // Without it an OpenID server gives no refresh token.
          prompt: scopes?.includes('offline_access') ? 'consent' : undefined,
        }
  const parameters: Record<string, string | undefined> = {
    ...provider.authorizeParameters,
    ...own,
    code_challenge: secrets.challenge,
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters))
    if (value) url.searchParams.set(name, value)
  return url.href
}

/** From the callback or from the person, whichever is first. */
async function firstAnswer(
  provider: OAuthProvider,
  context: { options: BrowserLogin; callback: Callback; expectedState: string | undefined },
): Promise<URLSearchParams> {
  const { options, callback } = context
  const limit = loginLimit(options)
  const over = new AbortController()
  const pasting = AbortSignal.any([limit.signal, over.signal])
  try {
    return await abortable(
      Promise.race([callback.answer, pasted({ ...context, signal: pasting })]),
      limit.signal,
    )
  } catch (thrown) {
    if (!limit.expired()) throw thrown
    const strays = callback.strays()
    const stray = strays > 0 ? ` (${strays} came with a wrong state and did not count)` : ''
    throw new CodiError(
      'credentials',
      `No answer came from the browser within ${formatDuration(options.limitMs)}${stray}; run \`codi login ${provider.name}\` again`,
      { cause: thrown },
    )
  } finally {
    over.abort()
  }
}

async function pasted(context: {
  options: BrowserLogin
  expectedState: string | undefined
  signal: AbortSignal
}): Promise<URLSearchParams> {
  const { options, expectedState, signal } = context
  for (let problem: string | undefined; ; ) {
    const text = await options.paste({ problem, signal })
    // Nobody pastes: only the callback can answer.
    if (text === undefined) return new Promise(() => undefined)
    const parameters = parametersOf(text)
    if (!parameters.has('code') && !parameters.has('error'))
      problem = 'That address holds no code: paste all of it, from the address bar of the browser'
    else if (expectedState !== undefined && !isSame(parameters.get('state'), expectedState))
      problem = 'That address belongs to another login: paste the one that this login led to'
    else return parameters
  }
}

function parametersOf(text: string): URLSearchParams {
  const trimmed = text.trim()
  if (URL.canParse(trimmed)) return new URL(trimmed).searchParams
  return new URLSearchParams(trimmed.replace(/^[^?]*\?/, ''))
}

function codeOf(
  answer: URLSearchParams,
  { provider, endpoints }: { provider: OAuthProvider; endpoints: Endpoints },
): string {
  const { issuer } = endpoints
  const named = answer.get('iss')
  const isForeign =
    issuer !== undefined && (named === null ? endpoints.namesIssuer : !isSameIssuer(named, issuer))
  if (isForeign)
    throw new CodiError(
      'provider',
      `The answer came from another server than ${hostOf(issuer ?? '')}; nothing was stored`,
    )
  const error = answer.get('error')
  if (error !== null) {
    const said = saidBy(error, answer.get('error_description') ?? undefined)
    const denied = error === 'access_denied' ? 'was refused in the browser' : 'failed'
    throw new CodiError(
      'credentials',
      `The login of ${provider.name} ${denied} (${said}); run \`codi login ${provider.name}\` to try again`,
    )
  }
  const code = answer.get('code')
  if (code) return code
  throw new CodiError('provider', `${provider.name} sent the browser back without a code`)
}

async function exchange(
  code: string,
  context: {
    provider: OAuthProvider
    endpoints: Endpoints
    options: BrowserLogin
    callback: Callback
    secrets: Secrets
  },
): Promise<Credential> {
  const { provider, endpoints, options, callback, secrets } = context
  const { fetch, signal } = options
  const { tokenUrl } = endpoints
  const isKey = provider.dialect === 'openrouter'
  const proof = { code, code_verifier: secrets.verifier }
  const posted = await postForm(
    tokenUrl,
    isKey
      ? { ...proof, code_challenge_method: 'S256' }
      : {
          ...proof,
          grant_type: 'authorization_code',
          redirect_uri: callback.redirectUri,
          client_id: clientIdOf(provider),
          resource: provider.resource,
        },
    { fetch, signal, json: isKey },
  )
  if (!posted.ok)
    throw new CodiError(
      'credentials',
      `${hostOf(tokenUrl)} did not take the code (${posted.refusal.said}); run \`codi login ${provider.name}\` again`,
    )
  if (isKey) {
    const { key } = posted.body
    if (typeof key === 'string' && key !== '') return { kind: 'key', key }
    throw new CodiError('provider', `${hostOf(tokenUrl)} answered without a key`)
  }
  const tokens = readTokens(posted.body, tokenUrl)
  const account =
    tokens.idToken === undefined
      ? undefined
      : checkIdToken(tokens.idToken, {
          nonce: secrets.nonce,
          clientId: clientIdOf(provider),
          issuer: endpoints.issuer,
          now: options.now(),
        })
  return credentialOf(tokens, { provider, endpoints, account, now: options.now() })
}
