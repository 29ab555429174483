/** The events of a Messages stream. */
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import type { Usage } from '../contract/message.ts'
import type { ModelEvent, StopReason } from '../contract/provider.ts'
import { createAnswer } from './answer.ts'
import type { AnthropicOpaque } from './anthropic-request.ts'
import { countOf, objectOf, objectsOf, textOf, type WireDecoder } from './decoder.ts'
import { foreignBodyFailure, WireError } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import type { Frame } from './frames.ts'
import { hostFailure } from './host-failure.ts'
import { truncated } from './network-failure.ts'

export function createAnthropicDecoder(context: FailureContext): WireDecoder {
  const answer = createAnswer({ wire: 'anthropic', thinkTags: false })
  let usage: Usage | undefined
  let model: string | undefined
  let stop: string | undefined
  let done = false

  function event(data: JsonObject): ModelEvent[] {
    switch (data.type) {
      case 'message_start': {
        const message = objectOf(data.message) ?? {}
        model = textOf(message, 'model') || undefined
        usage = addUsage(usage, objectOf(message.usage))
        return []
      }
      case 'content_block_start':
        return startBlock(String(data.index), objectOf(data.content_block) ?? {})
      case 'content_block_delta':
        return delta(String(data.index), objectOf(data.delta) ?? {})
      case 'message_delta':
        stop = textOf(objectOf(data.delta) ?? {}, 'stop_reason') || stop
        usage = addUsage(usage, objectOf(data.usage))
        return []
      case 'message_stop':
        done = true
        return []
      case 'message':
        return wholeMessage(data)
      case 'error':
        throw new WireError(hostFailure({ body: data }, context))
      default:
        // A gateway's error need not have the wire's form; a ping or an unknown event is no matter.
        if (data.error) throw new WireError(hostFailure({ body: data }, context))
        return []
    }
  }

  function startBlock(key: string, block: JsonObject): ModelEvent[] {
    answer.breakBlock()
    if (block.type === 'text') return answer.text(textOf(block, 'text'))
    if (block.type === 'thinking') {
      const events = answer.thinking(textOf(block, 'thinking'))
      sign(textOf(block, 'signature'))
      return events
    }
    if (block.type === 'redacted_thinking') {
      answer.opaque(opaque({ data: textOf(block, 'data') }), { alone: true })
    }
    if (block.type !== 'tool_use') return []
    const events = answer.startCall(key, { id: textOf(block, 'id'), name: textOf(block, 'name') })
    const input = objectOf(block.input)
    const given = input && Object.keys(input).length > 0
    return given ? [...events, ...answer.callDelta(key, JSON.stringify(input))] : events
  }

  function delta(key: string, data: JsonObject): ModelEvent[] {
    if (data.type === 'text_delta') return answer.text(textOf(data, 'text'))
    if (data.type === 'thinking_delta') return answer.thinking(textOf(data, 'thinking'))
    if (data.type === 'signature_delta') sign(textOf(data, 'signature'))
    if (data.type !== 'input_json_delta') return []
    return answer.callDelta(key, textOf(data, 'partial_json'))
  }

  function wholeMessage(message: JsonObject): ModelEvent[] {
    const started = event({ type: 'message_start', message })
    const blocks = objectsOf(message.content).flatMap((block, index) =>
      startBlock(`${index}`, block),
    )
    stop = textOf(message, 'stop_reason')
    done = true
    return [...started, ...blocks]
  }

  function sign(signature: string): void {
    if (signature) answer.opaque(opaque({ signature }))
  }

  function opaque(value: Record<string, string>): AnthropicOpaque {
    return { ...value, model: context.model }
  }

  return {
    frame({ event: name, data }: Frame) {
      if (name === 'raw') throw new WireError(foreignBodyFailure(data, context))
      const parsed = parseJson(data)
      if (isJsonObject(parsed)) return event(parsed)
      if (name === 'error') throw new WireError(hostFailure({ body: data }, context))
      return []
    },
    progress: () => (done ? 'closed' : stop ? 'ending' : 'open'),
    end() {
      if (!done && !stop) throw new WireError(truncated(context))
      const reason = stopReason(stop, answer.calls)
      return [
        {
          type: 'done',
          message: answer.message({ cut: reason === 'length' }),
          stop: reason,
          usage,
          ...(model ? { model } : {}),
        },
      ]
    },
    usage: () => usage,
  }
}

function stopReason(stop: string | undefined, calls: number): StopReason {
  if (stop === 'max_tokens' || stop === 'model_context_window_exceeded') return 'length'
  if (stop === 'refusal') return 'refused'
  return calls > 0 ? 'calls' : 'end'
}

/** Figures come twice; the later ones are totals, and a missing or null one leaves the earlier in place. */
function addUsage(before: Usage | undefined, data: JsonObject | undefined): Usage | undefined {
  if (!data) return before
  const details = objectOf(data.output_tokens_details)
  return {
    inputTokens: countOf(data, 'input_tokens') || (before?.inputTokens ?? 0),
    outputTokens: countOf(data, 'output_tokens') || (before?.outputTokens ?? 0),
    cacheReadTokens: countOf(data, 'cache_read_input_tokens') || (before?.cacheReadTokens ?? 0),
    cacheWriteTokens:
      countOf(data, 'cache_creation_input_tokens') || (before?.cacheWriteTokens ?? 0),
    reasoningTokens: countOf(details, 'thinking_tokens') || (before?.reasoningTokens ?? 0),
  }
}
