/** An entry as it stands in a file that anybody may have written: checked by its shape before anything trusts it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { Entry, EntryBody } from '../../contract/session.ts'
import { isCost as cost, isCount as count, isMoment as moment } from './fields.ts'
import { portable } from './portable.ts'

type Check = (value: JsonValue | undefined) => boolean

const text: Check = (value) => typeof value === 'string'
/** Estimated, or measured. */
const amount: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1e15
const flag: Check = (value) => typeof value === 'boolean'
const object: Check = (value) => isJsonObject(value)
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
    isJsonObject(value) && isRow(rows, value.type, value)

/** By own names alone: a type called `constructor` is none. */
function isRow(rows: Record<string, Check>, name: JsonValue | undefined, value: JsonValue) {
  return typeof name === 'string' && Object.hasOwn(rows, name) && (rows[name]?.(value) ?? false)
}

const usage = shape({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
  costUsd: optional(orNull(cost)),
  estimated: optional(flag),
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
    message: (value) => isJsonObject(value) && isRow(roles, value.role, value),
    provider: optional(text),
    model: optional(text),
    usage: optional(usage),
    costUsd: optional(orNull(cost)),
    stop: optional(text),
  }),
  result: shape({ result }),
  draft: shape({ text }),
  compaction: shape({
    summary: text,
    keptFrom: optional(count),
    by: oneOf('budget', 'overflow', 'person'),
    focus: optional(text),
    tokensBefore: amount,
    tokensAfter: amount,
  }),
  compaction_undone: shape({ compaction: count }),
  elision: shape({ results: listOf(shape({ entry: optional(count), callId: text, mark: text })) }),
  pin: shape({ entry: count, pinned: flag }),
  todo: shape({
    items: listOf(shape({ text, status: oneOf('pending', 'in_progress', 'done') })),
  }),
  goal: shape({
    goal: orNull(
      shape({
        text,
        state: oneOf('active', 'paused', 'done', 'blocked', 'spent'),
        note: optional(text),
        ...{ turns: count, tokens: count, costUsd: orNull(cost), elapsedMs: amount },
        ...{ maxTurns: optional(count), maxCostUsd: optional(cost), maxTokens: optional(count) },
        maxMs: optional(amount),
        usedBefore: optional(
          shape({ turns: count, tokens: count, costUsd: cost, elapsedMs: amount }),
        ),
      }),
    ),
  }),
  plan: shape({
    plan: orNull(shape({ path: text, task: text, state: oneOf('draft', 'approved', 'dropped') })),
  }),
  session: shape({
    ...{ cwd: text, provider: text, model: text },
    forkedFrom: optional(shape({ session: text, entry: orNull(count) })),
    importedFrom: optional(shape({ program: text, id: text })),
  }),
  head: shape({ entry: orNull(count) }),
  name: shape({ text }),
  label: shape({ text }),
  model: shape({ provider: text, model: text }),
  archived: shape({ archived: flag }),
  request: shape({ purpose: text, provider: text, model: text, usage, costUsd: orNull(cost) }),
}

/** Undefined where it is no entry; one of a type that a later codi has is none. */
export function entryOf(value: JsonObject): Entry | undefined {
  const { id, parent, at, type } = value
  const placed = count(id) && orNull(count)(parent) && moment(at)
  if (!placed || !isRow(bodies, type, value)) return undefined
  return harmless(portable(value as unknown as Entry))
}

/** A plan is a file that codi ticks as its steps get done: one that came from elsewhere names no other file for that. */
function harmless(entry: Entry): Entry {
  if (entry.type !== 'plan' || !entry.plan || planPath.test(entry.plan.path)) return entry
  return { ...entry, plan: { ...entry.plan, state: 'dropped' } }
}

const planPath = /^(?:\/(?!\.{1,2}\/)[^/\0]+)*\/\.codi\/plans\/(?!\.)[^/\0]+\.md$/
