/** Masks every text in a JSON value; the same value comes back where nothing changed. */
import type { JsonValue } from '../json.ts'

export function maskedJson(value: JsonValue, mask: (text: string) => string): JsonValue {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) {
    const masked = value.map((part) => maskedJson(part, mask))
    return masked.some((part, at) => part !== value[at]) ? masked : value
  }
  if (typeof value !== 'object' || value === null) return value
  let changed = false
  const entries = Object.entries(value).map(([key, part]) => {
    // A name and its value together tell what the value alone does not.
    const masked =
      typeof part === 'string'
        ? maskedMember(key, part, mask)
        : part === undefined
          ? part
          : maskedJson(part, mask)
    changed ||= masked !== part
    return [key, masked] as const
  })
  return changed ? Object.fromEntries(entries) : value
}

function maskedMember(key: string, text: string, mask: (text: string) => string): string {
  const masked = mask(text)
  if (masked !== text || text.includes('\n') || text.length > 500) return masked
  const pair = `${key}=${JSON.stringify(text)}`
  const maskedPair = mask(pair)
  if (maskedPair === pair) return text
  const inner = maskedPair.slice(key.length + 2, -1)
  return maskedPair.startsWith(`${key}="`) ? inner : masked
}
