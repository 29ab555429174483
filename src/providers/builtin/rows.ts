/** Fields of a tool's `data`, by any of the names they go by; what has another type is as if it were not there. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'

/** The objects in `data`: a list, or the first list inside an object. */
export function rows(data: JsonValue | undefined): JsonObject[] {
  const found = Array.isArray(data) ? data : isJsonObject(data) ? firstArray(data) : undefined
  return (found ?? []).filter(isJsonObject)
}

export function firstArray(object: JsonObject): JsonValue[] | undefined {
  return Object.values(object).find((value) => Array.isArray(value))
}

export function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

export function text(row: JsonObject, ...keys: string[]): string {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === 'string') return value
  }
  return ''
}

export function number(row: JsonObject, ...keys: string[]): number {
  for (const key of keys) {
    const value = row[key]
    if (typeof value === 'number') return value
  }
  return 0
}
