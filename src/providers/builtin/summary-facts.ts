/**
 * Names, numbers, paths and addresses that cannot be guessed: sentences that stress one, values that tools reported by
 * name, and names that come up again and again.
 */
import type { Spoken } from './summary-spoken.ts'

const stressed =
  /\b(note|important|remember|careful|is at|lives? (in|at)|listens?|port|version|called|named|named after|key is|id is|value|equals|uses?|requires?|timeout|limit|budget|owner|contact|branch|ticket|issue|defaults? to|set to|measured)\b/i
/** Worth keeping a sentence for: a number, a path, an address, a name in code. */
const telling = /\d|[\w-]+\/[\w./-]+|https?:\/\/|`[^`]+`|\b[a-z]+[A-Z]\w+|\b\w+_\w+/

/** `name = value`, `NAME: value` on a line of its own, of what tools answered. */
const assignment =
  /^[\s>|"'-]*([A-Za-z_][\w.-]{2,40})["']?\s*(?:=|:)\s*["']?([^\s"'{}[\](),;][^"'{}[\];]{0,80})["']?[,;]?\s*$/
const names =
  /https?:\/\/[^\s"'<>)\]]+|(?:[\w.-]+\/){1,8}[\w.-]+\.\w{1,6}(?::\d+)?|\b[A-Z][A-Z0-9]+-\d+\b|\b[0-9a-f]{7,40}\b|\bv?\d+\.\d+\.\d+\b/g
const minCount = 2
const maxNames = 60
const maxAssignments = 40

export function factLines(spoken: Spoken): string[] {
  const said = [...spoken.person, ...spoken.agent].filter(
    (sentence) => telling.test(sentence) && (stressed.test(sentence) || isShort(sentence)),
  )
  return [...recurring(spoken), ...reported(spoken), ...said]
}

/** Short sentences with a number or a name in them seldom say anything else. */
function isShort(sentence: string): boolean {
  return sentence.length <= 120
}

function reported({ calls }: Spoken): string[] {
  const found = new Map<string, string>()
  for (const { call, text } of calls) {
    if (call.name === 'grep') continue
    for (const line of text.split('\n')) {
      const match = assignment.exec(line.replace(/^\s*\d+\t/, ''))
      const [, name = '', value = ''] = match ?? []
      if (!/\d/.test(value) || value.length > 60) continue
      found.delete(name)
      found.set(name, value.trim())
    }
  }
  return [...found].slice(-maxAssignments).map(([name, value]) => `${name} = ${value}`)
}

function recurring({ agent, person, calls }: Spoken): string[] {
  const counts = new Map<string, number>()
  const texts = [
    ...agent,
    ...person,
    ...calls.map(({ call, text }) => `${JSON.stringify(call.input)} ${text}`),
  ]
  // Where another file lies from one's own is known to nobody else.
  for (const text of texts)
    for (const name of new Set((text.match(names) ?? []).filter((one) => !/^\.\.?\//.test(one))))
      counts.set(name, (counts.get(name) ?? 0) + 1)
  const often = [...counts].filter(([, count]) => count >= minCount)
  const top = often.sort((a, b) => b[1] - a[1]).slice(0, maxNames)
  return top.length === 0 ? [] : [top.map(([name]) => name).join(', ')]
}
