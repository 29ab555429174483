/** A ModelRequest as the body of a Messages request: conversation, tools, thinking and cache marks. */
import type Anthropic from '@anthropic-ai/sdk'
import type { JsonObject } from '../base/json.ts'
import type { ImageBlock, ResultBlock, TextBlock, ThinkingBlock } from '../contract/message.ts'
import type { Effort, ModelRequest } from '../contract/provider.ts'
import { type CatalogRow, catalogRow } from './catalog.ts'
import { type AssistantTurn, type Turn, toTurns } from './conversation.ts'
import type { RefusedThinking } from './refused-thinking.ts'

type Body = Anthropic.MessageCreateParamsStreaming
type MessageParam = Anthropic.MessageParam
type ContentBlock = Anthropic.ContentBlockParam

/** What a thinking block needs to be sent back: its signature or its redacted data, and who thought it. */
export interface AnthropicOpaque {
  [key: string]: string
  model: string
}

const thinkingBudgets: Record<Effort, number> = { low: 4096, medium: 12_288, high: 24_576 }
const cacheMark = { type: 'ephemeral' } as const

export function anthropicBody(
  request: ModelRequest,
  { dropped, refused }: { dropped: ReadonlySet<string>; refused: RefusedThinking },
): Body {
  const row = catalogRow(request.model)
  const turns = toTurns(request.messages, {
    callIds: 'plain',
    keepThinking: (block) => isOwn(block, request.model) && !refused.has(block),
  })
  const thinking = dropped.has('thinking') ? {} : thinkingParams(request, row, turns)
  return {
    model: request.model,
    max_tokens: outputLimit(request, row, thinking),
    stream: true,
    ...systemParam(request),
    ...toolsParam(request),
    messages: withCacheMarks(turns.flatMap(toMessages)),
    // No temperature: this version of the API has done away with it.
    ...thinking,
  }
}

interface ThinkingParams {
  thinking?: Anthropic.ThinkingConfigParam
  output_config?: { effort: Effort }
}

function thinkingParams(
  request: ModelRequest,
  row: CatalogRow | undefined,
  turns: readonly Turn[],
): ThinkingParams {
  const { effort } = request
  if (row?.thinking === 'always' || (row?.thinking === 'adaptive' && effort)) {
    return {
      // Models of this kind also write what they say between calls as thinking: without a summary nothing is shown.
      thinking: { type: 'adaptive', display: 'summarized' },
      ...(effort ? { output_config: { effort } } : {}),
    }
  }
  if (!effort || row?.thinking !== 'budget' || !mayStartThinking(turns)) return {}
  return { thinking: { type: 'enabled', budget_tokens: thinkingBudgets[effort] } }
}

/** With a budget, a turn that is waiting for results must have begun with thinking, or the host refuses. */
function mayStartThinking(turns: readonly Turn[]): boolean {
  const last = turns.at(-1)
  return last?.role !== 'assistant' || last.content[0]?.type === 'thinking'
}

function outputLimit(
  request: ModelRequest,
  row: CatalogRow | undefined,
  { thinking }: ThinkingParams,
): number {
  const most = row?.output ?? Number.POSITIVE_INFINITY
  const usual = row?.output === undefined ? 8192 : Math.min(row.output, 32_000)
  const budget = thinking?.type === 'enabled' ? thinking.budget_tokens : 0
  const wanted = request.maxOutputTokens ?? Math.max(usual, budget + 8192)
  return Math.min(Math.max(wanted, budget + 1024), most)
}

function systemParam(request: ModelRequest): Pick<Body, 'system'> {
  const parts = request.system.filter((part) => part.text.trim() !== '')
  const lastStable = parts.findLastIndex((part) => part.stable)
  const blocks: Anthropic.TextBlockParam[] = parts.map((part, index) => ({
    type: 'text',
    text: part.text,
    ...(index === lastStable ? { cache_control: cacheMark } : {}),
  }))
  if (request.outputSchema) {
    const text = `Answer with one JSON value and nothing else, without a code fence. It must fit this JSON Schema:\n${JSON.stringify(request.outputSchema)}`
    blocks.push({ type: 'text', text })
  }
  return blocks.length > 0 ? { system: blocks } : {}
}

function toolsParam(request: ModelRequest): Pick<Body, 'tools'> {
  if (request.tools.length === 0) return {}
  const last = request.tools.length - 1
  return {
    tools: request.tools.map((tool, index) => ({
      name: tool.name,
      description: tool.description,
      input_schema: { ...(tool.parameters as JsonObject), type: 'object' as const },
      ...(index === last ? { cache_control: cacheMark } : {}),
    })),
  }
}

function toMessages(turn: Turn): MessageParam[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.content.map(toBlock) }]
  const content = turn.content.flatMap(toAssistantBlock)
  if (turn.results.length === 0) return [{ role: 'assistant', content }]
  return [
    { role: 'assistant', content },
    { role: 'user', content: turn.results.map(toResult) },
  ]
}

function toAssistantBlock(block: AssistantTurn['content'][number]): ContentBlock[] {
  if (block.type === 'text') return [{ type: 'text', text: block.text }]
  if (block.type === 'call') {
    return [{ type: 'tool_use', id: block.id, name: block.name, input: block.input }]
  }
  const opaque = block.opaque as AnthropicOpaque
  if (opaque.data) return [{ type: 'redacted_thinking', data: opaque.data }]
  if (opaque.signature) {
    return [{ type: 'thinking', thinking: block.text, signature: opaque.signature }]
  }
  return []
}

function toResult(result: ResultBlock): Anthropic.ToolResultBlockParam {
  const content = result.content.filter((block) => block.type === 'image' || block.text !== '')
  return {
    type: 'tool_result',
    tool_use_id: result.callId,
    ...(content.length > 0 ? { content: content.map(toBlock) } : {}),
    ...(result.isError ? { is_error: true } : {}),
  }
}

function toBlock(
  block: TextBlock | ImageBlock,
): Anthropic.TextBlockParam | Anthropic.ImageBlockParam {
  if (block.type === 'text') return { type: 'text', text: block.text }
  return {
    type: 'image',
    source: { type: 'base64', media_type: block.mediaType, data: block.data },
  }
}

/** The last two messages of the user (results are such) are marked: this request's end, and the one before it. */
function withCacheMarks(messages: MessageParam[]): MessageParam[] {
  let marks = 2
  for (const message of messages.toReversed()) {
    if (marks === 0) break
    if (message.role !== 'user' || typeof message.content === 'string') continue
    const last = message.content.at(-1)
    if (!last || last.type === 'thinking' || last.type === 'redacted_thinking') continue
    Object.assign(last, { cache_control: cacheMark })
    marks--
  }
  return joined(messages)
}

/** Results and a typed message that follows them are one message of the user. */
function joined(messages: MessageParam[]): MessageParam[] {
  const result: MessageParam[] = []
  for (const message of messages) {
    const last = result.at(-1)
    if (last?.role === message.role && Array.isArray(last.content)) {
      const content = last.content as ContentBlock[]
      content.push(...(message.content as ContentBlock[]))
    } else {
      result.push(message)
    }
  }
  return result
}

/** Signatures are bound to the model that made them. */
function isOwn(block: ThinkingBlock, model: string): boolean {
  const opaque = block.opaque
  if (block.wire !== 'anthropic' || typeof opaque !== 'object' || opaque === null) return false
  return 'model' in opaque && opaque.model === model
}
