/** The Responses wire of OpenAI. The SDK is loaded with the first request. */
import type { Provider } from '../contract/provider.ts'
import { createOpenAi, listOpenAiModels } from './openai-client.ts'
import { createRefusedThinking } from './refused-thinking.ts'
import { createResponsesDecoder } from './responses-decode.ts'
import { responsesBody } from './responses-request.ts'
import { sdkProvider } from './sdk-wire.ts'
import type { Refusal, WireSettings } from './wire.ts'

const refusals: readonly Refusal[] = [
  { drops: 'reasoning_items', said: /encrypted|reasoning'? item|rs_\w+/i, once: true },
  { drops: 'include', said: /['"`]include\b/i },
  // Summaries of some models are only for verified organizations.
  { drops: 'summary', said: /summar|verified/i },
  { drops: 'reasoning', said: /reasoning|effort/i },
  { drops: 'temperature', said: /temperature/i },
]

export function createResponses(settings: WireSettings): Provider {
  const refused = createRefusedThinking()
  return sdkProvider(settings, {
    refusals,
    connect: createOpenAi,
    models: (sdk, signal) => listOpenAiModels(settings, sdk, signal),
    async send(sdk, { request, leftOut }, signal) {
      if (leftOut.has('reasoning_items')) refused.addAll(request.messages)
      const body = responsesBody(request, { dropped: leftOut, refused })
      return (await sdk()).post('/responses', { body, stream: true, signal }).asResponse()
    },
    decoder: createResponsesDecoder,
  })
}
