/** A review as a person reads it in a terminal or a log: `file:line: severity: title`, so that editors can jump. */
import { neutralize } from '../../base/text.ts'
import type { Finding, Review, Severity } from '../../contract/review.ts'

const colors: Record<Severity, string> = { error: '31', warning: '33', info: '36' }

export function renderReview(review: Review, options: { color: boolean }): string {
  const paint = (code: string, text: string): string =>
    options.color && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text
  const blocks = review.findings.map((finding) => block(finding, paint))
  const summary = neutralize(review.summary)
  if (blocks.length === 0) return summary === '' ? 'No findings.' : summary
  return [...blocks, summary].filter((text) => text !== '').join('\n\n')
}

function block(finding: Finding, paint: (code: string, text: string) => string): string {
  const place = finding.file === '' ? '' : `${paint('1', placeOf(finding))}: `
  const severity = paint(colors[finding.severity], `${finding.severity}:`)
  const head = `${place}${severity} ${neutralize(finding.title)}`
  if (finding.detail === '') return head
  const detail = neutralize(finding.detail)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
  return `${head}\n${detail}`
}

function placeOf(finding: Finding): string {
  return neutralize(finding.line > 0 ? `${finding.file}:${finding.line}` : finding.file)
}
