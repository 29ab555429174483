/**
 * Who can be logged in to by a browser or a device code, one row each. A row ships without a client id where the server
 * wants one: a person registers codi there and puts the id into the setting `oauth`, which may also name any other
 * server. Only public clients: there is no secret.
 */
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'

export interface OAuthProvider {
  /** What is typed: `codi login NAME`; the id of a model's host, or any other name. */
  name: string
  /** The other addresses are found below it (RFC 8414, OpenID discovery). */
  issuer?: string
  authorizeUrl?: string
  tokenUrl?: string
  deviceUrl?: string
  revokeUrl?: string
  clientId?: string
  scopes?: string[]
  /** Ports of the registered callback, tried in order; none: any free one. */
  ports?: number[]
  redirectHost?: '127.0.0.1' | 'localhost'
  redirectPath?: string
  /** RFC 8707, and what some servers have instead of it. */
  resource?: string
  audience?: string
  /** Further parameters of the authorization request. */
  authorizeParameters?: Record<string, string>
  /**
   * `openrouter`: no client id, the callback's address as `callback_url`, and an API key instead of tokens; without
   * `state`, so that a secret path stands for it.
   */
  dialect?: 'openrouter'
}

const shippedRows: readonly OAuthProvider[] = [
  {
    name: 'openrouter',
    authorizeUrl: 'https://openrouter.ai/auth',
    tokenUrl: 'https://openrouter.ai/api/v1/auth/keys',
    redirectHost: 'localhost',
    dialect: 'openrouter',
  },
  {
    name: 'huggingface',
    issuer: 'https://huggingface.co',
    scopes: ['openid', 'profile', 'inference-api'],
  },
]

const text = Type.Optional(Type.String({ minLength: 1 }))
const settingSchema = Type.Object(
  {
    issuer: text,
    authorizeUrl: text,
    tokenUrl: text,
    deviceUrl: text,
    revokeUrl: text,
    clientId: text,
    scopes: Type.Optional(Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$' }))),
    ports: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 65535 }))),
    redirectHost: Type.Optional(Type.Union([Type.Literal('127.0.0.1'), Type.Literal('localhost')])),
    redirectPath: Type.Optional(Type.String({ pattern: '^/[\\w./~-]*$' })),
    resource: text,
    audience: text,
    authorizeParameters: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  { additionalProperties: false },
)
const urlFields = ['issuer', 'authorizeUrl', 'tokenUrl', 'deviceUrl', 'revokeUrl'] as const

/** The row of a name, with what the setting `oauth` says of it; undefined where there is neither. */
export function findOAuthProvider(
  name: string,
  setting: JsonObject | undefined,
): OAuthProvider | undefined {
  const shipped = shippedRows.find((row) => row.name === name)
  const own = setting && Object.hasOwn(setting, name) ? setting[name] : undefined
  if (own === undefined) return shipped
  if (!Value.Check(settingSchema, own)) {
    const [first] = Value.Errors(settingSchema, own)
    const where = `oauth.${name}${(first?.path ?? '').replaceAll('/', '.')}`
    throw new CodiError(
      'usage',
      `The setting ${where} is wrong: ${first?.message ?? 'see the docs'}`,
    )
  }
  for (const field of urlFields) {
    const url = own[field]
    if (url !== undefined) checkUrl(`oauth.${name}.${field}`, url)
  }
  return { ...shipped, ...own, name }
}

/** Everybody who can be logged in to here without further settings, and who has settings. */
export function oauthProviders(setting: JsonObject | undefined): OAuthProvider[] {
  const names = new Set([...shippedRows.map((row) => row.name), ...Object.keys(setting ?? {})])
  return [...names].flatMap((name) => findOAuthProvider(name, setting) ?? [])
}

/** False where the person has yet to bring a client id. */
export function canLogIn(provider: OAuthProvider): boolean {
  return provider.dialect !== undefined || provider.clientId !== undefined
}

/** Tokens travel over TLS, or do not leave the machine. */
export function checkUrl(what: string, text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url?.hostname ?? '')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return
  throw new CodiError('usage', `${what} must be an https address, not "${text}"`)
}
