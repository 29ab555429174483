/** A ModelRequest as the body of Ollama's native /api/chat. */
import type { JsonObject } from '../base/json.ts'
import type { ImageBlock, TextBlock, ThinkingBlock } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'
import { resultImages, resultText, type Turn, toTurns } from './conversation.ts'

export interface OllamaModel {
  /** Tokens that the model was made for; undefined where the host does not tell. */
  maxWindow?: number
  /** Tokens that codi asks for. */
  window: number
  /** Undefined where the host does not tell. */
  abilities?: readonly string[]
}

/** How long a model stays in memory after a request. */
const keepAlive = '30m'

export function ollamaBody(
  request: ModelRequest,
  options: { model: OllamaModel; keepAlive: boolean; dropped: ReadonlySet<string> },
): JsonObject {
  const { model, dropped } = options
  const can = (ability: string) => model.abilities?.includes(ability) ?? true
  const turns = toTurns(request.messages, {
    callIds: 'plain',
    keepThinking: (block) => block.wire === 'ollama',
  })
  const system = request.system.map((part) => part.text).filter((text) => text.trim() !== '')
  const think = request.effort && model.abilities?.includes('thinking') && !dropped.has('think')
  return {
    model: request.model,
    stream: true,
    messages: [
      ...(system.length > 0 ? [{ role: 'system', content: system.join('\n\n') }] : []),
      ...turns.flatMap((turn) => toMessages(turn, can('vision'))),
    ],
    ...(request.tools.length > 0 && can('tools') && !dropped.has('tools')
      ? { tools: request.tools.map(toTool) }
      : {}),
    ...(request.outputSchema ? { format: request.outputSchema } : {}),
    ...(think ? { think: thinkLevel(request) } : {}),
    ...(options.keepAlive ? { keep_alive: keepAlive } : {}),
    options: {
      num_ctx: model.window,
      ...(request.maxOutputTokens === undefined ? {} : { num_predict: request.maxOutputTokens }),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    },
  }
}

/** gpt-oss takes levels; the others know only on. */
function thinkLevel(request: ModelRequest): boolean | string {
  return /gpt-oss/i.test(request.model) ? (request.effort ?? 'medium') : true
}

function toTool({ name, description, parameters }: ModelRequest['tools'][number]): JsonObject {
  return { type: 'function', function: { name, description, parameters } }
}

function toMessages(turn: Turn, vision: boolean): JsonObject[] {
  if (turn.role === 'user') return [userMessage(turn.content, vision)]
  const calls = turn.content.flatMap((block) =>
    block.type === 'call'
      ? [{ id: block.id, function: { name: block.name, arguments: block.input } }]
      : [],
  )
  const text = turn.content.flatMap((block) => (block.type === 'text' ? [block.text] : []))
  const thinking = turn.content
    .filter((block): block is ThinkingBlock => block.type === 'thinking')
    .map((block) => block.text)
  const messages: JsonObject[] = [
    {
      role: 'assistant',
      content: text.join('\n\n'),
      ...(thinking.length > 0 ? { thinking: thinking.join('\n\n') } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
  ]
  for (const result of turn.results) {
    messages.push({
      role: 'tool',
      tool_name: result.name,
      tool_call_id: result.callId,
      content: resultText(result),
    })
  }
  const images = resultImages(turn.results)
  if (images.length > 0 && vision) {
    const note = { type: 'text' as const, text: 'The images of the tool results above:' }
    messages.push(userMessage([note, ...images], vision))
  }
  return messages
}

function userMessage(content: readonly (TextBlock | ImageBlock)[], vision: boolean): JsonObject {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : []))
  const images = content.flatMap((block) => (block.type === 'image' ? [block.data] : []))
  const unseen = images.length > 0 && !vision ? ['[an image that this model cannot see]'] : []
  return {
    role: 'user',
    content: [...text, ...unseen].join('\n\n'),
    ...(images.length > 0 && vision ? { images } : {}),
  }
}
