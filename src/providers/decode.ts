/**
 * A recorded response body as the answer it holds, by the same decoders that read live streams. For `codi debug decode`
 * and for tests.
 */
import { CodiError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { Usage } from '../contract/message.ts'
import type { ModelEvent, ProviderFailure, StopReason } from '../contract/provider.ts'
import { hostOf } from './create.ts'
import type { WireDecoder } from './decoder.ts'
import { toFailure } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import { createFrameParser, type Framing } from './frames.ts'
import type { Host } from './hosts.ts'

export interface Decoded {
  text: string
  thinking: string
  calls: { name: string; input: JsonObject }[]
  /** Null when the answer is not complete. */
  stop: StopReason | null
  usage: Usage | null
  error: { kind: ProviderFailure['kind']; message: string } | null
}

/** `provider` is any id of the host table; throws a CodiError for an unknown one. */
export async function decodeResponse(provider: string, body: Uint8Array): Promise<Decoded> {
  const host = hostOf(provider)
  if (host.wire === 'builtin' || host.wire === 'mock') {
    throw new CodiError('usage', `There are no recorded bodies of ${host.name}: it has no wire`)
  }
  const context = contextOf(host)
  const decoder = await decoderOf(host, context)
  const events: ModelEvent[] = []
  let error: Decoded['error'] = null
  try {
    for (const frame of framesOf(body, framingOf(host))) events.push(...decoder.frame(frame))
    events.push(...decoder.end())
  } catch (thrown) {
    const { kind, message } = toFailure(thrown, context, true)
    error = { kind, message }
  }
  return { ...summary(events), ...(error ? { usage: decoder.usage() ?? null } : {}), error }
}

function framesOf(body: Uint8Array, framing: Framing) {
  const parser = createFrameParser(framing)
  return [...parser.push(new TextDecoder().decode(body)), ...parser.end()]
}

/** The whole answer when it is complete, else as much as had come. */
function summary(events: readonly ModelEvent[]): Omit<Decoded, 'error'> {
  const done = events.find((event) => event.type === 'done')
  if (!done) {
    const joined = (type: 'text' | 'thinking') =>
      events.map((event) => (event.type === type ? event.text : '')).join('')
    return {
      text: joined('text'),
      thinking: joined('thinking'),
      calls: [],
      stop: null,
      usage: null,
    }
  }
  const { content } = done.message
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: content.map((block) => (block.type === 'thinking' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'call' ? [{ name: block.name, input: block.input }] : [],
    ),
    stop: done.stop,
    usage: done.usage ?? null,
  }
}

function framingOf(host: Host): Framing {
  return host.wire === 'ollama' ? 'ndjson' : 'sse'
}

async function decoderOf(host: Host, context: FailureContext): Promise<WireDecoder> {
  switch (host.wire) {
    case 'messages':
      return (await import('./anthropic-decode.ts')).createAnthropicDecoder(context)
    case 'responses':
      return (await import('./responses-decode.ts')).createResponsesDecoder(context)
    case 'ollama':
      return (await import('./ollama-decode.ts')).createOllamaDecoder(context)
    default:
      return (await import('./chat-decode.ts')).createChatDecoder(context)
  }
}

function contextOf(host: Host): FailureContext {
  return {
    hostName: host.name,
    providerId: host.id,
    baseUrl: host.baseUrl ?? 'http://localhost',
    keyName: host.keys[0],
    apiKey: undefined,
    model: 'the model',
  }
}
