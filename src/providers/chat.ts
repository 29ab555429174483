/** The Chat Completions wire: every OpenAI-compatible host. The SDK is loaded with the first request. */
import type { Provider } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { createChatDecoder } from './chat-decode.ts'
import { chatBody } from './chat-request.ts'
import { createOpenAi, listOpenAiModels } from './openai-client.ts'
import { sdkProvider } from './sdk-wire.ts'
import type { Refusal, WireSettings } from './wire.ts'

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
  return sdkProvider(settings, {
    refusals,
    connect: createOpenAi,
    models: (sdk, signal) => listOpenAiModels(settings, sdk, signal),

    /** A model that the catalogue does not know is looked up in the host's own list, which may tell its window. */
    async describe(model, sdk, signal) {
      const known = modelInfo(host.id, model)
      if (known.contextWindow !== undefined) return known
      const limited = AbortSignal.any([signal, AbortSignal.timeout(describeLimitMs)])
      const listed = await listOpenAiModels(settings, sdk, limited).catch(() => [])
      return listed.find((each) => each.id === model) ?? known
    },

    async send(sdk, { request, leftOut }, signal) {
      const body = chatBody(request, { host, dropped: leftOut })
      return (await sdk()).post('/chat/completions', { body, stream: true, signal }).asResponse()
    },
    decoder: createChatDecoder,
  })
}
