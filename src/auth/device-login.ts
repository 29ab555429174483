/** Logging in by a code that is typed into a browser anywhere: the device grant of RFC 8628. */
import { delay } from '../base/async.ts'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { neutralize, oneLine } from '../base/text.ts'
import type { OAuthCredential } from '../contract/auth.ts'
import { type Endpoints, findEndpoints } from './endpoints.ts'
import { checkIdToken } from './id-token.ts'
import { clientIdOf, credentialOf, type LoginOptions, loginLimit } from './login.ts'
import { checkUrl, type OAuthProvider } from './providers.ts'
import { hostOf, type OAuthRefusal, postForm, readTokens } from './token-endpoint.ts'

export interface DeviceLogin extends LoginOptions {
  /** Tells the person where to go and what to type; `whole` is an address that holds the code already. */
  show(code: { url: string; userCode: string; whole: string | undefined }): Promise<void>
  /** Between two questions; `delay` unless told. */
  wait?(ms: number, signal: AbortSignal): Promise<void>
}

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
const defaultIntervalMs = 5000
const slowDownMs = 5000

export async function loginByDevice(
  provider: OAuthProvider,
  options: DeviceLogin,
): Promise<OAuthCredential> {
  const { fetch, signal } = options
  const endpoints = await findEndpoints(provider, { fetch, signal })
  const { deviceUrl } = endpoints
  if (deviceUrl === undefined)
    throw new CodiError(
      'usage',
      `${provider.name} has no device login; try \`codi login ${provider.name} --browser\``,
    )
  const asked = await postForm(
    deviceUrl,
    {
      client_id: clientIdOf(provider),
      scope: provider.scopes?.join(' '),
      resource: provider.resource,
      audience: provider.audience,
    },
    { fetch, signal },
  )
  if (!asked.ok)
    throw new CodiError(
      'credentials',
      `${hostOf(deviceUrl)} refused a device login (${asked.refusal.said}); check oauth.${provider.name}`,
    )
  const device = readDevice(asked.body, deviceUrl)
  await options.show(device)
  return poll(device, { provider, endpoints, options })
}

interface Device {
  deviceCode: string
  userCode: string
  url: string
  whole: string | undefined
  intervalMs: number
  lifetimeMs: number
}

function readDevice(body: JsonObject, deviceUrl: string): Device {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const deviceCode = text(body.device_code)
  const userCode = text(body.user_code)
  const url = text(body.verification_uri) ?? text(body.verification_url)
  if (deviceCode === undefined || userCode === undefined || url === undefined)
    throw new CodiError('provider', `${hostOf(deviceUrl)} answered without a device code`)
  const whole = text(body.verification_uri_complete)
  // It will be opened: nothing but a page of the web.
  for (const address of [url, whole ?? url]) checkUrl('The page of the device login', address)
  const interval = Number(body.interval ?? Number.NaN)
  const lifetime = Number(body.expires_in ?? Number.NaN)
  return {
    deviceCode,
    userCode: oneLine(neutralize(userCode), 64),
    url,
    whole,
    intervalMs: interval > 0 ? interval * 1000 : defaultIntervalMs,
    lifetimeMs: lifetime > 0 ? lifetime * 1000 : Number.POSITIVE_INFINITY,
  }
}

async function poll(
  device: Device,
  context: { provider: OAuthProvider; endpoints: Endpoints; options: DeviceLogin },
): Promise<OAuthCredential> {
  const { provider, endpoints, options } = context
  const limitMs = Math.min(options.limitMs, device.lifetimeMs)
  const limit = loginLimit({ ...options, limitMs })
  const wait = options.wait ?? delay
  let { intervalMs } = device
  try {
    for (;;) {
      await wait(intervalMs, limit.signal)
      const asked = await askOnce(device, { ...context, signal: limit.signal })
      if (asked === 'unanswered') {
        intervalMs += slowDownMs
        continue
      }
      if (asked.ok) {
        const tokens = readTokens(asked.body, endpoints.tokenUrl)
        const expected = {
          nonce: undefined,
          clientId: clientIdOf(provider),
          issuer: endpoints.issuer,
          now: options.now(),
        }
        const account = tokens.idToken && checkIdToken(tokens.idToken, expected)
        return credentialOf(tokens, {
          provider,
          endpoints,
          account: account || undefined,
          now: options.now(),
        })
      }
      const { refusal } = asked
      if (refusal.error === 'slow_down') intervalMs += slowDownMs
      else if (refusal.error !== 'authorization_pending') throw refused(refusal, provider.name)
    }
  } catch (thrown) {
    if (!limit.expired()) throw thrown
    throw refused({ error: 'expired_token', said: 'nobody typed it in time' }, provider.name)
  }
}

/** A server that cannot be reached for a moment is asked again, later (RFC 8628 3.5). */
async function askOnce(
  { deviceCode }: Device,
  context: {
    provider: OAuthProvider
    endpoints: Endpoints
    options: DeviceLogin
    signal: AbortSignal
  },
) {
  const { provider, endpoints, options, signal } = context
  try {
    return await postForm(
      endpoints.tokenUrl,
      { grant_type: grantType, device_code: deviceCode, client_id: clientIdOf(provider) },
      { fetch: options.fetch, signal },
    )
  } catch (thrown) {
    if (thrown instanceof CodiError && thrown.kind === 'unreachable') return 'unanswered'
    throw thrown
  }
}

const wordings: Readonly<Record<string, string>> = {
  access_denied: 'was refused in the browser',
  expired_token: 'took too long, and the code is no longer good',
}

function refused({ error, said }: OAuthRefusal, name: string): CodiError {
  return new CodiError(
    'credentials',
    `The login of ${name} ${wordings[error] ?? 'failed'} (${said}); run \`codi login ${name} --device\` again`,
  )
}
