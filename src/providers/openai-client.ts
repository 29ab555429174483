/**
 * The OpenAI SDK, loaded when it is first needed, for the two wires that use it. They send by `get` and `post` alone:
 * the executable is built without the SDK's classes for the parts of the API.
 */
import type OpenAI from 'openai'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { ModelInfo, ModelPrice } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { countOf, objectOf, objectsOf, textOf } from './decoder.ts'
import { sdkTimeoutMs } from './sdk-wire.ts'
import { askHost, failureContext, type WireSettings } from './wire.ts'

export type OpenAiClient = Pick<OpenAI, 'get' | 'post'>

export async function createOpenAi(settings: WireSettings): Promise<OpenAiClient> {
  const { host, apiKey, baseUrl, http } = settings
  const { OpenAI } = await import('openai/client')
  const keyHeader = host.quirks?.keyHeader
  const bearer = apiKey !== undefined && keyHeader === undefined
  return new OpenAI({
    apiKey: apiKey ?? 'none',
    baseURL: baseUrl,
    fetch: http.fetch,
    maxRetries: 0,
    timeout: sdkTimeoutMs,
    logLevel: 'off',
    defaultHeaders: {
      ...host.quirks?.headers,
      ...(keyHeader && apiKey ? { [keyHeader]: apiKey } : {}),
      ...(bearer ? {} : { Authorization: null }),
    },
  })
}

/** `/models` of any host: the catalogue's figures, and the window where the host tells one. */
export function listOpenAiModels(
  settings: WireSettings,
  sdk: () => Promise<OpenAiClient>,
  signal: AbortSignal,
): Promise<ModelInfo[]> {
  return askHost(failureContext(settings, ''), signal, async (inner) => {
    const client = await sdk()
    const answer: unknown = await client.get('/models', { signal: inner })
    const rows = isJsonObject(answer) ? objectsOf(answer.data) : Array.isArray(answer) ? answer : []
    return objectsOf(rows).map((row) => listed(settings.host.id, row))
  })
}

/** Hosts tell windows under many names, and OpenRouter the price of a token as text. */
function listed(hostId: string, row: JsonObject): ModelInfo {
  const info = modelInfo(hostId, textOf(row, 'id').replace(/^models\//, ''))
  const meta = objectOf(row.meta)
  const window =
    countOf(row, 'context_length') ||
    countOf(row, 'context_window') ||
    countOf(row, 'max_model_len') ||
    countOf(row, 'max_context_length') ||
    countOf(meta, 'n_ctx') ||
    countOf(meta, 'n_ctx_train')
  const price = info.price ?? priceOf(objectOf(row.pricing))
  return {
    ...info,
    ...(window > 0 ? { contextWindow: window } : {}),
    ...(price && !info.free ? { price } : {}),
  }
}

function priceOf(pricing: JsonObject | undefined): ModelPrice | undefined {
  if (!pricing) return undefined
  const perMillion = (name: string) => Number(pricing[name] ?? Number.NaN) * 1_000_000
  const [input, output] = [perMillion('prompt'), perMillion('completion')]
  if (!(input >= 0) || !(output >= 0)) return undefined
  const [cacheRead, cacheWrite] = [perMillion('input_cache_read'), perMillion('input_cache_write')]
  return {
    input,
    output,
    source: 'host',
    ...(cacheRead >= 0 ? { cacheRead } : {}),
    ...(cacheWrite >= 0 ? { cacheWrite } : {}),
  }
}
