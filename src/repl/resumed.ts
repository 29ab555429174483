/** What a person sees when an earlier conversation is opened again: which one, where it stood, and how to go on. */
import { todoLine } from '../app/todo-text.ts'
import { formatCount, formatMinute, neutralize, oneLine, plural } from '../base/text.ts'
import type { SessionSummary } from '../contract/session.ts'
import type { Standing } from '../contract/session-access.ts'
import type { Face } from './face.ts'

const promptLines = 6
const answerLines = 14
const todoItems = 8
const files = 6

export function standingText(standing: Standing, face: Face): string {
  const { style, glyphs } = face
  const { lastPrompt, answerEnd, openTodo, filesChanged, interrupted } = standing
  const lines = [headLine(standing.summary, face)]
  if (lastPrompt !== '')
    lines.push(
      ...first(lastPrompt, promptLines).map((line) => style.dim(`${glyphs.submitted} ${line}`)),
    )
  if (answerEnd !== '') lines.push(...last(answerEnd, answerLines).map((line) => style.dim(line)))
  for (const item of openTodo.slice(0, todoItems)) lines.push(`  ${neutralize(todoLine(item))}`)
  if (openTodo.length > todoItems)
    lines.push(`  ${plural(openTodo.length - todoItems, 'more')} to do`)
  if (filesChanged.length > 0) {
    const more = filesChanged.length > files ? ` and ${filesChanged.length - files} more` : ''
    lines.push(neutralize(`Changed: ${filesChanged.slice(0, files).join(', ')}${more}`))
  }
  if (interrupted) lines.push(style.yellow(neutralize(interruptedText(interrupted))))
  return `${lines.join('\n')}\n\n`
}

function interruptedText({ calls, drafted }: NonNullable<Standing['interrupted']>): string {
  const what =
    calls.length > 0
      ? `${calls.join(', ')} had no result yet; what was done until then stands`
      : drafted
        ? 'the answer was being written'
        : 'there was no answer yet'
  return `It was interrupted: ${what}. Type "go on", or another prompt.`
}

/** The whole conversation, for reading. */
export function conversationText(summary: SessionSummary, text: string, face: Face): string {
  const lines = neutralize(text).trimEnd().split('\n')
  return [headLine(summary, face), ...lines.map((line) => face.style.dim(line)), ''].join('\n')
}

function headLine(summary: SessionSummary, { style, glyphs }: Face): string {
  const facts = [
    summary.id,
    ...(summary.name === undefined ? [] : [neutralize(summary.name)]),
    formatMinute(summary.updatedAt),
    plural(summary.messages, 'message'),
    `${formatCount(summary.inputTokens + summary.outputTokens)} tokens`,
  ]
  const label = oneLine(neutralize(summary.label), 80)
  return `${style.bold(label || 'Conversation')} ${style.dim(facts.join(` ${glyphs.separator} `))}`
}

function first(text: string, count: number): string[] {
  const lines = neutralize(text).trim().split('\n')
  return lines.length <= count
    ? lines
    : [...lines.slice(0, count), `(${plural(lines.length - count, 'more line')})`]
}

function last(text: string, count: number): string[] {
  const lines = neutralize(text).trim().split('\n')
  return lines.length <= count
    ? lines
    : [`(${plural(lines.length - count, 'line')} before)`, ...lines.slice(-count)]
}
