/** The Chat Completions wire: every OpenAI-compatible host. The SDK is loaded with the first request. */
import type { ModelInfo, Provider } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { createChatDecoder } from './chat-decode.ts'
import { chatBody } from './chat-request.ts'
import { createOpenAi, listOpenAiModels, type OpenAiClient } from './openai-client.ts'
import { failureContext, type Refusal, sendAdapting, type WireSettings } from './wire.ts'

const describeLimitMs = 3000

const refusals: readonly Refusal[] = [
  {
    drops: 'max_tokens',
    said: /max_tokens[\s\S]*max_completion_tokens|unsupported[^.]*max_tokens/i,
  },
  { drops: 'max_completion_tokens', said: /max_completion_tokens/i },
  { drops: 'cache_marks', said: /cache_control/i },
  { drops: 'stream_options', said: /stream_options|include_usage/i },
  { drops: 'temperature', said: /temperature/i },
  { drops: 'effort', said: /reasoning|effort|think/i },
  { drops: 'schema', said: /response_format|json_schema/i },
]

export function createChat(settings: WireSettings): Provider {
  const { host } = settings
  const dropped = new Map<string, Set<string>>()
  let client: Promise<OpenAiClient> | undefined
  const sdk = () => {
    client ??= createOpenAi(settings)
    return client
  }

  /** A model that the catalogue does not know is looked up in the host's own list, which may tell its window. */
  async function describe(model: string, signal: AbortSignal): Promise<ModelInfo> {
    const known = modelInfo(host.id, model)
    if (known.contextWindow !== undefined) return known
    const limited = AbortSignal.any([signal, AbortSignal.timeout(describeLimitMs)])
    const listed = await listOpenAiModels(settings, sdk, limited).catch(() => [])
    return listed.find((each) => each.id === model) ?? known
  }

  return {
    name: host.id,
    models: (signal) => listOpenAiModels(settings, sdk, signal),
    describe: (model, signal) => describe(model, signal),
    stream(request, signal) {
      const context = failureContext(settings, request.model)
      return sendAdapting(
        {
          request,
          refusals,
          dropped,
          attempt: (leftOut) => ({
            async send(inner) {
              const body = chatBody(request, { host, dropped: leftOut })
              const options = { body, stream: true, signal: inner }
              return (await sdk()).post('/chat/completions', options).asResponse()
            },
            decoder: createChatDecoder(context),
            framing: 'sse',
            stallMs: settings.http.stallMs,
            context,
          }),
        },
        signal,
      )
    },
  }
}
