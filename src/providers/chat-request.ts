/** A ModelRequest as the body of a Chat Completions request, with the quirks of its host. */
import type { JsonObject, JsonValue } from '../base/json.ts'
import type { ImageBlock, TextBlock, ThinkingBlock } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'
import { catalogRow } from './catalog.ts'
import { withCacheMarks } from './chat-cache.ts'
import {
  type AssistantTurn,
  dataUrl,
  resultImages,
  resultText,
  type Turn,
  toTurns,
} from './conversation.ts'
import { objectOf } from './decoder.ts'
import type { ChatQuirks, Host } from './hosts.ts'

export function chatBody(
  request: ModelRequest,
  options: { host: Host; dropped: ReadonlySet<string> },
): JsonObject {
  const { host, dropped } = options
  const quirks = host.quirks ?? {}
  const turns = toTurns(request.messages, {
    callIds: quirks.shortCallIds ? 'short' : 'plain',
    keepThinking: (block) => isOwn(block, request.model, host.id),
  })
  const system = request.system.map((part) => part.text).filter((text) => text.trim() !== '')
  const keep = (name: string, part: JsonObject): JsonObject => (dropped.has(name) ? {} : part)
  const ids = idMap(request, turns)
  const messages: JsonObject[] = [
    ...(system.length > 0 ? [{ role: 'system', content: system.join('\n\n') }] : []),
    ...turns.flatMap((turn) => toMessages(turn, { quirks, ids })),
  ]
  const marked = quirks.claudeCacheMarks && /claude/i.test(request.model)
  return {
    model: request.model,
    messages: marked && !dropped.has('cache_marks') ? withCacheMarks(messages) : messages,
    stream: true,
    ...(quirks.noStreamOptions ? {} : keep('stream_options', usageOption)),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toTool) } : {}),
    ...limit(request, { quirks, dropped }),
    ...(request.temperature === undefined || catalogRow(request.model)?.noSampling
      ? {}
      : keep('temperature', { temperature: request.temperature })),
    ...(request.effort && quirks.effort ? keep('effort', effort(request, quirks)) : {}),
    ...(request.outputSchema ? keep('schema', answerFormat(request.outputSchema, quirks)) : {}),
  }
}

const usageOption = { stream_options: { include_usage: true } }

function limit(
  request: ModelRequest,
  { quirks, dropped }: { quirks: ChatQuirks; dropped: ReadonlySet<string> },
): JsonObject {
  if (request.maxOutputTokens === undefined) return {}
  // Hosts know one of the two names; the one they refuse is exchanged for the other.
  const usual = quirks.maxTokens ?? 'max_tokens'
  const other = usual === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  return { [dropped.has(usual) ? other : usual]: request.maxOutputTokens }
}

function effort(request: ModelRequest, quirks: ChatQuirks): JsonObject {
  const value = request.effort ?? 'medium'
  return quirks.effort === 'reasoning'
    ? { reasoning: { effort: value } }
    : { reasoning_effort: value }
}

function answerFormat(schema: JsonObject, quirks: ChatQuirks): JsonObject {
  if (quirks.schema === 'none') return {}
  if (quirks.schema === 'json_object') return { response_format: { type: 'json_object' } }
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }
}

function toTool({ name, description, parameters }: ModelRequest['tools'][number]): JsonObject {
  return { type: 'function', function: { name, description, parameters } }
}

function toMessages(
  turn: Turn,
  options: { quirks: ChatQuirks; ids: ReadonlyMap<string, string> },
): JsonObject[] {
  if (turn.role === 'user') return [{ role: 'user', content: userContent(turn.content) }]
  const messages = [assistantMessage(turn, options)]
  for (const result of turn.results) {
    messages.push({ role: 'tool', tool_call_id: result.callId, content: resultText(result) })
  }
  const images = resultImages(turn.results)
  if (images.length > 0) {
    const note = { type: 'text' as const, text: 'The images of the tool results above:' }
    messages.push({ role: 'user', content: userContent([note, ...images]) })
  }
  return messages
}

function assistantMessage(
  turn: AssistantTurn,
  options: { quirks: ChatQuirks; ids: ReadonlyMap<string, string> },
): JsonObject {
  const text = turn.content.flatMap((block) => (block.type === 'text' ? [block.text] : []))
  const thinking = turn.content.filter((block) => block.type === 'thinking')
  const extras = Object.assign({}, ...thinking.map(extrasOf)) as JsonObject
  const calls = turn.content.flatMap((block) => {
    if (block.type !== 'call') return []
    const extra = extras[options.ids.get(block.id) ?? block.id]
    const { id, name, input } = block
    const call = { id, type: 'function', function: { name, arguments: JSON.stringify(input) } }
    return [extra === undefined ? call : { ...call, extra_content: extra }]
  })
  return {
    role: 'assistant',
    content: text.length > 0 ? text.join('\n\n') : calls.length > 0 ? null : '',
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...sentThinking(thinking, options.quirks),
  }
}

function sentThinking(blocks: readonly ThinkingBlock[], quirks: ChatQuirks): JsonObject {
  if (quirks.sendThinking === 'reasoning_content') {
    const text = blocks.map((block) => block.text).join('')
    return text ? { reasoning_content: text } : {}
  }
  if (quirks.sendThinking !== 'reasoning_details') return {}
  const details = blocks.flatMap((block) => {
    const list = objectOf(block.opaque)?.details
    return Array.isArray(list) ? list : []
  })
  return details.length > 0 ? { reasoning_details: details } : {}
}

function extrasOf(block: ThinkingBlock): JsonObject {
  return objectOf(objectOf(block.opaque)?.extras) ?? {}
}

/** From the ids on the wire to those in the session, under which extras are kept. */
function idMap(request: ModelRequest, turns: readonly Turn[]): Map<string, string> {
  const own = request.messages.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.flatMap((block) => (block.type === 'call' ? [block.id] : []))
      : [],
  )
  const sent = turns.flatMap((turn) =>
    turn.role === 'assistant'
      ? turn.content.flatMap((block) => (block.type === 'call' ? [block.id] : []))
      : [],
  )
  return new Map(sent.map((id, index) => [id, own[index] ?? id]))
}

/** A plain string where there is no image: every host takes that. */
function userContent(content: readonly (TextBlock | ImageBlock)[]): JsonValue {
  if (content.every((block) => block.type === 'text')) {
    return content.map((block) => block.text).join('\n\n')
  }
  return content.map((block) =>
    block.type === 'text'
      ? { type: 'text', text: block.text }
      : { type: 'image_url', image_url: { url: dataUrl(block) } },
  )
}

function isOwn(block: ThinkingBlock, model: string, hostId: string): boolean {
  return block.wire === hostId && objectOf(block.opaque)?.model === model
}
