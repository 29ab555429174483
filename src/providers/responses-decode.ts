/** The events of a Responses stream. */
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import type { Usage } from '../contract/message.ts'
import type { ModelEvent, StopReason } from '../contract/provider.ts'
import { createAnswer } from './answer.ts'
import { countOf, objectOf, objectsOf, textOf, type WireDecoder } from './decoder.ts'
import { foreignBodyFailure, WireError } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import type { Frame } from './frames.ts'
import { hostFailure } from './host-failure.ts'
import { truncated } from './network-failure.ts'

export function createResponsesDecoder(context: FailureContext): WireDecoder {
  const answer = createAnswer({ wire: 'openai', thinkTags: false })
  /** What was streamed of each item, so that a host that only sends the whole at the end is read as well. */
  const streamed = new Set<string>()
  let final: JsonObject | undefined
  let refused = false

  function event(data: JsonObject): ModelEvent[] {
    const key = String(data.output_index ?? data.item_id ?? '')
    switch (data.type) {
      case 'response.output_item.added':
        return startItem(key, objectOf(data.item) ?? {})
      case 'response.output_text.delta':
        streamed.add(`${key}:text`)
        return answer.text(textOf(data, 'delta'))
      case 'response.refusal.delta':
        streamed.add(`${key}:text`)
        refused = true
        return answer.text(textOf(data, 'delta'))
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        streamed.add(`${key}:thinking`)
        return answer.thinking(textOf(data, 'delta'))
      case 'response.reasoning_summary_part.added':
        return Number(data.summary_index ?? 0) > 0 ? answer.thinking('\n\n') : []
      case 'response.function_call_arguments.delta':
        return answer.callDelta(key, textOf(data, 'delta'))
      case 'response.function_call_arguments.done':
        return answer.callText(key, textOf(data, 'arguments'))
      case 'response.output_item.done':
        return endItem(key, objectOf(data.item) ?? {})
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        return finish(objectOf(data.response) ?? {})
      case 'response.failed':
        // What was counted until then is in it.
        final = objectOf(data.response)
        throw new WireError(hostFailure({ body: objectOf(data.response) ?? data }, context))
      default:
        return other(data)
    }
  }

  function other(data: JsonObject): ModelEvent[] {
    if (data.object === 'response') return data.status === 'failed' ? fail(data) : finish(data)
    return data.type === 'error' || data.error ? fail(data) : []
  }

  function fail(data: JsonObject): never {
    throw new WireError(hostFailure({ body: data }, context))
  }

  function startItem(key: string, item: JsonObject): ModelEvent[] {
    answer.breakBlock()
    if (item.type === 'message' && textOf(item, 'phase')) {
      answer.opaque({ model: context.model, phase: textOf(item, 'phase') }, { alone: true })
    }
    if (item.type !== 'function_call' || answer.hasCall(key)) return []
    const id = textOf(item, 'call_id') || textOf(item, 'id')
    return [
      ...answer.startCall(key, { id, name: textOf(item, 'name') }),
      ...answer.callDelta(key, textOf(item, 'arguments')),
    ]
  }

  function endItem(key: string, item: JsonObject): ModelEvent[] {
    if (streamed.has(`${key}:done`)) return []
    streamed.add(`${key}:done`)
    if (item.type === 'function_call') {
      const started = startItem(key, item)
      return [...started, ...answer.callText(key, textOf(item, 'arguments'))]
    }
    if (item.type === 'reasoning') return endReasoning(key, item)
    if (item.type !== 'message' || streamed.has(`${key}:text`)) return []
    return objectsOf(item.content).flatMap((part) => {
      if (part.type === 'refusal') refused = true
      return answer.text(textOf(part, 'text') || textOf(part, 'refusal'))
    })
  }

  function endReasoning(key: string, item: JsonObject): ModelEvent[] {
    const events = streamed.has(`${key}:thinking`)
      ? []
      : objectsOf(item.summary).flatMap((part) => answer.thinking(textOf(part, 'text')))
    if (item.encrypted_content) {
      // `status` comes with an item and is refused when it is sent back.
      const { status: _, ...kept } = item
      answer.opaque({ model: context.model, item: kept })
    }
    answer.breakBlock()
    return events
  }

  /** Items that never came by themselves are taken from the whole. */
  function finish(response: JsonObject): ModelEvent[] {
    final = response
    return objectsOf(response.output).flatMap((item, index) => {
      const key = String(index)
      if (streamed.has(`${key}:done`) || streamed.has(`${key}:text`)) return []
      return endItem(key, item)
    })
  }

  return {
    frame({ event: name, data }: Frame) {
      if (name === 'raw') throw new WireError(foreignBodyFailure(data, context))
      const parsed = parseJson(data)
      if (isJsonObject(parsed)) return event(parsed)
      if (name === 'error') throw new WireError(hostFailure({ body: data }, context))
      return []
    },
    progress: () => (final ? 'closed' : 'open'),
    end() {
      if (!final) throw new WireError(truncated(context))
      const stop = stopReason(final, answer.calls, refused)
      const model = textOf(final, 'model')
      return [
        {
          type: 'done',
          message: answer.message({ cut: stop === 'length' }),
          stop,
          usage: toUsage(final),
          ...(model ? { model } : {}),
        },
      ]
    },
    usage: () => final && toUsage(final),
  }
}

function stopReason(response: JsonObject, calls: number, refused: boolean): StopReason {
  const reason = textOf(objectOf(response.incomplete_details) ?? {}, 'reason')
  if (reason === 'content_filter' || (refused && calls === 0)) return 'refused'
  if (reason || response.status === 'incomplete') return 'length'
  return calls > 0 ? 'calls' : 'end'
}

/** The wire's `input_tokens` hold what came from the cache and what was written to it; ours do not. */
function toUsage(response: JsonObject): Usage | undefined {
  const usage = objectOf(response.usage)
  if (!usage) return undefined
  const details = objectOf(usage.input_tokens_details)
  const read = countOf(details, 'cached_tokens')
  const written = countOf(details, 'cache_write_tokens')
  return {
    inputTokens: Math.max(0, countOf(usage, 'input_tokens') - read - written),
    outputTokens: countOf(usage, 'output_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: countOf(objectOf(usage.output_tokens_details), 'reasoning_tokens'),
  }
}
