/**
 * The last sections of every summary, whoever wrote the rest: the todo list as it stands, and what the person typed, word
 * for word and cut where it is long, since a wish that was said once must outlive any summariser. The newest is kept
 * longest; beyond the limit the oldest long ones are cut.
 */
import { oneLine } from '../base/text.ts'
import type { ContextItem } from '../contract/context-items.ts'
import { isOwnWords } from './own-words.ts'

const heading = '## Said by the person'
const todoHeading = '## Todo list'
const maxLineChars = 600
const minLineChars = 80

/** The summary without these sections, and what the person had said; the todo list has moved on since. */
export function splitSaid(summary: string): { text: string; said: string[] } {
  const at = summary.lastIndexOf(`${heading}\n`)
  const lines = at < 0 ? [] : summary.slice(at + heading.length + 1).split('\n')
  const said = lines.flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))
  const before = at < 0 ? summary : summary.slice(0, at)
  const todoAt = before.lastIndexOf(`${todoHeading}\n`)
  return { text: (todoAt < 0 ? before : before.slice(0, todoAt)).trim(), said }
}

export function withSaid(
  text: string,
  { said, todo }: { said: readonly string[]; todo: readonly string[] },
): string {
  return [text, section(todoHeading, todo), section(heading, said)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `- ${line}`).join('\n')}`
}

/** Oldest first. */
export function saidByPerson(
  items: readonly ContextItem[],
  { earlier, maxChars }: { earlier: readonly string[]; maxChars: number },
): string[] {
  const typed = items.flatMap(({ message }) => {
    if (message.role !== 'user') return []
    const texts = message.content.flatMap((block) => (block.type === 'text' ? [block.text] : []))
    const text = texts.find((one) => !isOwnWords(one)) ?? ''
    const line = oneLine(withoutAttached(text), maxLineChars)
    return line === '' ? [] : [line]
  })
  return within([...earlier, ...typed], maxChars)
}

/** Files and pipes are material; the log has them. */
function withoutAttached(text: string): string {
  return text
    .replace(/<(file|stdin)\b[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replace(/^<(file|stdin|goal|plan|plan-request)\b[\s\S]*$/m, ' ')
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
