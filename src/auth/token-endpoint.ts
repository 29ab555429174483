/**
 * The token endpoint of an authorization server, and the others that take a form: one POST, its answer as typed values.
 * What a server says is shown in one short line without any of the secrets that were sent; bodies are never shown.
 */
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import { neutralize, oneLine } from '../base/text.ts'

/** `fetch` with the proxies, authorities and limits of the rest of codi. */
export type AuthFetch = (url: string, init?: RequestInit) => Promise<Response>

export interface TokenAnswer {
  accessToken: string
  refreshToken: string | undefined
  lifetimeMs: number | undefined
  scope: string | undefined
  idToken: string | undefined
}

/** What RFC 6749 calls an error: the server understood and said no. */
export interface OAuthRefusal {
  error: string
  /** One line, safe to show. */
  said: string
}

export type Posted = { ok: true; body: JsonObject } | { ok: false; refusal: OAuthRefusal }

const maxBodyBytes = 256 * 1024
const secretFields: ReadonlySet<string> = new Set([
  ...['code', 'code_verifier', 'refresh_token', 'token', 'device_code'],
])

/**
 * Throws a CodiError for whatever is no answer of such a server: `unreachable` where nobody answered or it failed,
 * `provider` for anything else.
 */
export async function postForm(
  url: string,
  form: Readonly<Record<string, string | undefined>>,
  { fetch, signal, json }: { fetch: AuthFetch; signal?: AbortSignal | undefined; json?: boolean },
): Promise<Posted> {
  const fields = Object.entries(form).filter((field): field is [string, string] => !!field[1])
  const secrets = fields.filter(([name]) => secretFields.has(name)).map(([, value]) => value)
  const response = await ask(url, fetch, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: json
      ? JSON.stringify(Object.fromEntries(fields))
      : new URLSearchParams(fields).toString(),
    ...(signal ? { signal } : {}),
  })
  const body = parseJson(await bodyText(response))
  if (response.ok) {
    // A revocation is answered by an empty body.
    if (body === undefined && response.headers.get('content-length') === '0')
      return { ok: true, body: {} }
    if (isJsonObject(body)) {
      const refusal = refusalOf(body, secrets)
      return refusal ? { ok: false, refusal } : { ok: true, body }
    }
    throw new CodiError('provider', `${hostOf(url)} did not answer with JSON; check the address`)
  }
  const refusal = isJsonObject(body) ? refusalOf(body, secrets) : undefined
  if (refusal && response.status < 500) return { ok: false, refusal }
  throw failed(url, response.status)
}

/** A JSON document (discovery); undefined for 404. */
export async function getJson(
  url: string,
  { fetch, signal }: { fetch: AuthFetch; signal?: AbortSignal | undefined },
): Promise<JsonObject | undefined> {
  const response = await ask(url, fetch, {
    headers: { accept: 'application/json' },
    ...(signal ? { signal } : {}),
  })
  if (response.status === 404) return undefined
  if (!response.ok) throw failed(url, response.status)
  const body = parseJson(await bodyText(response))
  if (isJsonObject(body)) return body
  throw new CodiError('provider', `${hostOf(url)} did not answer with JSON; check the address`)
}

/** Throws a CodiError of kind `provider` where it holds no bearer token. */
export function readTokens(body: JsonObject, url: string): TokenAnswer {
  const accessToken = body.access_token
  const type = body.token_type
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken))
    throw new CodiError('provider', `${hostOf(url)} answered without an access token`)
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer')
    throw new CodiError(
      'provider',
      `${hostOf(url)} gave a token of the type "${oneLine(neutralize(type), 40)}"; codi sends only bearer tokens`,
    )
  const seconds = Number(body.expires_in ?? Number.NaN)
  return {
    accessToken,
    refreshToken: textOf(body.refresh_token),
    lifetimeMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    scope: textOf(body.scope),
    idToken: textOf(body.id_token),
  }
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

/** What a server said, without what it must not say: secrets, escapes, essays. */
export function saidBy(
  error: string,
  description: string | undefined,
  secrets: readonly string[] = [],
): string {
  let text = description ? `${error}: ${description}` : error
  for (const secret of secrets) if (secret.length >= 6) text = text.replaceAll(secret, '…')
  return oneLine(neutralize(text), 200)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function refusalOf(body: JsonObject, secrets: readonly string[]): OAuthRefusal | undefined {
  const error = textOf(body.error)
  if (error === undefined) return undefined
  return { error, said: saidBy(error, textOf(body.error_description), secrets) }
}

async function ask(url: string, fetch: AuthFetch, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (thrown) {
    const { signal } = init
    if (signal?.aborted && signal.reason?.name !== 'TimeoutError')
      throw new CodiError('cancelled', 'Interrupted', { cause: thrown })
    // Not the error itself: what a client tells about a request may hold its body.
    const why = errorCode(thrown) ?? (thrown instanceof Error ? thrown.name : errorMessage(thrown))
    throw new CodiError(
      'unreachable',
      `Cannot reach ${hostOf(url)} (${why}); check the network and the address`,
    )
  }
}

async function bodyText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) return ''
      chunks.push(chunk)
    }
  } catch {
    // Broken off in the middle: what came is no JSON, which is told.
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failed(url: string, status: number): CodiError {
  const host = hostOf(url)
  if (status >= 500 || status === 429)
    return new CodiError('unreachable', `${host} failed (${status}); try again later`)
  const redirects = status >= 300 && status < 400
  const why = redirects ? 'wants to send codi elsewhere' : 'did not answer like a login server'
  return new CodiError('provider', `${host} ${why} (${status}); check the address`)
}
