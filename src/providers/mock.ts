/**
 * A provider that plays a script, for tests and demos. `CODI_MOCK_FILE` names a JSON file `{responses: [{content,
 * thinking, toolCalls: [{id, name, input}], stopReason, error, usage}], defaultResponse, config: {streamDelay,
 * streamChunkSize, supportsTools, model}}`, whose responses are played in order; `CODI_MOCK_LOG` names a JSONL file
 * that records every request.
 */
import { appendFile } from 'node:fs/promises'
import { delay } from '../base/async.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts'
import type { Environment } from '../base/outgoing-proxy.ts'
import type { AssistantMessage, Usage } from '../contract/message.ts'
import type {
  FailureKind,
  ModelEvent,
  ModelInfo,
  ModelRequest,
  Provider,
  StopReason,
} from '../contract/provider.ts'
import { countOf, objectOf, objectsOf, textOf } from './decoder.ts'
import { cancelledFailure } from './failure.ts'

const defaultModel = 'mock'
const defaultChunkChars = 24

/** Throws a CodiError when the script cannot be read. */
export async function createMock(env: Environment): Promise<Provider> {
  const script = await readScript(env.CODI_MOCK_FILE)
  const config = objectOf(script.config) ?? {}
  const info: ModelInfo = {
    id: textOf(config, 'model') || defaultModel,
    contextWindow: countOf(config, 'contextWindow') || 200_000,
    tools: config.supportsTools !== false,
    vision: true,
    thinking: true,
    free: true,
  }
  let played = 0

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const index = played++
    try {
      await log(env.CODI_MOCK_LOG, index, request)
      const response = nextResponse(script, index)
      yield* play(response, { config, model: info.id, index, signal })
    } catch (thrown) {
      const failure = signal.aborted
        ? cancelledFailure()
        : { kind: 'bad_request' as const, message: errorMessage(thrown) }
      yield { type: 'error', failure }
    }
  }

  return { name: 'mock', models: async () => [info], describe: async () => info, stream }
}

async function* play(
  response: JsonObject,
  options: { config: JsonObject; model: string; index: number; signal: AbortSignal },
): AsyncGenerator<ModelEvent> {
  const { config, index, signal } = options
  const pause = async () => {
    const ms = countOf(config, 'streamDelay')
    if (ms > 0 || signal.aborted) await delay(ms, signal)
  }
  await pause()
  if (response.error) {
    yield { type: 'error', failure: toFailure(response.error) }
    return
  }
  const message: AssistantMessage = { role: 'assistant', content: [] }
  const chunkChars = countOf(config, 'streamChunkSize') || defaultChunkChars
  for (const type of ['thinking', 'text'] as const) {
    const text = textOf(response, type === 'text' ? 'content' : 'thinking')
    for (const piece of pieces(text, chunkChars)) {
      yield { type, text: piece }
      await pause()
    }
    if (text && type === 'text') message.content.push({ type, text })
    if (text && type === 'thinking') message.content.push({ type, text, wire: 'mock' })
  }
  for (const [at, call] of objectsOf(response.toolCalls).entries()) {
    const id = textOf(call, 'id') || `mock_${index + 1}_${at + 1}`
    const input = objectOf(call.input) ?? objectOf(call.arguments) ?? {}
    const name = textOf(call, 'name')
    yield { type: 'call_start', id, name }
    yield { type: 'call_delta', id, text: JSON.stringify(input) }
    await pause()
    message.content.push({ type: 'call', id, name, input })
  }
  yield {
    type: 'done',
    message,
    stop: stopReason(response, message),
    usage: toUsage(objectOf(response.usage)),
    model: options.model,
  }
}

function nextResponse(script: JsonObject, index: number): JsonObject {
  const listed = objectsOf(script.responses)[index]
  if (listed) return listed
  const fallback = script.defaultResponse
  if (typeof fallback === 'string') return { content: fallback }
  if (isJsonObject(fallback)) return fallback
  if (!Array.isArray(script.responses)) return { content: 'Mock response' }
  throw new CodiError(
    'limit',
    `The mock script has no response for request ${index + 1}; add one to CODI_MOCK_FILE, or a defaultResponse`,
  )
}

function stopReason(response: JsonObject, message: AssistantMessage): StopReason {
  const told = textOf(response, 'stopReason')
  if (/^(length|max_tokens)$/.test(told)) return 'length'
  if (/^(refused|refusal|content_filter)$/.test(told)) return 'refused'
  return message.content.some((block) => block.type === 'call') ? 'calls' : 'end'
}

/** `"text"`, or `{kind, message, status, retryAfterMs}`. */
function toFailure(error: JsonValue): Extract<ModelEvent, { type: 'error' }>['failure'] {
  if (!isJsonObject(error)) return { kind: 'server', message: String(error) }
  const status = countOf(error, 'status')
  const retryAfterMs = countOf(error, 'retryAfterMs')
  return {
    kind: (textOf(error, 'kind') || 'server') as FailureKind,
    message: textOf(error, 'message') || 'The mock failed as told',
    ...(status ? { status } : {}),
    ...(retryAfterMs ? { retryAfterMs } : {}),
  }
}

function toUsage(usage: JsonObject | undefined): Usage | undefined {
  if (!usage) return undefined
  const names = [
    'inputTokens',
    'outputTokens',
    'cacheReadTokens',
    'cacheWriteTokens',
    'reasoningTokens',
  ] as const
  return Object.fromEntries(names.map((name) => [name, countOf(usage, name)])) as Record<
    (typeof names)[number],
    number
  >
}

/** Never splits a surrogate pair. */
function* pieces(text: string, chars: number): Generator<string> {
  const points = Array.from(text)
  for (let at = 0; at < points.length; at += chars) yield points.slice(at, at + chars).join('')
}

async function readScript(file: string | undefined): Promise<JsonObject> {
  if (!file) return {}
  let text: string
  try {
    text = await Bun.file(file).text()
  } catch (thrown) {
    throw new CodiError('io', `Cannot read CODI_MOCK_FILE: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  }
  const script = parseJson(text)
  if (!isJsonObject(script)) {
    throw new CodiError(
      'invalid',
      `CODI_MOCK_FILE ${file} is not a JSON object; see \`codi help mock\``,
    )
  }
  return script
}

async function log(file: string | undefined, index: number, request: ModelRequest): Promise<void> {
  if (!file) return
  const { model, system, messages, tools, recipe, effort } = request
  const record = {
    index,
    at: new Date().toISOString(),
    model,
    system: system.map((part) => part.text).join('\n\n'),
    messages,
    tools: tools.map((tool) => tool.name),
    ...(recipe ? { recipe } : {}),
    ...(effort ? { effort } : {}),
  }
  await appendFile(file, `${JSON.stringify(record)}\n`)
}
