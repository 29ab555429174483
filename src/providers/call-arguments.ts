/**
 * The argument text of a call as an object. What is nearly JSON is repaired; what was cut off inside a string is not,
 * because half a file's content looks like a whole one once the quote is closed.
 */
import { jsonrepair } from 'jsonrepair'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts'

export interface CallArguments {
  input: JsonObject
  /** The raw text, when it could not be understood. */
  malformed?: string
}

/** `cut` tells that the answer ended at its length limit: then nothing is repaired. */
export function parseArguments(text: string, options: { cut: boolean }): CallArguments {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === 'null') return { input: {} }
  const object = asObject(parseJson(trimmed))
  if (object) return { input: object }
  if (options.cut || endsInsideString(trimmed)) return { input: {}, malformed: text }
  return repaired(trimmed) ?? { input: {}, malformed: text }
}

function repaired(text: string): CallArguments | undefined {
  // Without an opening brace jsonrepair would make an object out of prose.
  if (!/^(```(json)?\s*)?[{"]/.test(text)) return undefined
  try {
    const object = asObject(parseJson(jsonrepair(text)))
    return object && { input: object }
  } catch {
    return undefined
  }
}

/** Some hosts encode the arguments twice. */
function asObject(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value === 'string') {
    const inner = parseJson(value)
    return isJsonObject(inner) ? inner : undefined
  }
  return isJsonObject(value) ? value : undefined
}

function endsInsideString(text: string): boolean {
  let inside = false
  for (let index = 0; index < text.length; index++) {
    const char = text[index]
    if (char === '\\') index++
    else if (char === '"') inside = !inside
  }
  return inside
}
