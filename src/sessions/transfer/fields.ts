/** Fields of JSON that somebody else wrote: each is what it should be, or undefined. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A text that says something. */
export function wordsOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A count of tokens: nothing negative, nothing that is no number. */
export function countOf(value: JsonValue | undefined): number {
  return Math.max(0, Math.round(numberOf(value) ?? 0))
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Milliseconds since the epoch, from a number of milliseconds or a date as ISO 8601 writes it. */
export function momentOf(value: JsonValue | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : value
  return typeof at === 'number' && Number.isFinite(at) && at > 0 ? at : undefined
}
