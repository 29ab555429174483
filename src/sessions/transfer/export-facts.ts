/** What stands at the head of an export: where, when, with whom, how long, what it cost. */
import { formatCount, formatMinute, plural } from '../../base/text.ts'
import type { SessionSummary } from '../../contract/session.ts'

export function exportFacts(summary: SessionSummary): [name: string, value: string][] {
  const { provider, model, createdAt, updatedAt, importedFrom } = summary
  const answeredBy = [provider, model].filter((word) => word !== '').join('/')
  return [
    ['Session', summary.id],
    ...(summary.name === undefined ? [] : ([['Name', summary.name]] as [string, string][])),
    ['Directory', summary.cwd],
    ['Model', answeredBy || 'unknown'],
    ['Time', `${formatMinute(createdAt)} to ${formatMinute(updatedAt)}`],
    [
      'Length',
      `${plural(summary.prompts, 'prompt')}, ${plural(summary.messages, 'message')}, ${plural(summary.calls, 'call')}`,
    ],
    ['Tokens', `${formatCount(summary.inputTokens)} in, ${formatCount(summary.outputTokens)} out`],
    ['Cost', costText(summary)],
    ...(importedFrom === undefined
      ? []
      : ([['Imported', `from ${importedFrom.program}, ${importedFrom.id}`]] as [string, string][])),
  ]
}

export function exportTitle({ name, label, id }: SessionSummary): string {
  return label || name || id
}

function costText(summary: SessionSummary): string {
  const { costUsd, unpriced } = summary
  const asked = summary.inputTokens + summary.outputTokens + unpriced > 0
  if (costUsd === null) return asked ? 'unknown' : 'none'
  const known = `$${costUsd.toFixed(costUsd < 1 ? 4 : 2)}`
  return unpriced > 0 ? `at least ${known}` : known
}
