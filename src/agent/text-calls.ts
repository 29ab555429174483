/**
 * Tool calls that a weak model wrote as text: the forms that open models were trained on, taken only when the name is
 * a tool of ours, so that an answer which quotes JSON stays an answer.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import type { AssistantMessage, CallBlock } from '../contract/message.ts'
import { parseLoose } from './resolve.ts'

interface FoundCall {
  name: string
  input: JsonObject
}

/** A form: where it stands in the text, and what calls it holds. */
interface Form {
  pattern: RegExp
  read(match: RegExpExecArray): FoundCall[]
}

const forms: readonly Form[] = [
  {
    pattern: /<tool_call>\s*([\s\S]*?)\s*(?:<\/tool_call>|$)/g,
    read: (match) => fromJson(match[1]),
  },
  { pattern: /<function=([\w.-]+)>([\s\S]*?)<\/function>/g, read: readFunctionTag },
  { pattern: /<invoke name="([\w.-]+)">([\s\S]*?)<\/invoke>/g, read: readInvoke },
  { pattern: /\[TOOL_CALLS\]\s*(\[[\s\S]*\])/g, read: (match) => fromJson(match[1]) },
  { pattern: /<\|python_tag\|>\s*(\{[\s\S]*\})/g, read: (match) => fromJson(match[1]) },
  {
    pattern: /\[(?:Calling|Running) tool\]:?\s*([\w.-]+)?\s*(\{[\s\S]*?\})\s*(?:\n|$)/gi,
    read: (match) =>
      match[1] === undefined ? fromJson(match[2]) : named(match[1], parseLoose(match[2] ?? '')),
  },
  {
    pattern: /```(?:json|tool_call|tool_code)?\s*\n(\s*[[{][\s\S]*?)\n?```/g,
    read: (match) => fromJson(match[1]),
  },
  { pattern: /^\s*([[{][\s\S]*[\]}])\s*$/g, read: (match) => fromJson(match[1]) },
]

/** The message with the calls found in its text as call blocks; the same message where there are none. */
export function extractTextCalls(
  message: AssistantMessage,
  isTool: (name: string) => boolean,
): AssistantMessage {
  if (message.content.some((block) => block.type === 'call')) return message
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  for (const form of forms) {
    const found = readForm(form, text, isTool)
    if (!found) continue
    const others = message.content.filter((block) => block.type !== 'text')
    const rest = found.rest.trim()
    return {
      role: 'assistant',
      content: [
        ...others,
        ...(rest === '' ? [] : [{ type: 'text' as const, text: rest }]),
        ...found.calls.map(toBlock),
      ],
    }
  }
  return message
}

function readForm(
  form: Form,
  text: string,
  isTool: (name: string) => boolean,
): { calls: FoundCall[]; rest: string } | undefined {
  const calls: FoundCall[] = []
  let rest = ''
  let end = 0
  for (const match of text.matchAll(form.pattern)) {
    const found = form.read(match)
    if (found.length === 0 || !found.every((call) => isTool(call.name))) continue
    calls.push(...found)
    rest += text.slice(end, match.index)
    end = match.index + match[0].length
  }
  return calls.length === 0 ? undefined : { calls, rest: rest + text.slice(end) }
}

function toBlock(call: FoundCall): CallBlock {
  return { type: 'call', id: `text_${crypto.randomUUID().slice(0, 12)}`, ...call }
}

function fromJson(text: string | undefined): FoundCall[] {
  const value = parseLoose(text ?? '')
  const rows = Array.isArray(value) ? value : [value]
  return rows.flatMap((row) => fromObject(row))
}

function fromObject(value: JsonValue | undefined): FoundCall[] {
  if (!isJsonObject(value)) return []
  if (isJsonObject(value.function)) return fromObject(value.function)
  const name = value.name ?? value.tool ?? value.tool_name
  if (typeof name !== 'string') return []
  const input = value.arguments ?? value.parameters ?? value.input ?? value.args
  return named(name, typeof input === 'string' ? parseLoose(input) : input)
}

function named(name: string, input: JsonValue | undefined): FoundCall[] {
  return isJsonObject(input) ? [{ name, input }] : []
}

function readFunctionTag(match: RegExpExecArray): FoundCall[] {
  const body = match[2] ?? ''
  const parameters = tagged(body, /<parameter=([\w.-]+)>\n?([\s\S]*?)\n?<\/parameter>/g)
  return named(match[1] ?? '', parameters ?? parseLoose(body.trim() || '{}'))
}

function readInvoke(match: RegExpExecArray): FoundCall[] {
  const parameters = tagged(match[2] ?? '', /<parameter name="([\w.-]+)">([\s\S]*?)<\/parameter>/g)
  return named(match[1] ?? '', parameters ?? {})
}

function tagged(body: string, pattern: RegExp): JsonObject | undefined {
  const input: JsonObject = {}
  for (const match of body.matchAll(pattern)) input[match[1] ?? ''] = match[2] ?? ''
  return Object.keys(input).length === 0 ? undefined : input
}
