/**
 * Gathers an answer while it streams: text, thinking and calls in the order in which they began, however their pieces
 * interleave. Every method returns the events to show; `message` is the whole at the end.
 */
import type { JsonValue } from '../base/json.ts'
import type { AssistantMessage } from '../contract/message.ts'
import type { ModelEvent } from '../contract/provider.ts'
import { parseArguments } from './call-arguments.ts'
import { createThinkSplitter } from './think-tags.ts'

interface TextPart {
  type: 'text'
  text: string
}
interface ThinkingPart {
  type: 'thinking'
  text: string
  opaque?: JsonValue
}
interface CallPart {
  type: 'call'
  id: string
  name: string
  text: string
}

export interface Answer {
  text(text: string): ModelEvent[]
  thinking(text: string): ModelEvent[]
  /** What the wire wants back with the thinking that is being written, or with a new empty one. */
  opaque(value: JsonValue, options?: { alone?: boolean }): void
  /** The next text or thinking begins a block of its own. */
  breakBlock(): void
  /** Begins the call that the wire knows by `key`; a missing id is made up. */
  startCall(key: string, call: { id: string; name: string }): ModelEvent[]
  callDelta(key: string, text: string): ModelEvent[]
  /** Replaces what was streamed: some hosts send the whole again at the end. */
  callText(key: string, text: string): ModelEvent[]
  hasCall(key: string): boolean
  callId(key: string): string | undefined
  readonly calls: number
  readonly empty: boolean
  /** Held-back text; called once, before `message`. */
  flush(): ModelEvent[]
  message(options: { cut: boolean }): AssistantMessage
}

export function createAnswer(options: { wire: string; thinkTags: boolean }): Answer {
  const parts: (TextPart | ThinkingPart | CallPart)[] = []
  const calls = new Map<string, CallPart>()
  const splitter = options.thinkTags ? createThinkSplitter() : undefined
  let fresh = true

  function append(type: 'text' | 'thinking', text: string): ModelEvent[] {
    if (text === '') return []
    const last = parts.at(-1)
    if (last?.type === type && !fresh) last.text += text
    else parts.push({ type, text })
    fresh = false
    return [{ type, text }]
  }

  return {
    text: (text) =>
      splitter
        ? splitter.push(text).flatMap((part) => append(part.kind, part.text))
        : append('text', text),
    thinking: (text) => append('thinking', text),
    opaque(value, { alone = false } = {}) {
      const last = parts.at(-1)
      if (last?.type === 'thinking' && !fresh && !alone) last.opaque = value
      else parts.push({ type: 'thinking', text: '', opaque: value })
      if (alone) fresh = true
    },
    breakBlock() {
      fresh = true
    },
    startCall(key, { id, name }) {
      const taken = [...calls.values()].some((call) => call.id === id)
      const part: CallPart = {
        type: 'call',
        id: id === '' || taken ? newCallId() : id,
        name,
        text: '',
      }
      parts.push(part)
      calls.set(key, part)
      return [{ type: 'call_start', id: part.id, name }]
    },
    callDelta(key, text) {
      const call = calls.get(key)
      if (!call || text === '') return []
      call.text += text
      return [{ type: 'call_delta', id: call.id, text }]
    },
    callText(key, text) {
      const call = calls.get(key)
      if (!call || call.text === text) return []
      const added = text.startsWith(call.text) ? text.slice(call.text.length) : ''
      call.text = text
      return added ? [{ type: 'call_delta', id: call.id, text: added }] : []
    },
    hasCall: (key) => calls.has(key),
    callId: (key) => calls.get(key)?.id,
    get calls() {
      return calls.size
    },
    get empty() {
      return parts.length === 0
    },
    flush: () => splitter?.end().flatMap((part) => append(part.kind, part.text)) ?? [],
    message({ cut }) {
      const content: AssistantMessage['content'] = []
      for (const part of parts) {
        if (part.type === 'call') {
          const { id, name } = part
          content.push({ type: 'call', id, name, ...parseArguments(part.text, { cut }) })
        } else if (part.type === 'thinking') {
          content.push({ ...part, wire: options.wire })
        } else if (part.text.trim() !== '') {
          content.push(...splitAtCloser(part.text, options))
        }
      }
      return { role: 'assistant', content }
    },
  }
}

/**
 * Chat templates that open the thinking inside the prompt leave only `</think>` in the answer. By then the text has
 * been shown; the message that is kept is right all the same.
 */
function splitAtCloser(
  text: string,
  options: { wire: string; thinkTags: boolean },
): AssistantMessage['content'] {
  const at = options.thinkTags ? text.indexOf('</think>') : -1
  if (at < 0 || text.includes('<think>')) return [{ type: 'text', text }]
  const answer = text.slice(at + '</think>'.length).trimStart()
  const thinking = {
    type: 'thinking' as const,
    text: text.slice(0, at).trim(),
    wire: options.wire,
  }
  return answer ? [thinking, { type: 'text', text: answer }] : [thinking]
}

function newCallId(): string {
  return `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
}
