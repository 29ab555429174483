/**
 * One request to an embedding host: by the proxy and the authorities of the settings, without following redirects (a
 * key must not travel), tried again where that may help, and every failure said as one sentence with what to do.
 */
import { delay } from '../../../src/base/async.ts'
import { readAuthorities } from '../../../src/base/authorities.ts'
import { CodiError, errorCode, errorMessage } from '../../../src/base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../../src/base/json.ts'
import { retryAfterMs } from '../../../src/base/retry-after.ts'
import { oneLine } from '../../../src/base/text.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { RefusedText, type TextKind } from './embedder.ts'

export interface Patience {
  /** Requests for one answer, the first included. */
  maxAttempts: number
  firstPauseMs: number
  maxPauseMs: number
  /** A host that asks for more is told to the person instead of waited for. */
  maxRetryAfterMs: number
  /** Longest wait for a whole answer. */
  answerMs: number
}

/** Documents may take their time (a model on a slow machine); a question is asked once. */
export const usualPatience: Readonly<Record<TextKind, Patience>> = {
  document: {
    maxAttempts: 5,
    firstPauseMs: 500,
    maxPauseMs: 20_000,
    maxRetryAfterMs: 60_000,
    answerMs: 180_000,
  },
  query: {
    maxAttempts: 1,
    firstPauseMs: 0,
    maxPauseMs: 0,
    maxRetryAfterMs: 0,
    answerMs: 60_000,
  },
}

const maxAnswerBytes = 256 * 1024 * 1024
const saidChars = 200

/** A failure that the next attempt may not meet. */
class Passing extends Error {
  constructor(
    readonly failure: CodiError,
    readonly pauseMs?: number,
  ) {
    super(failure.message)
  }
}

export interface EmbeddingRequest {
  options: EmbeddingOptions
  /** Below the base URL: `/embeddings`. */
  path: string
  body: JsonObject
  patience: Patience
}

/** The answer's JSON object. */
export async function askHost(request: EmbeddingRequest, signal: AbortSignal): Promise<JsonObject> {
  const { patience } = request
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(request, signal)
    } catch (thrown) {
      if (!(thrown instanceof Passing)) throw thrown
      const asked = thrown.pauseMs
      const tooLong = asked !== undefined && asked > patience.maxRetryAfterMs
      if (attempt >= patience.maxAttempts || tooLong) throw spent(thrown.failure, attempt)
      const grown = Math.min(patience.firstPauseMs * 2 ** (attempt - 1), patience.maxPauseMs)
      // Between the half and the whole, so that many clients do not come back at the same moment.
      const jittered = grown / 2 + Math.random() * (grown / 2)
      await delay(asked === undefined ? jittered : asked + jittered / 4, signal)
    }
  }
}

function spent(failure: CodiError, attempts: number): CodiError {
  if (attempts === 1) return failure
  return new CodiError(failure.kind, `${failure.message} (tried ${attempts} times)`, {
    cause: failure,
  })
}

async function attemptOnce(request: EmbeddingRequest, signal: AbortSignal): Promise<JsonObject> {
  const { options, patience } = request
  const authorities = await readAuthorities(options.caFile)
  const limit = AbortSignal.timeout(patience.answerMs)
  let response: Response
  let text: string
  try {
    response = await fetch(`${options.baseUrl}${request.path}`, {
      method: 'POST',
      headers: headersOf(options),
      body: JSON.stringify(request.body),
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
      proxy: options.proxy ?? false,
      ...(authorities ? { tls: { ca: authorities } } : {}),
      // Bun ends idle requests after five minutes by itself; the limit here is ours alone.
      timeout: false,
    } as BunFetchRequestInit)
    text = await readText(response, options)
  } catch (thrown) {
    if (thrown instanceof CodiError) throw thrown
    if (signal.aborted) throw new CodiError('cancelled', 'Interrupted', { cause: thrown })
    if (limit.aborted)
      throw new Passing(
        new CodiError(
          'unreachable',
          `${options.name} did not answer within ${patience.answerMs / 1000} s; is the host overloaded?`,
        ),
      )
    throw networkFailure(thrown, options)
  }
  const parsed = parseJson(text)
  if (!response.ok) throw hostFailure(response, isJsonObject(parsed) ? parsed : text, options)
  if (isJsonObject(parsed)) {
    if (parsed.error !== undefined && parsed.error !== null)
      throw hostFailure(new Response(null, { status: 500 }), parsed, options)
    return parsed
  }
  if (/^\s*</.test(text)) throw notAnApi(options, `answered with a web page`)
  throw new Passing(
    new CodiError('provider', `The answer of ${options.name} broke off or is no JSON; try again`),
  )
}

function headersOf(options: EmbeddingOptions): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const { apiKey, keyHeader } = options
  if (apiKey === undefined) return headers
  if (keyHeader === undefined) headers.authorization = `Bearer ${apiKey}`
  else headers[keyHeader] = apiKey
  return headers
}

async function readText(response: Response, options: EmbeddingOptions): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxAnswerBytes)
      throw new CodiError('provider', `The answer of ${options.name} is larger than 256 MB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function networkFailure(thrown: unknown, options: EmbeddingOptions): Error {
  const code = errorCode(thrown) ?? ''
  const where = `${options.name} at ${new URL(options.baseUrl).origin}`
  const unreachable = (message: string) => new CodiError('unreachable', message, { cause: thrown })
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME|DEPTH_ZERO/.test(code))
    return unreachable(
      `The certificate of ${where} is not trusted (${code}); name your own authority with the caFile setting`,
    )
  if (/proxy/i.test(code))
    return unreachable(
      `The proxy did not let codi through to ${where}; check HTTPS_PROXY and NO_PROXY`,
    )
  if (code === 'ECONNREFUSED' || code === 'ConnectionRefused') {
    const start =
      options.provider === 'ollama'
        ? 'start it with `ollama serve`, or set OLLAMA_HOST'
        : 'start the server, or check embeddingBaseUrl'
    return new Passing(unreachable(`Nothing listens for ${where}; ${start}`))
  }
  return new Passing(
    unreachable(
      `The connection to ${where} broke (${code || oneLine(errorMessage(thrown), saidChars)}); check the network and embeddingBaseUrl`,
    ),
  )
}

/** What the host said was wrong, sorted by what can be done about it. */
function hostFailure(
  response: Response,
  body: JsonObject | string,
  options: EmbeddingOptions,
): Error {
  const { status } = response
  const said = without(hostSaid(body), options.apiKey)
  const because = said ? ` (${status}: ${said})` : ` (${status})`
  const { name, model } = options
  const pauseMs = retryAfterMs(response.headers)
  if (status === 401 || status === 403) {
    const key = options.keyName ?? 'the key'
    return new CodiError(
      'credentials',
      options.apiKey === undefined
        ? `${name} wants a key${because}; set ${key}`
        : `${name} refused the key${because}; set ${key} to a valid one`,
    )
  }
  if (status === 402 || (/insufficient_quota|billing|credit/i.test(said) && pauseMs === undefined))
    return new CodiError('limit', `The credit for ${name} is used up${because}; top it up`)
  if (/nan\b|infinit|unsupported value/i.test(said)) return new RefusedText(said)
  if (isTooLong(status, said)) return new RefusedText(said)
  if (isModelMissing(status, said)) {
    const hint =
      options.provider === 'ollama' ? `run \`ollama pull ${model}\`` : 'check the embedding setting'
    return new CodiError('not_found', `There is no model "${model}" for ${name}${because}; ${hint}`)
  }
  if (/does not support embed|not an embedding model/i.test(said))
    return new CodiError(
      'unsupported',
      `${model} cannot embed${because}; choose an embedding model such as nomic-embed-text`,
    )
  if (/dimension/i.test(said) && status < 500)
    return new CodiError(
      'invalid',
      `${name} does not take these dimensions${because}; change or unset embeddingDimensions`,
    )
  if (status === 429 || status === 408 || status === 409 || status >= 500) {
    const what = status === 429 ? 'limits the rate of requests' : 'failed'
    return new Passing(
      new CodiError('provider', `${name} ${what}${because}; try again later`),
      pauseMs,
    )
  }
  if (status === 404 || status === 405 || (status >= 300 && status < 400))
    return notAnApi(options, `answered ${status}`)
  return new CodiError('provider', `${name} refused the request${because}`)
}

function isTooLong(status: number, said: string): boolean {
  if (status === 413) return true
  return /context (length|size|window)|maximum context|too (long|large|many (tokens|inputs))|max(imum)?[ _](tokens|batch)|exceeds? the|(input|batch) (length|size)/i.test(
    said,
  )
}

function isModelMissing(status: number, said: string): boolean {
  return /model.*(not found|not exist|unknown|no such)|(unknown|no such|invalid) model/i.test(said)
    ? status < 500
    : false
}

function notAnApi(options: EmbeddingOptions, what: string): CodiError {
  return new CodiError(
    'provider',
    `${options.baseUrl} ${what}, not like ${options.provider === 'ollama' ? 'Ollama' : 'an OpenAI-compatible host'}; check embeddingBaseUrl`,
  )
}

/** The sentence in an error body, wherever hosts put it. */
function hostSaid(body: JsonObject | string): string {
  if (typeof body === 'string')
    return oneLine(
      body.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '),
      saidChars,
    )
  for (const key of ['error', 'message', 'detail']) {
    const value = body[key]
    if (typeof value === 'string') return oneLine(value, saidChars)
    if (isJsonObject(value)) {
      const code = typeof value.code === 'string' ? `${value.code}: ` : ''
      return `${code}${hostSaid(value)}`
    }
  }
  return ''
}

function without(text: string, key: string | undefined): string {
  return key ? text.replaceAll(key, '***') : text
}
