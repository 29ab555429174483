/** `--output-schema`: the answer must be JSON that fits; a fence around it is forgiven. */
import type { JsonObject } from '../base/json.ts'
import { parseJson } from '../base/json.ts'

const maxProblems = 3

/** Answers why a text does not fit the schema; undefined when it does. */
export function answerCheck(
  schema: JsonObject | undefined,
): ((text: string) => Promise<string | undefined>) | undefined {
  if (!schema) return undefined
  return async (text) => {
    const value = parseJson(jsonText(text))
    if (value === undefined) return 'It is not JSON.'
    const { Validator } = await import('@cfworker/json-schema')
    const { valid, errors } = new Validator(schema, '2020-12', false).validate(value)
    if (valid) return undefined
    const problems = errors
      .slice(-maxProblems)
      .map((row) => `${row.instanceLocation}: ${row.error}`)
    return `It does not fit the schema: ${problems.join(' ')}`
  }
}

/** The JSON of an answer, without a code fence or words around it. */
export function jsonText(text: string): string {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)
  return (fenced?.[1] ?? text).trim()
}
