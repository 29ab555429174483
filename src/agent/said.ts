/**
 * What the person typed, word for word and cut where it is long, as the last section of every summary: a wish that was
 * said once must outlive any summariser. The newest is kept longest; beyond the limit the oldest long ones are cut.
 */
import { oneLine } from '../base/text.ts'
import type { ContextItem } from '../contract/context-items.ts'

const heading = '## Said by the person'
const maxLineChars = 600
const minLineChars = 80

/** The summary without its last section, and the lines of that. */
export function splitSaid(summary: string): { text: string; said: string[] } {
  const at = summary.lastIndexOf(`${heading}\n`)
  if (at < 0) return { text: summary.trim(), said: [] }
  const lines = summary.slice(at + heading.length + 1).split('\n')
  const said = lines.flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))
  return { text: summary.slice(0, at).trim(), said }
}

export function withSaid(text: string, said: readonly string[]): string {
  if (said.length === 0) return text
  return `${text}\n\n${heading}\n${said.map((line) => `- ${line}`).join('\n')}`
}

/** Oldest first. */
export function saidByPerson(
  items: readonly ContextItem[],
  { earlier, maxChars }: { earlier: readonly string[]; maxChars: number },
): string[] {
  const typed = items.flatMap(({ message }) => {
    if (message.role !== 'user') return []
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join(' ')
    const line = oneLine(withoutAttached(text), maxLineChars)
    return line === '' ? [] : [line]
  })
  return within([...earlier, ...typed], maxChars)
}

/** Files and pipes are material; the log has them. */
function withoutAttached(text: string): string {
  return text
    .replace(/<(file|stdin|mode-change|[a-z-]*note)\b[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replace(/^<(file|stdin)\b[\s\S]*$/m, ' ')
}

/** Old ones are shortened before any is dropped. */
function within(lines: readonly string[], maxChars: number): string[] {
  const kept = [...lines]
  const size = () => kept.reduce((sum, line) => sum + line.length + 3, 0)
  for (let index = 0; index < kept.length - 1 && size() > maxChars; index++)
    kept[index] = oneLine(kept[index] ?? '', minLineChars)
  while (kept.length > 1 && size() > maxChars) kept.shift()
  return kept
}
