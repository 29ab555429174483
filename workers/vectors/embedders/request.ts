/**
 * One request to an embedding host: by the proxy and the authorities of the settings, without following redirects (a
 * key must not travel), tried again where that may help, and every failure said as one sentence with what to do.
 */
import { delay } from '../../../src/base/async.ts'
import { readAuthorities } from '../../../src/base/authorities.ts'
import { CodiError } from '../../../src/base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../../src/base/json.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import type { TextKind } from './embedder.ts'
import { hostFailure, networkFailure, notAnApi, Passing } from './failure.ts'

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
