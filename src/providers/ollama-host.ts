/** The calls to an Ollama host: what a model is, which there are, fetching one. */
import { CodiError } from '../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import type { ModelInfo } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { countOf, objectsOf, textOf } from './decoder.ts'
import { toFailure, WireError } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import { createFrameParser } from './frames.ts'
import { hostFailure } from './host-failure.ts'
import { truncated } from './network-failure.ts'
import { askHost, failureContext, type WireSettings } from './wire.ts'

export interface PullProgress {
  status: string
  doneBytes: number
  totalBytes: number
}

const showLimitMs = 5000

/** Undefined when the host cannot say; the request itself will then tell what is wrong. */
export async function showModel(
  settings: WireSettings,
  model: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const response = await callOllama(settings, '/api/show', {
      body: { model },
      context: ollamaContext(settings, model),
      signal: AbortSignal.any([signal, AbortSignal.timeout(showLimitMs)]),
    })
    const shown = parseJson(await response.text())
    return isJsonObject(shown) ? shown : undefined
  } catch {
    return undefined
  }
}

export function listOllamaModels(
  settings: WireSettings,
  signal: AbortSignal,
): Promise<ModelInfo[]> {
  const context = ollamaContext(settings, '')
  return askHost(context, signal, async (inner) => {
    const response = await callOllama(settings, '/api/tags', { context, signal: inner })
    const answer = parseJson(await response.text())
    const rows = isJsonObject(answer) ? objectsOf(answer.models) : []
    return rows.map((row) => {
      const id = textOf(row, 'name') || textOf(row, 'model')
      // The window is what codi will ask for, which only `describe` knows.
      const { contextWindow: _, ...info } = modelInfo('ollama', id)
      return info
    })
  })
}

/** Downloads a model, telling how far it is. Throws a CodiError when it cannot. */
export async function* pullModel(
  settings: WireSettings,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<PullProgress> {
  const context = ollamaContext(settings, model)
  let last = ''
  try {
    const body = { model, stream: true }
    const response = await callOllama(settings, '/api/pull', { body, context, signal })
    for await (const line of readLines(response)) {
      if (line.error) throw new WireError(hostFailure({ body: line }, context))
      last = textOf(line, 'status')
      yield {
        status: last,
        doneBytes: countOf(line, 'completed'),
        totalBytes: countOf(line, 'total'),
      }
    }
    if (last !== 'success') throw new WireError(truncated(context))
  } catch (thrown) {
    if (signal.aborted) throw new CodiError('cancelled', 'Interrupted', { cause: thrown })
    const { message } = toFailure(thrown, context, true)
    throw new CodiError('provider', `Cannot pull ${model}: ${message}`, { cause: thrown })
  }
}

async function* readLines(response: Response): AsyncGenerator<JsonObject> {
  const frames = createFrameParser('ndjson')
  const utf8 = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    for (const frame of frames.push(utf8.decode(chunk, { stream: true }))) {
      const line = parseJson(frame.data)
      if (isJsonObject(line)) yield line
    }
  }
  for (const frame of frames.end()) {
    const line = parseJson(frame.data)
    if (isJsonObject(line)) yield line
  }
}

/** The response, its status good; else throws a WireError. */
export async function callOllama(
  settings: WireSettings,
  path: string,
  options: { body?: JsonObject; context: FailureContext; signal: AbortSignal },
): Promise<Response> {
  const { apiKey, baseUrl, http } = settings
  const response = await http.fetch(`${baseUrl}${path}`, {
    method: options.body ? 'POST' : 'GET',
    headers: {
      ...(options.body ? { 'content-type': 'application/json' } : {}),
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    ...(options.body ? { body: JSON.stringify(options.body) } : {}),
    signal: options.signal,
  })
  if (response.ok) return response
  const text = await response.text()
  const body = parseJson(text) ?? text
  const { status, headers } = response
  throw new WireError(hostFailure({ status, body, headers }, options.context))
}

export function ollamaContext(settings: WireSettings, model: string): FailureContext {
  return {
    ...failureContext(settings, model),
    startHint: 'start it with `ollama serve`, or check OLLAMA_HOST',
    modelHint: `pull it with \`ollama pull ${model}\`, or see \`ollama list\``,
  }
}
