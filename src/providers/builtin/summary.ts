/**
 * A summary without a model: what the messages themselves say, sentence by sentence and word for word. The person's
 * wishes and decisions are known by their cue words, changes by the calls that made them, errors by how tools write
 * them; names and numbers are kept that recur or were stressed. Nothing is worded anew, so nothing is invented.
 */
import { oneLine } from '../../base/text.ts'
import type { ContextItem } from '../../contract/context-items.ts'
import { changedFiles, failures, nextStep, openTodo } from './summary-calls.ts'
import { factLines } from './summary-facts.ts'
import { constraints, decisions, focused, goals, questions } from './summary-sentences.ts'
import { readConversation, type Spoken } from './summary-spoken.ts'

export interface ExtractOptions {
  /** The summary before, which is merged. */
  earlier?: string
  focus?: string
  maxChars: number
}

interface Section {
  heading: string
  /** Of the whole, at most; what others leave over goes to the last. */
  share: number
  /** Which lines stay where there are too many. */
  keep: 'first' | 'last'
  /** What the newer summary says takes the place of what the older one said. */
  replaces?: true
  lines(spoken: Spoken, options: ExtractOptions): string[]
}

const sections: readonly Section[] = [
  { heading: 'Goal', share: 0.1, keep: 'last', lines: goals },
  { heading: 'Constraints', share: 0.14, keep: 'first', lines: constraints },
  { heading: 'Decisions', share: 0.2, keep: 'last', lines: decisions },
  { heading: 'Files changed', share: 0.14, keep: 'last', lines: changedFiles },
  { heading: 'Errors and failing tests', share: 0.14, keep: 'last', lines: failures },
  { heading: 'Todo', share: 0.08, keep: 'first', replaces: true, lines: openTodo },
  { heading: 'Next step', share: 0.06, keep: 'last', replaces: true, lines: nextStep },
  { heading: 'Open questions', share: 0.05, keep: 'last', lines: questions },
  { heading: 'Focus', share: 0.12, keep: 'last', lines: focused },
  { heading: 'Facts', share: 0.2, keep: 'last', lines: factLines },
]

const maxLineChars = 320

export function extractSummary(items: readonly ContextItem[], options: ExtractOptions): string {
  const spoken = readConversation(items)
  const earlier = readSections(options.earlier ?? '')
  const texts: string[] = []
  const told = new Set<string>()
  let left = options.maxChars
  for (const [index, section] of sections.entries()) {
    const isLast = index === sections.length - 1
    const found = section.lines(spoken, options).map((line) => oneLine(line, maxLineChars))
    const before = section.replaces && found.length > 0 ? [] : (earlier.get(section.heading) ?? [])
    earlier.delete(section.heading)
    const fresh = unique([...before, ...found]).filter((line) => !told.has(line))
    const lines = within(fresh, {
      keep: section.keep,
      maxChars: isLast ? left : Math.min(left, options.maxChars * section.share),
    })
    if (lines.length === 0) continue
    for (const line of lines) told.add(line)
    const text = `## ${section.heading}\n${lines.map((line) => `- ${line}`).join('\n')}`
    left -= text.length
    texts.push(text)
  }
  return texts.length === 0 ? '(Nothing was said that could be kept.)' : texts.join('\n')
}

/** Lines by the heading above them, of a summary that codi or a model wrote. */
function readSections(summary: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let lines = found.set('Facts', []).get('Facts') ?? []
  for (const line of summary.split('\n')) {
    const heading = /^#+ +(.+?)\s*$/.exec(line)?.[1]
    if (heading !== undefined) {
      // A model may call a section otherwise: what it says is a fact then.
      const known =
        sections.find((section) => heading.startsWith(section.heading))?.heading ?? 'Facts'
      lines = found.get(known) ?? []
      found.set(known, lines)
    } else if (line.trim() !== '') lines.push(line.replace(/^\s*[-*] +/, '').trim())
  }
  return found
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines.filter((line) => line !== ''))]
}

function within(
  lines: readonly string[],
  { keep, maxChars }: { keep: 'first' | 'last'; maxChars: number },
): string[] {
  const order = keep === 'first' ? lines : lines.toReversed()
  let chars = 0
  const kept = order.filter((line) => {
    chars += line.length + 3
    return chars <= maxChars
  })
  return keep === 'first' ? kept : kept.reverse()
}
