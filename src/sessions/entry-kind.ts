/** What kind of entry a body is, as the store files it: the role of a message, the type of anything else. */
import type { EntryBody } from '../contract/session.ts'

/** Told of a session without being part of its conversation: RecordBody. */
export const recordKinds: readonly EntryBody['type'][] = [
  'session',
  'head',
  'name',
  'label',
  'model',
  'archived',
  'request',
]

const records: ReadonlySet<string> = new Set(recordKinds)

export function isRecord(body: EntryBody): boolean {
  return records.has(body.type)
}

export function kindOf(body: EntryBody): string {
  return body.type === 'message' ? body.message.role : body.type
}

/** The kinds that entries of a type are filed under. */
export function kindsOf(type: EntryBody['type']): string[] {
  return type === 'message' ? ['user', 'assistant', 'tool'] : [type]
}

/** One damaged row costs that row, not the conversation: also one that is JSON still, but lost what others go by. */
export function parseBody(text: string): EntryBody | undefined {
  try {
    const value = JSON.parse(text) as EntryBody | null
    return typeof value === 'object' && value !== null && isWhole(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isWhole(body: EntryBody): boolean {
  switch (body.type) {
    case 'message':
      return Array.isArray(body.message?.content) && typeof body.message.role === 'string'
    case 'result':
      return Array.isArray(body.result?.content)
    case 'elision':
      return Array.isArray(body.results)
    default:
      return typeof body.type === 'string'
  }
}
