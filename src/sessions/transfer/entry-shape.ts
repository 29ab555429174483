/** An entry as it stands in a file that anybody may have written: checked by its shape before anything trusts it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { Entry, EntryBody } from '../../contract/session.ts'

type Check = (value: JsonValue | undefined) => boolean

const text: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const flag: Check = (value) => typeof value === 'boolean'
const object: Check = (value) => isJsonObject(value)
const entryId: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0
const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]))

const byType =
  (rows: Record<string, Check>): Check =>
  (value) =>
    isJsonObject(value) && (rows[String(value.type)]?.(value) ?? false)

const usage = shape({
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  reasoningTokens: number,
})
const textBlock = shape({ text })
const imageBlock = shape({
  mediaType: oneOf('image/png', 'image/jpeg', 'image/gif', 'image/webp'),
  data: (value) => typeof value === 'string' && /^[A-Za-z0-9+/=\s]*$/.test(value),
  name: optional(text),
})
const readable = listOf(byType({ text: textBlock, image: imageBlock }))
const result = shape({ callId: text, name: text, content: readable, isError: flag })
const roles: Record<string, Check> = {
  user: shape({ content: readable }),
  assistant: shape({
    content: listOf(
      byType({
        text: textBlock,
        thinking: shape({ text, wire: text }),
        call: shape({ id: text, name: text, input: object, malformed: optional(text) }),
      }),
    ),
  }),
  tool: shape({ content: listOf(result) }),
}

const bodies: Record<EntryBody['type'], Check> = {
  message: shape({
    message: (value) => isJsonObject(value) && (roles[String(value.role)]?.(value) ?? false),
    provider: optional(text),
    model: optional(text),
    usage: optional(usage),
    costUsd: optional(orNull(number)),
    stop: optional(text),
  }),
  result: shape({ result }),
  draft: shape({ text }),
  compaction: shape({
    summary: text,
    keptFrom: optional(entryId),
    by: oneOf('budget', 'overflow', 'person'),
    focus: optional(text),
    tokensBefore: number,
    tokensAfter: number,
  }),
  compaction_undone: shape({ compaction: entryId }),
  elision: shape({ results: listOf(shape({ callId: text, mark: text })) }),
  pin: shape({ entry: entryId, pinned: flag }),
  todo: shape({
    items: listOf(shape({ text, status: oneOf('pending', 'in_progress', 'done') })),
  }),
  goal: shape({
    goal: orNull(
      shape({
        text,
        state: oneOf('active', 'paused', 'done', 'blocked', 'spent'),
        ...{ turns: number, tokens: number, costUsd: orNull(number), elapsedMs: number },
      }),
    ),
  }),
  plan: shape({
    plan: orNull(shape({ path: text, task: text, state: oneOf('draft', 'approved', 'dropped') })),
  }),
  session: shape({ cwd: text, provider: text, model: text }),
  head: shape({ entry: orNull(entryId) }),
  name: shape({ text }),
  label: shape({ text }),
  model: shape({ provider: text, model: text }),
  archived: shape({ archived: flag }),
  request: shape({ purpose: text, provider: text, model: text, usage, costUsd: orNull(number) }),
}

/** Undefined where it is no entry; one of a type that a later codi has is none. */
export function entryOf(value: JsonObject): Entry | undefined {
  const { id, parent, at, type } = value
  const placed = entryId(id) && orNull(entryId)(parent) && number(at)
  const check = Object.hasOwn(bodies, String(type)) ? bodies[type as EntryBody['type']] : undefined
  return placed && check?.(value) ? (value as unknown as Entry) : undefined
}
