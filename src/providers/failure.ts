/**
 * Anything that can go wrong on a wire, as one ProviderFailure: a kind for programs and one line for a person that
 * says what happened and what to do. No key is ever part of it.
 */
import { CodiError, errorCode, isAbort } from '../base/errors.ts'
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { oneLine } from '../base/text.ts'
import type { FailureKind, ProviderFailure } from '../contract/provider.ts'
import { isContextOverflow, isModelMissing, isOutOfMoney, isRefusedKey } from './failure-words.ts'

/** Thrown inside a wire when the failure is already known. */
export class WireError extends Error {
  override readonly name = 'WireError'

  constructor(
    readonly failure: ProviderFailure,
    options?: { cause?: unknown },
  ) {
    super(failure.message, options)
  }
}

/** What a message about a host needs to name. */
export interface FailureContext {
  /** As people write it: `Anthropic`. */
  hostName: string
  providerId: string
  baseUrl: string
  /** The variable that holds the key, for the advice. */
  keyName: string | undefined
  /** To be masked, should a host repeat it. */
  apiKey: string | undefined
  model: string
  /** Said when nothing listens there: "start it with `ollama serve`". */
  startHint?: string
  /** Said when the model is missing. */
  modelHint?: string
}

/** What a host said: over HTTP, or inside a stream that had begun well (then without `status`). */
export interface HostError {
  status?: number
  body: JsonValue | undefined
  headers?: Headers
}

/** Any thrown value. `streaming` tells that an answer had begun. */
export function toFailure(
  thrown: unknown,
  context: FailureContext,
  streaming: boolean,
): ProviderFailure {
  if (thrown instanceof WireError) return thrown.failure
  if (thrown instanceof CodiError && thrown.kind === 'cancelled') return cancelledFailure()
  const status = property(thrown, 'status')
  if (typeof status === 'number') {
    return hostFailure({ status, ...bodyOf(thrown), ...headersOf(thrown) }, context)
  }
  for (const cause of causes(thrown)) {
    if (cause instanceof WireError) return cause.failure
    const failure = networkFailure(cause, context, streaming)
    if (failure) return failure
  }
  if (isAbort(thrown)) return cancelledFailure()
  return failure(
    'protocol',
    `${context.hostName} could not be understood: ${brief(messageOf(thrown), context)}`,
  )
}

export function cancelledFailure(): ProviderFailure {
  return failure('cancelled', 'Interrupted')
}

export function stallFailure(context: FailureContext, stallMs: number): ProviderFailure {
  return failure(
    'stall',
    `${context.hostName} sent nothing for ${Math.round(stallMs / 1000)} s; try again, or raise stallSeconds`,
  )
}

export function truncatedFailure(context: FailureContext): ProviderFailure {
  return failure('truncated', `The answer of ${context.hostName} broke off before its end`)
}

/** The body is no answer of this wire at all. */
export function foreignBodyFailure(text: string, context: FailureContext): ProviderFailure {
  const sample = brief(text.replace(/<[^>]*>/g, ' '), context)
  return failure(
    'protocol',
    `${context.baseUrl} did not answer like ${context.hostName}${sample ? ` but: ${sample}` : ''}; check --base-url`,
  )
}

/** An error that the host itself reported. */
export function hostFailure(error: HostError, context: FailureContext): ProviderFailure {
  const text = hostMessage(error.body)
  const codes = hostCodes(error.body)
  const status = error.status ?? statusOfCode(codes) ?? statusOfCode(text)
  const kind = hostKind(status, text, codes)
  const retryAfterMs = retryAfter(error.headers, error.body)
  return {
    kind,
    message: wording(kind, status, brief(text, context), context),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

function hostKind(status: number | undefined, text: string, codes: string): FailureKind {
  const all = `${codes} ${text}`
  if (status !== 429 && status !== 401 && isContextOverflow(all)) return 'context_overflow'
  if (status === 413) return 'context_overflow'
  if (status === 402 || (isOutOfMoney(all) && !/retrydelay|retry in \d/i.test(all))) return 'quota'
  if (status === 429) return 'rate_limit'
  if (isModelMissing(all) && (status === undefined || status < 500)) return 'model_not_found'
  if (status === 401 || status === 403 || isRefusedKey(all)) return 'credentials'
  if (status === 503 || status === 529) return 'overloaded'
  if (status !== undefined && status >= 500) return 'server'
  if (status === 408 || status === 409 || status === 425) return 'server'
  if (status !== undefined && status >= 300 && status < 400) return 'protocol'
  if (status === 404 || status === 405) return 'protocol'
  // What fails in the middle of an answer was not the request's fault.
  return status === undefined ? 'server' : 'bad_request'
}

/** Errors inside a stream carry a code instead of a status, and some only words. */
function statusOfCode(codes: string): number | undefined {
  const number = /^\s*([45]\d\d)\b/.exec(codes)
  if (number) return Number(number[1])
  if (/overloaded|unavailable|slow_down/i.test(codes)) return 529
  if (/rate_?limit|too_many|resource_exhausted/i.test(codes)) return 429
  if (/authentication|permission|unauthorized|api_key/i.test(codes)) return 401
  if (/not_?found/i.test(codes)) return 404
  if (/invalid_request|bad_request/i.test(codes)) return 400
  if (/server_error|api_error|internal|timeout/i.test(codes)) return 500
  return undefined
}

function wording(
  kind: FailureKind,
  status: number | undefined,
  said: string,
  context: FailureContext,
): string {
  const { hostName, keyName, baseUrl, model } = context
  const detail = [status, said].filter(Boolean).join(': ')
  const because = detail ? ` (${detail})` : ''
  switch (kind) {
    case 'credentials':
      return keyName
        ? `${hostName} refused the key${because}; set ${keyName} to a valid one, or check --base-url (${baseUrl})`
        : `${hostName} wants a key${because}; check --base-url (${baseUrl})`
    case 'rate_limit':
      return `${hostName} limits the rate of requests${because}; wait a little, or choose another model`
    case 'overloaded':
      return `${hostName} is overloaded${because}; try again later, or choose another model`
    case 'quota':
      return `${hostName} reports that the quota or credit is used up${because}; top it up, or choose another provider with --provider`
    case 'context_overflow':
      return `The conversation is too long for ${model}${because}; shorten it with /compact, or start a new one`
    case 'model_not_found':
      return `${hostName} has no model "${model}"${because}; ${context.modelHint ?? `see \`codi models ${context.providerId}\``}`
    case 'server':
      return `${hostName} failed${because}; try again later`
    case 'protocol':
      return `${baseUrl} did not answer like ${hostName}${because}; check --base-url`
    default:
      return `${hostName} refused the request${because}`
  }
}

function networkFailure(
  thrown: unknown,
  context: FailureContext,
  streaming: boolean,
): ProviderFailure | undefined {
  const code = errorCode(thrown) ?? ''
  const text = messageOf(thrown)
  const where = `${context.hostName} at ${origin(context.baseUrl)}`
  const network = 'check the network, HTTPS_PROXY and --base-url'
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME|DEPTH_ZERO/.test(code)) {
    return {
      ...failure(
        'unreachable',
        `The certificate of ${where} is not trusted (${code}); name your own authority with the caFile setting`,
      ),
      permanent: true,
    }
  }
  if (code === 'ERR_PROXY_TUNNEL' || /proxy/i.test(code)) {
    return {
      ...failure(
        'unreachable',
        `The proxy did not let codi through to ${where}: ${brief(text, context)}; check HTTPS_PROXY and NO_PROXY`,
      ),
      permanent: true,
    }
  }
  if (code === 'EPROTO') {
    return {
      ...failure(
        'unreachable',
        `${where} does not speak TLS there; check http:// or https:// in --base-url`,
      ),
      permanent: true,
    }
  }
  if (code === 'ECONNREFUSED' || code === 'ConnectionRefused') {
    return failure(
      'unreachable',
      `Cannot reach ${where}: nothing listens there; ${context.startHint ?? network}`,
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return failure('unreachable', `Cannot reach ${where}: the host name is not known; ${network}`)
  }
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENET|EHOST|UND_ERR|ConnectionClosed|FailedToOpen)/.test(code)) {
    if (streaming) return truncatedFailure(context)
    return failure('unreachable', `The connection to ${where} broke (${code}); ${network}`)
  }
  if (/Zlib|Brotli|decompress/i.test(`${code} ${text}`)) return truncatedFailure(context)
  if (/unable to connect|connection error|socket|connection was closed/i.test(text)) {
    if (streaming) return truncatedFailure(context)
    return failure('unreachable', `Cannot reach ${where}: ${brief(text, context)}; ${network}`)
  }
  return undefined
}

/** `Retry-After` in seconds or as a date, `retry-after-ms`, or Google's `retryDelay`. */
function retryAfter(headers: Headers | undefined, body: JsonValue | undefined): number | undefined {
  const ms = headers?.get('retry-after-ms')
  if (ms && Number(ms) >= 0) return Number(ms)
  const value = headers?.get('retry-after')
  if (value) {
    const seconds = Number(value)
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
    const date = Date.parse(value)
    if (!Number.isNaN(date)) return Math.max(0, date - Date.now())
  }
  const delay = body === undefined ? null : /"retryDelay":"([\d.]+)s"/.exec(JSON.stringify(body))
  return delay ? Number(delay[1]) * 1000 : undefined
}

/** The sentence in an error body, wherever hosts put it. */
function hostMessage(body: JsonValue | undefined): string {
  if (typeof body === 'string') {
    const parsed = parseJson(body)
    return parsed === undefined || typeof parsed === 'string'
      ? body.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
      : hostMessage(parsed)
  }
  if (Array.isArray(body)) return hostMessage(body[0])
  if (!isJsonObject(body)) return ''
  for (const name of ['error', 'message', 'detail', 'errors', 'msg', 'error_message']) {
    const value = body[name]
    if (value === undefined || value === null) continue
    const text = hostMessage(value)
    // OpenRouter says "Provider returned error" and hides the reason below.
    const raw = isJsonObject(body.metadata) ? body.metadata.raw : undefined
    if (text) return typeof raw === 'string' ? `${text}: ${hostMessage(raw)}` : text
  }
  return ''
}

/** Every `type`, `code` and `status` in an error body. */
function hostCodes(body: JsonValue | undefined): string {
  if (Array.isArray(body)) return hostCodes(body[0])
  if (!isJsonObject(body)) return ''
  const own = ['type', 'code', 'status'].map((name) => body[name]).filter(isScalar)
  return [...own, hostCodes(body.error)].join(' ').trim()
}

function isScalar(value: JsonValue | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** One short line without anything that looks like a key. */
function brief(text: string, context: FailureContext): string {
  let safe = text
  if (context.apiKey && context.apiKey.length >= 6) safe = safe.replaceAll(context.apiKey, '…')
  safe = safe.replace(/\b(sk|pk|rk|gsk|xai|key|AIza|hf|nvapi|csk|fw)[-_]?[\w*.-]{12,}/g, '…')
  return oneLine(safe, 240)
}

function failure(kind: FailureKind, message: string): ProviderFailure {
  return { kind, message }
}

function* causes(thrown: unknown): Generator<unknown> {
  let cause = thrown
  for (let depth = 0; depth < 6 && cause !== undefined && cause !== null; depth++) {
    yield cause
    cause = property(cause, 'cause')
  }
}

function bodyOf(thrown: unknown): { body: JsonValue | undefined } {
  const parsed = property(thrown, 'error')
  if (parsed !== undefined) return { body: parsed as JsonValue }
  return { body: messageOf(thrown).replace(/^\d{3}\s*/, '') }
}

function headersOf(thrown: unknown): { headers?: Headers } {
  const headers = property(thrown, 'headers')
  return headers instanceof Headers ? { headers } : {}
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

function origin(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return url
  }
}
