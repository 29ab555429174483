/** JSON as types, and reading text that claims to be JSON without throwing. */
import { hasPurpose, unsafeCharacters } from './invisible.ts'

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses `text`; returns undefined where it is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/**
 * JSON that is safe on a terminal: what `JSON.stringify` leaves raw and a terminal would obey or hide (C1 controls,
 * direction marks, characters without width) is written as an escape, so that a program reads the same value.
 */
export function printableJson(value: unknown, space?: number): string {
  const text = JSON.stringify(value, null, space)
  return text.replace(unsafeCharacters, (char, at: number) => {
    if (char === '\n' || hasPurpose(char, text, at)) return char
    return [...Array(char.length).keys()]
      .map((index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join('')
  })
}
