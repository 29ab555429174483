/**
 * The chunks of a Chat Completions stream, as the many hosts write them: content as text or parts, thinking under four
 * names or in tags, calls with and without index or id, figures in a chunk of their own, and endings of every kind.
 */
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts'
import type { Usage } from '../contract/message.ts'
import type { ModelEvent, StopReason } from '../contract/provider.ts'
import { createAnswer } from './answer.ts'
import { countOf, objectOf, objectsOf, textOf, type WireDecoder } from './decoder.ts'
import { foreignBodyFailure, WireError } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import type { Frame } from './frames.ts'
import { hostFailure } from './host-failure.ts'
import { truncated } from './network-failure.ts'

export function createChatDecoder(context: FailureContext): WireDecoder {
  const answer = createAnswer({ wire: context.providerId, thinkTags: true })
  const details: JsonObject[] = []
  const extras: JsonObject = {}
  /** The call being written at each index. */
  const open = new Map<number, { key: string; id: string; name: string }>()
  let lastKey = ''
  let usage: Usage | undefined
  let model: string | undefined
  let finish: string | undefined
  let closed = false

  function chunk(data: JsonObject): ModelEvent[] {
    if (data.error || data.object === 'error') {
      throw new WireError(hostFailure({ body: data }, context))
    }
    model = textOf(data, 'model') || model
    usage = toUsage(data) ?? usage
    const choice = objectsOf(data.choices)[0]
    if (!choice) return []
    const error = objectOf(choice.error)
    if (error) throw new WireError(hostFailure({ body: { error } }, context))
    // A host that does not stream sends the same fields as `message`.
    const events = delta(objectOf(choice.delta) ?? objectOf(choice.message) ?? {})
    const reason = textOf(choice, 'finish_reason')
    if (reason === 'error') {
      const body = { error: { message: 'the model failed', code: 'server_error' } }
      throw new WireError(hostFailure({ body }, context))
    }
    finish = reason || finish
    return events
  }

  function delta(data: JsonObject): ModelEvent[] {
    for (const detail of objectsOf(data.reasoning_details)) details.push(detail)
    const thinking = firstText(data, [
      'reasoning_content',
      'reasoning',
      'reasoning_text',
      'thinking',
    ])
    const calls = objectsOf(data.tool_calls).flatMap((call, index) => callPart(call, index))
    const old = objectOf(data.function_call)
    return [
      ...answer.thinking(thinking),
      ...content(data.content),
      ...answer.text(textOf(data, 'refusal')),
      ...calls,
      ...(old ? callPart({ index: 0, function: old }, 0) : []),
    ]
  }

  function content(value: JsonValue | undefined): ModelEvent[] {
    if (typeof value === 'string') return answer.text(value)
    return objectsOf(value).flatMap((part) => {
      if (part.type !== 'thinking') return answer.text(textOf(part, 'text'))
      const inner = objectsOf(part.thinking).map((each) => textOf(each, 'text'))
      return answer.thinking(inner.join('') || textOf(part, 'thinking'))
    })
  }

  function callPart(part: JsonObject, position: number): ModelEvent[] {
    const named = objectOf(part.function) ?? {}
    const id = textOf(part, 'id')
    const name = textOf(named, 'name')
    const index = typeof part.index === 'number' ? part.index : undefined
    const key = keyOf({ id, name, index, position })
    const events = answer.hasCall(key) ? [] : answer.startCall(key, { id, name })
    lastKey = key
    if (part.extra_content) {
      // Google signs its thoughts on the call and wants the signature back.
      extras[answer.callId(key) ?? id] = part.extra_content
    }
    const value = named.arguments
    const text = typeof value === 'string' ? value : value ? JSON.stringify(value) : ''
    return [...events, ...answer.callDelta(key, text)]
  }

  /**
   * Which call a part belongs to. Usually the index tells; some hosts leave it out, and some use the same one for
   * every call of an answer, so that another id or name begins another call all the same.
   */
  function keyOf(part: { id: string; name: string; index: number | undefined; position: number }) {
    const { id, name, index, position } = part
    if (index === undefined) {
      if (id) return `id:${id}`
      return name || lastKey === '' ? `new:${answer.calls}:${position}` : lastKey
    }
    const current = open.get(index)
    const another =
      current !== undefined &&
      name !== '' &&
      (name !== current.name || (id !== '' && current.id !== '' && id !== current.id))
    if (current && !another) return current.key
    const key = `at:${index}:${answer.calls}`
    open.set(index, { key, id, name })
    return key
  }

  function keepForReturn(): void {
    const value = {
      model: context.model,
      ...(details.length > 0 ? { details: joinDetails(details) } : {}),
      ...(Object.keys(extras).length > 0 ? { extras } : {}),
    }
    if (Object.keys(value).length > 1) answer.opaque(value, { alone: true })
  }

  return {
    frame({ event: name, data }: Frame) {
      if (data.trim() === '[DONE]') {
        closed = true
        return []
      }
      if (name === 'raw') throw new WireError(foreignBodyFailure(data, context))
      const parsed = parseJson(data)
      if (name === 'json' && isJsonObject(parsed)) return wholeBody(parsed)
      if (isJsonObject(parsed)) return chunk(parsed)
      if (name === 'error') throw new WireError(hostFailure({ body: data }, context))
      return []
    },
    progress: () => (closed ? 'closed' : finish ? 'ending' : 'open'),
    end() {
      if (!closed && !finish) throw new WireError(truncated(context))
      const events = answer.flush()
      keepForReturn()
      const stop = stopReason(finish, answer.calls)
      const message = answer.message({ cut: stop === 'length' })
      for (const block of message.content) {
        if (block.type === 'thinking') block.opaque ??= { model: context.model }
      }
      return [...events, { type: 'done', message, stop, usage, ...(model ? { model } : {}) }]
    },
    usage: () => usage,
  }

  function wholeBody(body: JsonObject): ModelEvent[] {
    if (!Array.isArray(body.choices) && !body.error && body.object !== 'error') {
      throw new WireError(
        body.message || body.detail
          ? hostFailure({ body }, context)
          : foreignBodyFailure(JSON.stringify(body), context),
      )
    }
    const events = chunk(body)
    finish ??= 'stop'
    return events
  }
}

function stopReason(finish: string | undefined, calls: number): StopReason {
  if (finish === 'length' || finish === 'max_tokens' || finish === 'model_length') return 'length'
  if (finish === 'content_filter' || finish === 'refusal' || finish === 'safety') return 'refused'
  return calls > 0 ? 'calls' : 'end'
}

/** `prompt_tokens` hold what came from the cache; ours do not. */
function toUsage(data: JsonObject): Usage | undefined {
  const usage = objectOf(data.usage) ?? objectOf(objectOf(data.x_groq)?.usage)
  if (!usage) return undefined
  const details = objectOf(usage.prompt_tokens_details)
  const read =
    countOf(details, 'cached_tokens') ||
    countOf(usage, 'prompt_cache_hit_tokens') ||
    countOf(usage, 'cached_tokens')
  const written = countOf(details, 'cache_write_tokens')
  const prompt = countOf(usage, 'prompt_tokens')
  const told = countOf(usage, 'completion_tokens')
  const reasoning = countOf(objectOf(usage.completion_tokens_details), 'reasoning_tokens')
  const hidden = hiddenTokens(countOf(usage, 'total_tokens') - prompt - told, reasoning)
  const costUsd = costTold(usage)
  return {
    inputTokens: Math.max(0, prompt - read - written),
    outputTokens: told + hidden,
    cacheReadTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: Math.max(reasoning, hidden),
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}

/**
 * Google and xAI leave thinking out of the answer's figure, but not out of the total (nor out of the bill); Google does
 * not even name it.
 */
function hiddenTokens(missing: number, reasoning: number): number {
  return missing > 0 && (reasoning === 0 || missing === reasoning) ? missing : 0
}

const ticksPerDollar = 1e10

/** What the host itself says that it took: OpenRouter (with what a key of one's own paid elsewhere), xAI, DeepInfra. */
function costTold(usage: JsonObject): number | undefined {
  const amountOf = (value: JsonValue | undefined) =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
  const ticks = amountOf(usage.cost_in_usd_ticks)
  if (ticks !== undefined) return ticks / ticksPerDollar
  const cost = amountOf(usage.cost) ?? amountOf(usage.estimated_cost)
  if (cost === undefined || usage.is_byok !== true) return cost
  return cost + (amountOf(objectOf(usage.cost_details)?.upstream_inference_cost) ?? 0)
}

function firstText(data: JsonObject, names: readonly string[]): string {
  for (const name of names) {
    const text = textOf(data, name)
    if (text) return text
  }
  return ''
}

/** Details come in pieces of text under one index; they are sent back in one piece. */
function joinDetails(pieces: readonly JsonObject[]): JsonObject[] {
  const joined: JsonObject[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    const same = last && last.type === piece.type && last.index === piece.index
    if (!same || piece.type === 'reasoning.encrypted') {
      joined.push({ ...piece })
      continue
    }
    for (const [name, value] of Object.entries(piece)) {
      const text = name === 'text' || name === 'summary'
      const before = last[name]
      if (text && typeof before === 'string' && typeof value === 'string')
        last[name] = before + value
      else if (value !== null) last[name] = value
    }
  }
  return joined
}
