/** An error that a host reported, over HTTP or inside a stream, as a ProviderFailure. */
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { retryAfterMs } from '../base/retry-after.ts'
import type { FailureKind, ProviderFailure } from '../contract/provider.ts'
import { brief, type FailureContext, sentence } from './failure-context.ts'
import { isContextOverflow, isModelMissing, isOutOfMoney, isRefusedKey } from './failure-words.ts'
import { overflowFigures } from './overflow-figures.ts'

export interface HostError {
  /** Absent inside a stream that had begun well. */
  status?: number
  body: JsonValue | undefined
  headers?: Headers
}

export function hostFailure(error: HostError, context: FailureContext): ProviderFailure {
  const text = hostMessage(error.body)
  const codes = hostCodes(error.body)
  const status = error.status ?? statusOfCode(codes) ?? statusOfCode(text)
  const pauseMs = retryAfter(error.headers, error.body)
  const kind = hostKind(status, { text, codes, waiting: pauseMs !== undefined })
  return {
    kind,
    message: sentence(wording(kind, status, brief(text, context), context)),
    ...(status === undefined ? {} : { status }),
    ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }),
    ...(kind === 'context_overflow' ? overflowFigures(text) : {}),
  }
}

function hostKind(
  status: number | undefined,
  { text, codes, waiting }: { text: string; codes: string; waiting: boolean },
): FailureKind {
  const all = `${codes} ${text}`
  if (status !== 429 && status !== 401 && isContextOverflow(all)) return 'context_overflow'
  if (status === 413) return 'context_overflow'
  // Google words a limit by the minute like an empty purse, but says when to come back.
  const passes = status === 429 && waiting
  if (status === 402 || (isOutOfMoney(all) && !passes)) return 'quota'
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
      if (context.stored)
        return `${hostName} refused the stored credential${because}; log in again with \`codi login ${context.providerId}\``
      return context.apiKey === undefined
        ? `${hostName} wants a key${because}; ${keyName ? `set ${keyName}` : 'give one'}, or check --base-url (${baseUrl})`
        : `${hostName} refused the key${because}; set ${keyName ?? 'it'} to a valid one, or check --base-url (${baseUrl})`
    case 'rate_limit':
      return `${hostName} limits the rate of requests${because}; wait a little, or choose another model`
    case 'overloaded':
      return `${hostName} is overloaded${because}; try again later, or choose another model`
    case 'quota':
      return `${hostName} reports that the quota or credit is used up${because}; top it up, or choose another provider with --provider`
    case 'context_overflow':
      return `The conversation is too long for ${model}${because}; start a new one, or choose a model with a larger window`
    case 'model_not_found':
      return `${hostName} has no model "${model}"${because}; ${context.modelHint ?? `see \`codi models\``}`
    case 'server':
      return `${hostName} failed${because}; try again later`
    case 'protocol':
      return `${baseUrl} did not answer like ${hostName}${because}; check --base-url`
    default:
      return `${hostName} refused the request${because}`
  }
}

/** `Retry-After` in seconds or as a date, `retry-after-ms`, or Google's `retryDelay`. */
function retryAfter(headers: Headers | undefined, body: JsonValue | undefined): number | undefined {
  const told = retryAfterMs(headers)
  if (told !== undefined) return told
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
