/** The Chat Completions wire: every OpenAI-compatible host. The SDK is loaded with the first request. */
import type { Provider } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { createChatDecoder } from './chat-decode.ts'
import { chatBody } from './chat-request.ts'
import { createOpenAi, listOpenAiModels, type OpenAiClient } from './openai-client.ts'
import { failureContext, type Refusal, sendAdapting, type WireSettings } from './wire.ts'

const refusals: readonly Refusal[] = [
  {
    drops: 'max_tokens',
    said: /max_tokens[\s\S]*max_completion_tokens|unsupported[^.]*max_tokens/i,
  },
  { drops: 'max_completion_tokens', said: /max_completion_tokens/i },
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

  return {
    name: host.id,
    models: (signal) => listOpenAiModels(settings, sdk, signal),
    describe: async (model) => modelInfo(host.id, model),
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
