/** A step of the script as the bytes of each wire, written from the hosts' own documentation of their streams. */
import type { JsonObject } from '../../src/base/json.ts'
import type { Step, StepCall, StepUsage } from './model-server.ts'

export type WireName = 'messages' | 'responses' | 'chat' | 'ollama'

export interface Body {
  contentType: string
  /** What is sent, one after the other. */
  pieces: Buffer[]
  /** How many pieces come before a fault strikes: after the beginning of the answer, before its end. */
  middle: number
  /** The same answer as one JSON value. */
  whole: string
}

interface Plan {
  step: Step
  model: string
  text: string[]
  thinking: string[]
  calls: (StepCall & { id: string; json: string })[]
  usage: StepUsage
}

type Event = { name?: string; data: JsonObject | string }

const usualUsage: StepUsage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, reasoning: 0 }

export function renderBody(step: Step, options: { wire: WireName; model: string }): Body {
  const plan = planOf(step, options.model)
  const render = { messages, responses, chat, ollama }[options.wire]
  const { events, whole } = render(plan)
  const line = options.wire === 'ollama' ? ndjson : sse
  const kept = events.filter((event): event is Event => event !== undefined)
  const pieces = kept.flatMap((event) => decorate(line(event), step, options.wire))
  const perEvent = pieces.length / Math.max(1, kept.length)
  return {
    contentType: options.wire === 'ollama' ? 'application/x-ndjson' : 'text/event-stream',
    pieces,
    middle: Math.max(1, Math.round((kept.length / 2) * perEvent)),
    whole: JSON.stringify(whole),
  }
}

function planOf(step: Step, model: string): Plan {
  const chars = step.deltaChars ?? 16
  const texts = typeof step.text === 'string' ? cut(step.text, chars) : (step.text ?? [])
  return {
    step,
    model,
    text: texts,
    thinking: cut(step.thinking ?? '', chars),
    calls: (step.calls ?? []).map((call, index) => ({
      ...call,
      id: idOf(call, index, step),
      json: call.raw ?? JSON.stringify(call.input ?? {}),
    })),
    usage: { ...usualUsage, ...step.usage },
  }
}

function idOf(call: StepCall, index: number, step: Step): string {
  if (step.fault === 'no-ids') return ''
  return step.fault === 'same-ids' ? 'call_same' : (call.id ?? `call_${index + 1}`)
}

// ------------------------------------------------------------------------------------------------- Messages

function messages(plan: Plan) {
  const { step, usage, model } = plan
  const content: JsonObject[] = []
  const events: (Event | undefined)[] = []
  const add = (data: JsonObject) => events.push({ name: String(data.type), data })
  const input = {
    input_tokens: usage.input,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite,
  }
  const figures = {
    output_tokens: usage.output,
    ...(usage.reasoning ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
  }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model, stop_sequence: null }
  add({
    type: 'message_start',
    message: { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
  })
  const block = (full: JsonObject, empty: JsonObject, deltas: JsonObject[]) => {
    const index = content.push(full) - 1
    add({ type: 'content_block_start', index, content_block: empty })
    for (const delta of deltas) add({ type: 'content_block_delta', index, delta })
    add({ type: 'content_block_stop', index })
  }
  if (step.redacted) {
    const redacted = { type: 'redacted_thinking', data: step.redacted }
    block(redacted, redacted, [])
  }
  if (plan.thinking.length > 0) {
    const full = { type: 'thinking', thinking: plan.thinking.join(''), signature: 'sig-1' }
    block(full, { type: 'thinking', thinking: '', signature: '' }, [
      ...plan.thinking.map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: 'sig-1' },
    ])
  }
  if (plan.text.length > 0) {
    const full = { type: 'text', text: plan.text.join('') }
    const deltas = plan.text.map((text) => ({ type: 'text_delta', text }))
    block(full, { type: 'text', text: '' }, deltas)
  }
  if (step.fault === 'error-in-stream') events.push({ name: 'error', data: errorBody(step) })
  if (step.fault === 'interleave') {
    const first = content.length
    for (const [at, call] of plan.calls.entries()) {
      content.push({ type: 'tool_use', id: call.id, name: call.name, input: {} })
      add({
        type: 'content_block_start',
        index: first + at,
        content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      })
    }
    for (const [at, json] of inTurns(plan)) {
      const delta = { type: 'input_json_delta', partial_json: json }
      add({ type: 'content_block_delta', index: first + at, delta })
    }
    for (const at of plan.calls.keys()) add({ type: 'content_block_stop', index: first + at })
  } else {
    for (const call of plan.calls) {
      const empty = { type: 'tool_use', id: call.id, name: call.name, input: {} }
      const parts = cut(call.json, plan.step.deltaChars ?? 16)
      const deltas = parts.map((part) => ({ type: 'input_json_delta', partial_json: part }))
      block({ ...empty, input: call.input ?? {} }, empty, deltas)
    }
  }
  const reasons = { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', refused: 'refusal' }
  const stop = reasons[stopOf(plan)]
  if (step.fault !== 'no-finish') {
    add({
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: figures,
    })
  }
  if (step.fault !== 'no-done') add({ type: 'message_stop' })
  const whole = { ...message, content, stop_reason: stop, usage: { ...input, ...figures } }
  return { events, whole }
}

// ------------------------------------------------------------------------------------------------ Responses

function responses(plan: Plan) {
  const { step, usage, model } = plan
  const events: (Event | undefined)[] = []
  const output: JsonObject[] = []
  let sequence = 0
  const add = (data: JsonObject) =>
    events.push({ name: String(data.type), data: { ...data, sequence_number: sequence++ } })
  add({ type: 'response.created', response: { id: 'resp_1', object: 'response', output: [] } })
  const item = (full: JsonObject, empty: JsonObject, parts: (index: number) => void) => {
    const output_index = output.push(full) - 1
    add({ type: 'response.output_item.added', output_index, item: empty })
    parts(output_index)
    add({ type: 'response.output_item.done', output_index, item: full })
  }
  if (plan.thinking.length > 0) {
    const text = plan.thinking.join('')
    const empty = { type: 'reasoning', id: 'rs_1', summary: [] }
    const summary = [{ type: 'summary_text', text }]
    const full = { ...empty, summary, encrypted_content: 'enc-1', status: 'completed' }
    item(full, empty, (output_index) => {
      add({ type: 'response.reasoning_summary_part.added', output_index, summary_index: 0 })
      for (const delta of plan.thinking) {
        add({
          type: 'response.reasoning_summary_text.delta',
          output_index,
          summary_index: 0,
          delta,
        })
      }
    })
  }
  if (plan.text.length > 0) {
    const refused = step.stop === 'refused'
    const kind = refused ? 'refusal' : 'output_text'
    const part = refused
      ? { type: 'refusal', refusal: plan.text.join('') }
      : { type: 'output_text', text: plan.text.join(''), annotations: [] }
    const empty = { type: 'message', id: 'msg_1', role: 'assistant', content: [] }
    item({ ...empty, content: [part] }, empty, (output_index) => {
      for (const delta of plan.text) {
        add({ type: `response.${kind}.delta`, output_index, content_index: 0, delta })
      }
    })
  }
  if (step.fault === 'error-in-stream') {
    const error = errorBody(step).error
    add({ type: 'response.failed', response: { status: 'failed', error: error ?? null } })
  }
  if (step.fault === 'interleave') interleaveItems(plan, { add, output })
  else {
    for (const call of plan.calls) {
      const empty = { type: 'function_call', call_id: call.id, name: call.name, arguments: '' }
      item({ ...empty, arguments: call.json }, empty, (output_index) => {
        for (const delta of cut(call.json, step.deltaChars ?? 16)) {
          add({ type: 'response.function_call_arguments.delta', output_index, delta })
        }
      })
    }
  }
  const stop = stopOf(plan)
  const cutOff = stop === 'length' || step.stop === 'refused'
  const whole = {
    id: 'resp_1',
    object: 'response',
    model,
    status: cutOff ? 'incomplete' : 'completed',
    incomplete_details: cutOff
      ? { reason: stop === 'length' ? 'max_output_tokens' : 'content_filter' }
      : null,
    output,
    usage: {
      input_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
      input_tokens_details: {
        cached_tokens: usage.cacheRead,
        cache_write_tokens: usage.cacheWrite,
      },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  }
  if (step.fault !== 'no-finish') {
    add({ type: cutOff ? 'response.incomplete' : 'response.completed', response: whole })
  }
  return { events, whole }
}

function interleaveItems(
  plan: Plan,
  { add, output }: { add(data: JsonObject): void; output: JsonObject[] },
): void {
  const first = output.length
  const items = plan.calls.map((call) => ({
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: call.json,
  }))
  output.push(...items)
  for (const [at, item] of items.entries()) {
    const empty = { ...item, arguments: '' }
    add({ type: 'response.output_item.added', output_index: first + at, item: empty })
  }
  for (const [at, delta] of inTurns(plan)) {
    add({ type: 'response.function_call_arguments.delta', output_index: first + at, delta })
  }
  for (const [at, item] of items.entries()) {
    add({ type: 'response.output_item.done', output_index: first + at, item })
  }
}

// ----------------------------------------------------------------------------------------- Chat Completions

function chat(plan: Plan) {
  const { step, usage, model } = plan
  const events: (Event | undefined)[] = []
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model }
  const figures = {
    prompt_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
    completion_tokens: usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
  const add = (delta: JsonObject, finish_reason: string | null = null, more: JsonObject = {}) =>
    events.push({ data: { ...head, choices: [{ index: 0, delta, finish_reason }], ...more } })
  add({ role: 'assistant', content: '' })
  for (const reasoning_content of plan.thinking) add({ reasoning_content })
  for (const content of plan.text) add({ content })
  if (step.fault === 'error-in-stream') events.push({ data: errorBody(step) })
  const begin = (index: number) => {
    const call = plan.calls[index]
    if (!call) return
    const named = { name: call.name, arguments: '' }
    const id = call.id ? { id: call.id } : {}
    add({ tool_calls: [{ index, ...id, type: 'function', function: named }] })
  }
  const continued = (index: number, json: string) =>
    add({ tool_calls: [{ index, function: { arguments: json } }] })
  if (step.fault === 'interleave') {
    for (const index of plan.calls.keys()) begin(index)
    for (const [index, json] of inTurns(plan)) continued(index, json)
  } else {
    for (const [index, call] of plan.calls.entries()) {
      begin(index)
      for (const json of cut(call.json, step.deltaChars ?? 16)) continued(index, json)
    }
  }
  const reasons = { end: 'stop', calls: 'tool_calls', length: 'length', refused: 'content_filter' }
  const finish = reasons[stopOf(plan)]
  const late = step.fault === 'late-usage'
  if (step.fault !== 'no-finish') add({}, finish, late ? {} : { usage: figures })
  if (late) events.push({ data: { ...head, choices: [], usage: figures } })
  if (step.fault !== 'no-done' && step.fault !== 'hold-open') events.push({ data: '[DONE]' })
  const message = {
    role: 'assistant',
    content: plan.text.join(''),
    ...(plan.thinking.length > 0 ? { reasoning_content: plan.thinking.join('') } : {}),
    tool_calls: plan.calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.json },
    })),
  }
  const choices = [{ index: 0, message, finish_reason: finish }]
  return { events, whole: { ...head, object: 'chat.completion', choices, usage: figures } }
}

// --------------------------------------------------------------------------------------------------- Ollama

function ollama(plan: Plan) {
  const { step, usage, model } = plan
  const events: (Event | undefined)[] = []
  const head = { model, created_at: '2026-01-01T00:00:00Z' }
  const add = (message: JsonObject) =>
    events.push({
      data: { ...head, message: { role: 'assistant', content: '', ...message }, done: false },
    })
  for (const thinking of plan.thinking) add({ thinking })
  for (const content of plan.text) add({ content })
  if (step.fault === 'error-in-stream') events.push({ data: { error: errorText(step) } })
  const calls = plan.calls.map((call) => ({
    ...(call.id ? { id: call.id } : {}),
    function: { name: call.name, arguments: call.raw ?? call.input ?? {} },
  }))
  for (const call of calls) add({ tool_calls: [call] })
  const last = {
    ...head,
    done: true,
    done_reason: stopOf(plan) === 'length' ? 'length' : 'stop',
    prompt_eval_count: usage.input,
    eval_count: usage.output,
  }
  if (step.fault !== 'no-finish') {
    events.push({ data: { ...last, message: { role: 'assistant', content: '' } } })
  }
  const message = {
    role: 'assistant',
    content: plan.text.join(''),
    ...(plan.thinking.length > 0 ? { thinking: plan.thinking.join('') } : {}),
    tool_calls: calls,
  }
  return { events, whole: { ...last, message } }
}

// --------------------------------------------------------------------------------------------------- pieces

function stopOf({ step, calls }: Plan): 'end' | 'calls' | 'length' | 'refused' {
  return step.stop ?? (calls.length > 0 ? 'calls' : 'end')
}

function errorBody(step: Step): JsonObject {
  const body = step.body
  const error = { type: 'overloaded_error', code: 'overloaded_error', message: 'Overloaded' }
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? body
    : { type: 'error', error }
}

function errorText(step: Step): string {
  return typeof step.body === 'string' ? step.body : 'the runner is overloaded'
}

/** The arguments of all calls, a few characters of each in turn. */
function inTurns({ calls, step }: Plan): [number, string][] {
  const parts = calls.map((call) => cut(call.json, step.deltaChars ?? 4))
  const most = Math.max(0, ...parts.map((list) => list.length))
  const turns: [number, string][] = []
  for (let round = 0; round < most; round++) {
    for (const [index, list] of parts.entries()) {
      const part = list[round]
      if (part !== undefined) turns.push([index, part])
    }
  }
  return turns
}

function cut(text: string, chars: number): string[] {
  const points = Array.from(text)
  const parts: string[] = []
  for (let at = 0; at < points.length; at += chars)
    parts.push(points.slice(at, at + chars).join(''))
  return parts
}

function sse({ name, data }: Event): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${name ? `event: ${name}\n` : ''}data: ${text}\n\n`
}

function ndjson({ data }: Event): string {
  return `${JSON.stringify(data)}\n`
}

function decorate(text: string, step: Step, wire: WireName): Buffer[] {
  const isSse = wire !== 'ollama'
  switch (step.fault) {
    case 'crlf': {
      const ended = text.replaceAll('\n', '\r\n')
      const ping = wire === 'messages' ? 'event: ping\r\ndata: {"type": "ping"}\r\n\r\n' : ''
      return [Buffer.from(isSse ? `: keep-alive\r\n\r\n${ping}${ended}` : `\r\n${ended}`)]
    }
    case 'garbage':
      return [Buffer.from(isSse ? `data: <<not json>>\n\n${text}` : `<<not json>>\n${text}`)]
    case 'invalid-utf8': {
      const [before = '', after] = text.split('§')
      if (after === undefined) return [Buffer.from(text)]
      return [Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xc3]), Buffer.from(after)])]
    }
    default:
      return [Buffer.from(text)]
  }
}
