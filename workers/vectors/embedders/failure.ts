/** What goes wrong with an embedding host, each as one sentence with what to do, and whether it may pass by itself. */
import { CodiError, errorCode, errorMessage } from '../../../src/base/errors.ts'
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts'
import { retryAfterMs } from '../../../src/base/retry-after.ts'
import { oneLine } from '../../../src/base/text.ts'
import type { EmbeddingOptions } from '../../../src/contract/vector-service.ts'
import { RefusedText } from './embedder.ts'

const saidChars = 200

/** A failure that the next attempt may not meet. */
export class Passing extends Error {
  constructor(
    readonly failure: CodiError,
    readonly pauseMs?: number,
  ) {
    super(failure.message)
  }
}

export function networkFailure(thrown: unknown, options: EmbeddingOptions): Error {
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
export function hostFailure(
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

export function notAnApi(options: EmbeddingOptions, what: string): CodiError {
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
