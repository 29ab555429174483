/** The Responses wire of OpenAI. The SDK is loaded with the first request. */
import type { Provider } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import { createOpenAi, listOpenAiModels, type OpenAiClient } from './openai-client.ts'
import { createRefusedThinking } from './refused-thinking.ts'
import { createResponsesDecoder } from './responses-decode.ts'
import { responsesBody } from './responses-request.ts'
import { failureContext, type Refusal, sendAdapting, type WireSettings } from './wire.ts'

const refusals: readonly Refusal[] = [
  { drops: 'reasoning_items', said: /encrypted|reasoning'? item|rs_\w+/i, once: true },
  { drops: 'include', said: /['"`]include\b/i },
  // Summaries of some models are only for verified organizations.
  { drops: 'summary', said: /summar|verified/i },
  { drops: 'reasoning', said: /reasoning|effort/i },
  { drops: 'temperature', said: /temperature/i },
]

export function createResponses(settings: WireSettings): Provider {
  const dropped = new Map<string, Set<string>>()
  const refused = createRefusedThinking()
  let client: Promise<OpenAiClient> | undefined
  const sdk = () => {
    client ??= createOpenAi(settings)
    return client
  }

  return {
    name: settings.host.id,
    models: (signal) => listOpenAiModels(settings, sdk, signal),
    describe: async (model) => modelInfo(settings.host.id, model),
    stream(request, signal) {
      const context = failureContext(settings, request.model)
      return sendAdapting(
        {
          request,
          refusals,
          dropped,
          attempt: (leftOut) => ({
            async send(inner) {
              if (leftOut.has('reasoning_items')) refused.addAll(request.messages)
              const body = responsesBody(request, { dropped: leftOut, refused })
              const options = { body, stream: true, signal: inner }
              return (await sdk()).post('/responses', options).asResponse()
            },
            decoder: createResponsesDecoder(context),
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
