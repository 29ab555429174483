/**
 * How builtin thinks: a script is a generator that yields the calls of one round and is sent their outcomes, and
 * returns the answer. Nothing is remembered between requests: `replay` runs the script from its start and feeds it the
 * rounds that the conversation already holds. A script must therefore decide by its arguments and outcomes only.
 */
import type { JsonObject, JsonValue } from '../../base/json.ts'

export interface Call {
  name: string
  input: JsonObject
}

/** What became of one call. */
export interface Outcome extends Call {
  ok: boolean
  text: string
  data: JsonValue | undefined
}

export type Script<T = string> = Generator<Call[], T, Outcome[]>

export type Step = { done: false; calls: Call[] } | { done: true; answer: string }

/** After this many rounds a script is cut off: a guard against a script that never ends. */
const maxRounds = 10

export function replay(script: Script, rounds: readonly Outcome[][]): Step {
  let used = 0
  let step = script.next()
  while (!step.done) {
    const calls = interleave(step.value)
    if (calls.length === 0) {
      step = script.next([])
      continue
    }
    const outcomes = rounds[used]
    if (!outcomes) {
      if (used >= maxRounds) return { done: true, answer: 'The search took too many steps.' }
      return { done: false, calls }
    }
    used++
    step = script.next(match(calls, outcomes))
  }
  return { done: true, answer: step.value }
}

/** Several scripts side by side: each of their rounds is one round, and what two of them ask is asked once. */
export function* together<T>(scripts: readonly Script<T>[]): Script<T[]> {
  const steps = scripts.map((script) => script.next())
  for (;;) {
    const asked = steps.map((step) => (step.done ? [] : step.value))
    if (steps.every((step) => step.done)) break
    const calls = new Map(asked.flat().map((call) => [keyOf(call), call]))
    const outcomes = calls.size === 0 ? [] : yield [...calls.values()]
    const answers = new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]))
    for (const [index, script] of scripts.entries()) {
      if (steps[index]?.done) continue
      const own = (asked[index] ?? []).map((call) => answers.get(keyOf(call)) ?? failed(call))
      steps[index] = script.next(own)
    }
  }
  return steps.map((step) => step.value as T)
}

function keyOf({ name, input }: Call): string {
  return JSON.stringify([name, input])
}

function failed(call: Call): Outcome {
  return { ...call, ok: false, text: '', data: undefined }
}

/**
 * One of each tool in turn, and at the end two of different ones: when a tool cannot work at all, its failures then do
 * not follow each other, which the loop would take for a model that goes in circles.
 */
function interleave(calls: Call[]): Call[] {
  const byTool = Map.groupBy(calls, (call) => call.name)
  const longest = Math.max(0, ...[...byTool.values()].map((group) => group.length))
  const groups = [...byTool.values()]
  const mixed = Array.from({ length: longest }, (_, index) =>
    groups.flatMap((group) => group.slice(index, index + 1)),
  ).flat()
  const name = mixed.at(-1)?.name
  const other = mixed.findLastIndex((call) => call.name !== name)
  return other < 0 ? mixed : [...mixed.toSpliced(other, 1), ...mixed.slice(other, other + 1)]
}

/** The outcome of each call in its order; a call whose outcome is missing counts as failed. */
function match(calls: Call[], outcomes: Outcome[]): Outcome[] {
  return calls.map((call, index) => {
    const outcome = outcomes[index]
    if (outcome && outcome.name === call.name) return outcome
    return failed(call)
  })
}
