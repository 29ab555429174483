/** The lines of an /api/chat stream. Calls come whole, arguments as an object. */
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

export function createOllamaDecoder(context: FailureContext): WireDecoder {
  const answer = createAnswer({ wire: 'ollama', thinkTags: true })
  let last: JsonObject | undefined

  function line(data: JsonObject): ModelEvent[] {
    if (data.error) throw new WireError(hostFailure({ body: data }, context))
    const message = objectOf(data.message)
    if (data.done === true) last = data
    if (!message) return []
    return [
      ...answer.thinking(textOf(message, 'thinking')),
      ...answer.text(textOf(message, 'content')),
      ...objectsOf(message.tool_calls).flatMap(call),
    ]
  }

  function call(data: JsonObject): ModelEvent[] {
    const named = objectOf(data.function) ?? {}
    const key = String(answer.calls)
    const given = named.arguments
    const text = typeof given === 'string' ? given : given ? JSON.stringify(given) : ''
    const id = textOf(data, 'id') || textOf(named, 'id')
    return [
      ...answer.startCall(key, { id, name: textOf(named, 'name') }),
      ...answer.callDelta(key, text),
    ]
  }

  return {
    frame({ event: name, data }: Frame) {
      if (name === 'raw') throw new WireError(foreignBodyFailure(data, context))
      const parsed = parseJson(data)
      return isJsonObject(parsed) ? line(parsed) : []
    },
    progress: () => (last ? 'closed' : 'open'),
    end() {
      if (!last) throw new WireError(truncated(context))
      const events = answer.flush()
      const stop = stopReason(last, answer.calls)
      const model = textOf(last, 'model')
      return [
        ...events,
        {
          type: 'done',
          message: answer.message({ cut: stop === 'length' }),
          stop,
          usage: toUsage(last),
          ...(model ? { model } : {}),
        },
      ]
    },
    usage: () => last && toUsage(last),
  }
}

function stopReason(last: JsonObject, calls: number): StopReason {
  if (last.done_reason === 'length') return 'length'
  return calls > 0 ? 'calls' : 'end'
}

function toUsage(last: JsonObject): Usage | undefined {
  if (typeof last.eval_count !== 'number' && typeof last.prompt_eval_count !== 'number') {
    return undefined
  }
  return {
    inputTokens: countOf(last, 'prompt_eval_count'),
    outputTokens: countOf(last, 'eval_count'),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
}
