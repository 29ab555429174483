/** What is kept of a call until the end of its run: a run of many thousand calls must not hold what they answered. */
import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { CallOutcome } from './calls.ts'
import { shortValues } from './transcript.ts'

/** Of a text in the arguments; the events and the session have it whole. */
const maxValueChars = 2000

export interface CallRecord {
  id: string
  name: string
  input: JsonObject
  ok: boolean
  ms: number
  /** Set when the gate said no. */
  denial?: CallOutcome['denial']
}

export function callRecord({ call, result, ms, denial }: CallOutcome): CallRecord {
  const input = shortValues(call.input, maxValueChars)
  return {
    id: call.id,
    name: result.name,
    input: isJsonObject(input) ? input : {},
    ok: !result.isError,
    ms,
    ...(denial ? { denial } : {}),
  }
}
