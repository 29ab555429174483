/** A ModelRequest as the body of a Responses request. Nothing is stored at the host: reasoning travels encrypted. */
import type OpenAI from 'openai'
import type { JsonObject } from '../base/json.ts'
import type { ImageBlock, ResultBlock, TextBlock, ThinkingBlock } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'
import { catalogRow } from './catalog.ts'
import { type AssistantTurn, dataUrl, type Turn, toTurns } from './conversation.ts'
import type { RefusedThinking } from './refused-thinking.ts'

type Body = OpenAI.Responses.ResponseCreateParamsStreaming
type InputItem = OpenAI.Responses.ResponseInputItem
type InputPart = OpenAI.Responses.ResponseInputText | OpenAI.Responses.ResponseInputImage

/**
 * A reasoning item as it came, and who made it; or the phase of the message that follows, which the newer models want
 * back.
 */
interface ResponsesOpaque extends JsonObject {
  model: string
}

export function responsesBody(
  request: ModelRequest,
  { dropped, refused }: { dropped: ReadonlySet<string>; refused: RefusedThinking },
): Body {
  const row = catalogRow(request.model)
  const thinks = row?.thinking !== undefined || request.effort !== undefined
  const turns = toTurns(request.messages, {
    callIds: 'plain',
    keepThinking: (block) => isOwn(block, request.model) && !refused.has(block),
  })
  const instructions = request.system
    .map((part) => part.text)
    .filter((text) => text.trim() !== '')
    .join('\n\n')
  return {
    model: request.model,
    stream: true,
    store: false,
    ...(instructions ? { instructions } : {}),
    input: turns.flatMap(toItems),
    ...(request.tools.length > 0 ? { tools: request.tools.map(toTool) } : {}),
    ...(thinks && !dropped.has('reasoning') ? reasoningParams(request, dropped) : {}),
    ...(request.maxOutputTokens === undefined
      ? {}
      : { max_output_tokens: request.maxOutputTokens }),
    ...(request.temperature === undefined || row?.noSampling || dropped.has('temperature')
      ? {}
      : { temperature: request.temperature }),
    ...(request.outputSchema ? { text: { format: answerFormat(request.outputSchema) } } : {}),
  }
}

function reasoningParams(
  request: ModelRequest,
  dropped: ReadonlySet<string>,
): Pick<Body, 'include' | 'reasoning'> {
  return {
    ...(dropped.has('include') ? {} : { include: ['reasoning.encrypted_content'] }),
    reasoning: {
      ...(request.effort ? { effort: request.effort } : {}),
      ...(dropped.has('summary') ? {} : { summary: 'auto' }),
    },
  }
}

function answerFormat(schema: JsonObject): OpenAI.Responses.ResponseFormatTextConfig {
  return { type: 'json_schema', name: 'answer', schema, strict: false }
}

function toTool(tool: ModelRequest['tools'][number]): OpenAI.Responses.FunctionTool {
  const { name, description, parameters } = tool
  return { type: 'function', name, description, parameters, strict: false }
}

function toItems(turn: Turn): InputItem[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.content.map(toInputPart) }]
  return [...assistantItems(turn), ...turn.results.map(toOutput)]
}

function assistantItems(turn: AssistantTurn): InputItem[] {
  const items: InputItem[] = []
  let phase: string | undefined
  for (const [index, block] of turn.content.entries()) {
    if (block.type === 'thinking') {
      const opaque = block.opaque as ResponsesOpaque
      if (typeof opaque.phase === 'string') phase = opaque.phase
      // A reasoning item must be followed by what it led to.
      const follows = turn.content.slice(index + 1).some((later) => later.type !== 'thinking')
      if (opaque.item && follows) items.push(opaque.item as unknown as InputItem)
    } else if (block.type === 'text') {
      const message = { role: 'assistant', content: block.text, ...(phase ? { phase } : {}) }
      items.push(message as InputItem)
      phase = undefined
    } else {
      items.push({
        type: 'function_call',
        call_id: block.id,
        name: block.name,
        arguments: JSON.stringify(block.input),
      })
    }
  }
  return items
}

function toOutput(result: ResultBlock): InputItem {
  const hasImage = result.content.some((block) => block.type === 'image')
  const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
  const output = hasImage ? result.content.map(toInputPart) : text || '(no output)'
  return { type: 'function_call_output', call_id: result.callId, output }
}

function toInputPart(block: TextBlock | ImageBlock): InputPart {
  return block.type === 'text'
    ? { type: 'input_text', text: block.text }
    : { type: 'input_image', image_url: dataUrl(block), detail: 'auto' }
}

/** What a model encrypted only it can read. */
function isOwn(block: ThinkingBlock, model: string): boolean {
  const opaque = block.opaque
  if (block.wire !== 'openai' || typeof opaque !== 'object' || opaque === null) return false
  return 'model' in opaque && opaque.model === model
}
