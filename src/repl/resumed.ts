/** What a person sees when an earlier conversation is opened again: which one, and how it ended. */
import { formatCount, neutralize, oneLine, plural } from '../base/text.ts'
import type { SessionSummary } from '../contract/session.ts'
import type { Face } from './face.ts'

const tailLines = 24

export function resumedText(
  summary: SessionSummary,
  conversation: string,
  face: Face,
  options: { whole: boolean } = { whole: false },
): string {
  const { style, glyphs } = face
  const lines = neutralize(conversation).trimEnd().split('\n')
  const shown = options.whole ? lines : lines.slice(-tailLines)
  const left = lines.length - shown.length
  const facts = [
    summary.id,
    plural(summary.messages, 'message'),
    `${formatCount(summary.inputTokens + summary.outputTokens)} tokens`,
  ]
  const label = oneLine(neutralize(summary.label), 80)
  return [
    `${style.bold(label || 'Conversation')} ${style.dim(facts.join(` ${glyphs.separator} `))}`,
    ...(left > 0 ? [style.dim(`(${plural(left, 'line')} before)`)] : []),
    ...shown.map((line) => style.dim(line)),
    '',
  ].join('\n')
}
