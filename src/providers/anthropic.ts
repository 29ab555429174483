/** The Messages wire: Anthropic, and whoever speaks like it. The SDK is loaded with the first request. */
import { isJsonObject } from '../base/json.ts'
import type { ModelInfo, Provider } from '../contract/provider.ts'
import { createAnthropicDecoder } from './anthropic-decode.ts'
import { anthropicBody } from './anthropic-request.ts'
import { modelInfo } from './catalog.ts'
import { objectsOf, textOf } from './decoder.ts'
import { createRefusedThinking } from './refused-thinking.ts'
import { sdkProvider, sdkTimeoutMs } from './sdk-wire.ts'
import { askHost, failureContext, type Refusal, type WireSettings } from './wire.ts'

const refusals: readonly Refusal[] = [
  { drops: 'thinking_blocks', said: /(thinking|signature)[\s\S]{0,120}block/i, once: true },
  { drops: 'thinking', said: /thinking|output_config|effort/i },
]

export function createAnthropic(settings: WireSettings): Provider {
  const refused = createRefusedThinking()
  return sdkProvider(settings, {
    refusals,
    connect: createClient,
    models: (sdk, signal) => listModels(settings, sdk, signal),
    async send(sdk, { request, leftOut }, signal) {
      if (leftOut.has('thinking_blocks')) refused.addAll(request.messages)
      const body = anthropicBody(request, { dropped: leftOut, refused })
      // `post` rather than `messages.create`, which prints warnings about old models to the terminal.
      return (await sdk()).post('/v1/messages', { body, stream: true, signal }).asResponse()
    },
    decoder: createAnthropicDecoder,
  })
}

async function createClient({ apiKey, baseUrl, env, http, bearer: isBearer }: WireSettings) {
  const { BaseAnthropic } = await import('@anthropic-ai/sdk/client')
  const fromEnvironment =
    apiKey !== undefined && !env.ANTHROPIC_API_KEY && apiKey === env.ANTHROPIC_AUTH_TOKEN
  const bearer = (isBearer ?? false) || fromEnvironment
  return new BaseAnthropic({
    apiKey: bearer ? null : (apiKey ?? 'none'),
    authToken: bearer ? (apiKey ?? null) : null,
    // The SDK would send a key as a bearer token, which not every host with this wire takes.
    defaultHeaders: bearer ? {} : { Authorization: null, 'x-api-key': apiKey ?? 'none' },
    // The SDK adds /v1 itself; people give the address with and without it.
    baseURL: baseUrl.replace(/\/v1$/, ''),
    fetch: http.fetch,
    maxRetries: 0,
    timeout: sdkTimeoutMs,
    logLevel: 'off',
  })
}

async function listModels(
  settings: WireSettings,
  sdk: () => ReturnType<typeof createClient>,
  signal: AbortSignal,
): Promise<ModelInfo[]> {
  return askHost(failureContext(settings, ''), signal, async (inner) => {
    const client = await sdk()
    const answer: unknown = await client.get('/v1/models?limit=1000', { signal: inner })
    const rows = isJsonObject(answer) ? objectsOf(answer.data) : []
    return rows.map((row) => modelInfo(settings.host.id, textOf(row, 'id')))
  })
}
