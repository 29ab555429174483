/**
 * A provider whose requests go through an SDK, which is loaded with the first of them; the answer is read by our own
 * decoder, and what a host refuses is left out.
 */
import type { ModelInfo, ModelRequest, Provider } from '../contract/provider.ts'
import { modelInfo } from './catalog.ts'
import type { WireDecoder } from './decoder.ts'
import type { FailureContext } from './failure-context.ts'
import { failureContext, type Refusal, sendAdapting, type WireSettings } from './wire.ts'

/** Longer than any limit of ours: the stall limit is the one that counts. */
export const sdkTimeoutMs = 2_147_483_647

export interface SdkWire<Client> {
  refusals: readonly Refusal[]
  connect(settings: WireSettings): Promise<Client>
  models(sdk: () => Promise<Client>, signal: AbortSignal): Promise<ModelInfo[]>
  /** Without it, what the catalogue knows. */
  describe?(model: string, sdk: () => Promise<Client>, signal: AbortSignal): Promise<ModelInfo>
  /** Answers when the head of the response is there; `leftOut` names the refusals to heed. */
  send(
    sdk: () => Promise<Client>,
    call: { request: ModelRequest; leftOut: ReadonlySet<string> },
    signal: AbortSignal,
  ): Promise<Response>
  decoder(context: FailureContext): WireDecoder
}

export function sdkProvider<Client>(settings: WireSettings, wire: SdkWire<Client>): Provider {
  const { host } = settings
  const dropped = new Map<string, Set<string>>()
  let client: Promise<Client> | undefined
  const sdk = () => {
    client ??= wire.connect(settings)
    return client
  }
  return {
    name: host.id,
    models: (signal) => wire.models(sdk, signal),
    describe: async (model, signal) =>
      wire.describe ? wire.describe(model, sdk, signal) : modelInfo(host.id, model),
    stream(request, signal) {
      const context = failureContext(settings, request.model)
      return sendAdapting(
        {
          request,
          refusals: wire.refusals,
          dropped,
          attempt: (leftOut) => ({
            send: (inner) => wire.send(sdk, { request, leftOut }, inner),
            decoder: wire.decoder(context),
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
