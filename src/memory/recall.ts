/**
 * What a session is told of what is remembered, within a budget: who the person is, then facts of the project before
 * those of the person, what names the place where one works first, the newer before the older. The same files give the
 * same text.
 */
import { basename, relative, sep } from 'node:path'
import { showInvisible } from '../base/invisible.ts'
import { oneLine } from '../base/text.ts'
import type { MemoryFact, ProfileRow } from '../contract/memory.ts'
import { factKey, maxFactChars } from './fact.ts'

/** As most tokenizers cut plain text. */
const bytesPerToken = 4

const head =
  '<memories>\nFacts from earlier sessions; what the person says now, and what the code shows, counts more.'
const tail = '</memories>'

/** Empty where there is nothing to tell. */
export function recalledText(options: {
  facts: readonly MemoryFact[]
  profile: readonly ProfileRow[]
  project: string
  cwd: string
  maxTokens: number
}): string {
  const { profile, maxTokens } = options
  const facts = inOrder(options)
  if (maxTokens === 0 || facts.length + profile.length === 0) return ''
  const lines: string[] = []
  let left = maxTokens * bytesPerToken - Buffer.byteLength(head + tail) - 1
  let dropped = 0
  for (const line of [...profile.map(profileLine), ...facts.map(factLine)]) {
    const bytes = Buffer.byteLength(line) + 1
    if (bytes <= left) lines.push(line)
    else dropped++
    left -= bytes <= left ? bytes : 0
  }
  if (lines.length === 0) return ''
  const more = dropped === 0 ? [] : [`(${dropped} more not told)`]
  return [head, ...lines, ...more, tail].join('\n')
}

export function factLine({ scope, category, text }: MemoryFact): string {
  return `- ${scope}, ${safe(category)}: ${safe(text)}`
}

function profileLine([key, value]: ProfileRow): string {
  return `- the person's ${safe(key)}: ${safe(value)}`
}

/** One line that cannot end the list it stands in. */
function safe(text: string): string {
  const shown = showInvisible(text).text.replace(/<(?=\/?(?:memor(?:y|ies)|instructions)\b)/gi, '(')
  return oneLine(shown, maxFactChars)
}

function inOrder({
  facts,
  project,
  cwd,
}: {
  facts: readonly MemoryFact[]
  project: string
  cwd: string
}): MemoryFact[] {
  const places = [basename(project), ...relative(project, cwd).split(sep)]
    .map((name) => name.toLowerCase())
    .filter((name) => name.length > 2 && name !== '..')
  const names = (fact: MemoryFact) =>
    places.some((place) => `${fact.category} ${fact.text}`.toLowerCase().includes(place))
  const rank = (fact: MemoryFact) => (fact.scope === 'project' ? 0 : 2) + (names(fact) ? 0 : 1)
  const seen = new Set<string>()
  return facts
    .map((fact, index) => ({ fact, index, rank: rank(fact), date: fact.date ?? '' }))
    .sort((a, b) => a.rank - b.rank || compare(b.date, a.date) || b.index - a.index)
    .map(({ fact }) => fact)
    .filter(({ text }) => !seen.has(factKey(text)) && seen.add(factKey(text)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
