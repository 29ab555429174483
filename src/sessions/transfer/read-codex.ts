/**
 * Sessions of Codex: rollout files, JSON lines of `{timestamp, type, payload}` in the order of what happened. What was
 * rolled back stays in the history, taken back.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject, JsonValue } from '../../base/json.ts'
import type { ImageBlock, TextBlock, Usage } from '../../contract/message.ts'
import { imageOfUrl, inputOf, readable, textBlocks } from './blocks.ts'
import {
  countOf,
  momentOf,
  numberOf,
  objectOf,
  objectsOf,
  parseForeign,
  textOf,
  wordsOf,
} from './fields.ts'
import { jsonLines } from './lines.ts'
import { importedThinking, type Recorder } from './recording.ts'

interface Reading {
  recorder: Recorder
  provider: string
  model: string
  begun: boolean
  sourceId: string | undefined
  /** The total as it was told last: the same count is told more than once. */
  counted: string
}

export async function readCodex(
  path: string,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const reading: Reading = {
    recorder,
    provider: 'openai',
    model: '',
    begun: false,
    sourceId: undefined,
    counted: '',
  }
  for await (const { value } of jsonLines(path, signal)) {
    const payload = objectOf(value?.payload)
    if (!value) recorder.leaveOut('broken lines')
    // The first versions wrote items without a wrapping, and the facts of the session as the first line.
    else if (!payload) addItem(value, momentOf(value.timestamp), reading, textOf(value.id))
    else readers[textOf(value.type) ?? '']?.(payload, momentOf(value.timestamp), reading)
  }
  const title =
    reading.sourceId === undefined ? undefined : await nameOf(reading.sourceId, path, signal)
  if (title !== undefined) recorder.about({ title })
}

/** Names of sessions stand in an index beside the directory that the file lies in; the newest counts. */
async function nameOf(
  sourceId: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const root = /^(.*)[/\\](?:archived_)?sessions[/\\]/.exec(path)?.[1]
  const index = join(root ?? '', 'session_index.jsonl')
  if (root === undefined || !existsSync(index)) return undefined
  let name: string | undefined
  for await (const { value } of jsonLines(index, signal))
    if (value?.id === sourceId) name = wordsOf(value.thread_name) ?? name
  return name
}

type Reader = (payload: JsonObject, at: number | undefined, reading: Reading) => void

const readers: Readonly<Record<string, Reader>> = {
  session_meta(payload, _at, reading) {
    // A fork repeats the facts of the session it comes from.
    if (reading.begun) return
    begin(payload, reading)
  },
  turn_context(payload, _at, reading) {
    const model = wordsOf(payload.model)
    const cwd = wordsOf(payload.cwd)
    if (model !== undefined) reading.model = model
    reading.recorder.about({ model, ...(reading.begun ? {} : { cwd }) })
  },
  response_item: (payload, at, reading) => addItem(payload, at, reading, undefined),
  compacted(payload, at, { recorder }) {
    const summary = wordsOf(payload.message) ?? wordsOf(payload.summary)
    if (summary === undefined) recorder.leaveOut('encrypted summaries')
    else recorder.compaction({ summary, by: 'budget', tokensBefore: 0 }, at)
  },
  event_msg(payload, at, reading) {
    if (payload.type === 'token_count') addUsage(objectOf(payload.info), reading)
    else if (payload.type === 'thread_rolled_back') {
      const turns = numberOf(payload.num_turns)
      if (turns !== undefined) reading.recorder.takeBack(turns, at)
    } else if (payload.type === 'thread_name_updated') {
      const title = wordsOf(payload.thread_name)
      if (title !== undefined) reading.recorder.about({ title })
    }
  },
}

function begin(facts: JsonObject, reading: Reading): void {
  const sourceId = wordsOf(facts.id)
  reading.sourceId = sourceId
  const cwd = wordsOf(facts.cwd)
  reading.begun = true
  reading.provider = wordsOf(facts.model_provider) ?? reading.provider
  reading.recorder.about({ sourceId, cwd, provider: reading.provider })
}

function addItem(
  item: JsonObject,
  at: number | undefined,
  reading: Reading,
  bareId: string | undefined,
): void {
  const { recorder } = reading
  const type = textOf(item.type)
  if (type === undefined) {
    if (bareId !== undefined && !reading.begun) begin(item, reading)
    return
  }
  const call = callOf(type, item)
  if (type === 'message') addMessage(item, at, reading)
  else if (type === 'reasoning') addThinking(item, at, reading)
  else if (call) recorder.assistant({ ...model(reading), content: [call], at })
  else if (type.endsWith('_call_output')) {
    const { content, isError } = outputOf(item.output)
    recorder.result({ callId: textOf(item.call_id) ?? '', content, isError }, at)
  } else if (!silentItems.has(type)) recorder.leaveOut('items codi has no word for')
}

/** What stands between messages and is no part of what was said. */
const silentItems: ReadonlySet<string> = new Set([
  'ghost_snapshot',
  'compaction',
  'other',
  'compaction_summary',
])

function model({ provider, model: name }: Reading): { provider: string; model: string } | object {
  return name === '' ? {} : { provider, model: name }
}

function addMessage(item: JsonObject, at: number | undefined, reading: Reading): void {
  const { recorder } = reading
  const { content, leftOut } = readable(item.content, (block) =>
    imageOfUrl(textOf(block.image_url) ?? ''),
  )
  recorder.leaveOut('attachments', leftOut)
  if (item.role === 'assistant') {
    const texts = content.filter((block): block is TextBlock => block.type === 'text')
    recorder.assistant({ ...model(reading), content: texts, at })
  } else if (item.role === 'user') {
    const typed = content.filter((block) => block.type !== 'text' || !isMachinery(block.text))
    recorder.leaveOut('notes of Codex itself', content.length - typed.length)
    recorder.user(typed, at)
  } else recorder.leaveOut('notes of Codex itself')
}

/** What Codex says in the person's place. */
function isMachinery(text: string): boolean {
  return /^\s*(?:<(?:environment_context|user_instructions|permissions instructions|turn_aborted|skill|collaboration_mode|user_shell_command|INSTRUCTIONS)\b|# AGENTS\.md instructions)/.test(
    text,
  )
}

function addThinking(item: JsonObject, at: number | undefined, reading: Reading): void {
  const parts = [...objectsOf(item.summary), ...objectsOf(item.content)]
  const text = parts
    .map((part) => textOf(part.text) ?? '')
    .filter((part) => part !== '')
    .join('\n\n')
  if (text !== '')
    reading.recorder.assistant({ ...model(reading), content: [importedThinking(text)], at })
  else if (item.encrypted_content) reading.recorder.leaveOut('encrypted thoughts')
}

function callOf(type: string, item: JsonObject) {
  const id = textOf(item.call_id) ?? textOf(item.id) ?? ''
  const make = (name: string, input: JsonObject) => ({ type: 'call' as const, id, name, input })
  switch (type) {
    case 'function_call': {
      const raw = textOf(item.arguments) ?? ''
      const input = parseForeign(raw)
      const call = make(textOf(item.name) ?? 'unknown', inputOf(input))
      return input === undefined && raw !== '' ? { ...call, malformed: raw } : call
    }
    case 'custom_tool_call':
      return make(textOf(item.name) ?? 'unknown', inputOf(item.input))
    case 'local_shell_call':
      return make('shell', { command: objectOf(item.action)?.command ?? [] })
    case 'web_search_call':
      return make('web_search', inputOf(item.action))
    default:
      return undefined
  }
}

/** A text, a list of blocks, `{content, success}`, or that as JSON in a text with `metadata.exit_code`. */
function outputOf(value: JsonValue | undefined): {
  content: (TextBlock | ImageBlock)[]
  isError: boolean
} {
  const whole =
    typeof value === 'string' && value.startsWith('{') ? (parseForeign(value) ?? value) : value
  const wrapped = objectOf(whole)
  if (!wrapped || (wrapped.output === undefined && wrapped.content === undefined)) {
    const { content } = readable(value, (block) => imageOfUrl(textOf(block.image_url) ?? ''))
    return { content, isError: false }
  }
  const status = numberOf(objectOf(wrapped.metadata)?.exit_code)
  const inner = wrapped.output ?? wrapped.content
  return {
    content: typeof inner === 'string' ? textBlocks(inner) : outputOf(inner).content,
    isError: wrapped.success === false || (status !== undefined && status !== 0),
  }
}

function addUsage(info: JsonObject | undefined, reading: Reading): void {
  const last = objectOf(info?.last_token_usage)
  const total = JSON.stringify(info?.total_token_usage ?? null)
  if (!last || total === reading.counted) return
  reading.counted = total
  const cached = countOf(last.cached_input_tokens)
  const usage: Usage = {
    // Codex counts what came from the cache as input, too.
    inputTokens: Math.max(0, countOf(last.input_tokens) - cached),
    outputTokens: countOf(last.output_tokens),
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
    reasoningTokens: countOf(last.reasoning_output_tokens),
  }
  reading.recorder.usage(usage)
}
