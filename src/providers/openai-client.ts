/** The OpenAI SDK, loaded when it is first needed, for the two wires that use it. */
import type OpenAI from 'openai'
import { isJsonObject } from '../base/json.ts'
import type { ModelInfo } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { objectsOf, textOf } from './decoder.ts'
import { askHost, failureContext, type WireSettings } from './wire.ts'

export type OpenAiClient = OpenAI

/** Longer than any limit of ours: the stall limit is the one that counts. */
const sdkTimeoutMs = 2_147_483_647

export async function createOpenAi({ host, apiKey, baseUrl, http }: WireSettings): Promise<OpenAI> {
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
  sdk: () => Promise<OpenAI>,
  signal: AbortSignal,
): Promise<ModelInfo[]> {
  return askHost(failureContext(settings, ''), signal, async (inner) => {
    const client = await sdk()
    const answer: unknown = await client.get('/models', { signal: inner })
    const rows = isJsonObject(answer) ? objectsOf(answer.data) : Array.isArray(answer) ? answer : []
    return objectsOf(rows).map((row) => {
      const id = textOf(row, 'id').replace(/^models\//, '')
      const window = [
        row.context_length,
        row.context_window,
        row.max_model_len,
        row.max_context_length,
      ]
      const told = window.find((value) => typeof value === 'number')
      const info = modelInfo(settings.host.id, id)
      return typeof told === 'number' ? { ...info, contextWindow: told } : info
    })
  })
}
