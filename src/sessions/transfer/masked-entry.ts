/** Entries on their way out, without secrets. What is no text (an image, what a host encrypted) is left as it is. */
import type { JsonObject, JsonValue } from '../../base/json.ts'
import { maskedJson } from '../../base/mask/masked-json.ts'
import type { Entry } from '../../contract/session.ts'

export type Mask = (text: string) => string

export function maskedEntry(entry: Entry, mask: Mask): Entry {
  const plain = entry as unknown as JsonObject
  const data = dataOf(plain)
  if (data.length === 0) return maskedJson(plain, mask) as unknown as Entry
  // A mask in the middle of an image would break it: such texts are taken out and put back.
  const masked = maskedJson(
    withData(plain, () => ''),
    mask,
  )
  let next = 0
  return withData(masked, () => data[next++] ?? '') as unknown as Entry
}

function isData(holder: JsonObject, name: string): boolean {
  return holder.type === 'image' ? name === 'data' : holder.type === 'thinking' && name === 'opaque'
}

/** In the order in which `withData` comes by. */
function dataOf(value: JsonValue): JsonValue[] {
  const found: JsonValue[] = []
  withData(value, (data) => {
    found.push(data)
    return data
  })
  return found
}

function withData(value: JsonValue, replace: (data: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((part) => withData(part, replace))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    part === undefined ? part : isData(value, name) ? replace(part) : withData(part, replace),
  ])
  return Object.fromEntries(entries) as JsonObject
}
