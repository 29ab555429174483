/** A diff that was piped into a question: what it changes and what the static review says, in words. */
import type { Finding } from '../../../contract/review.ts'
import { definitionChanges, filesToOutline, nameBodies } from '../changes.ts'
import { parseDiff } from '../diff.ts'
import { symbolRows } from '../results.ts'
import { reviewDiff } from '../review/review.ts'
import type { Outcome, Script } from '../script.ts'
import type { Asked } from './asked.ts'
import { at, code, listed, paragraphs } from './markdown.ts'

const shownFindings = 12
const outlinedFiles = 6
const verbs = {
  added: 'adds',
  removed: 'removes',
  head: 'changes the signature of',
  body: 'changes',
}

export function* reviewInWords({ conversation, toolkit }: Asked): Script {
  const diff = conversation.stdin ?? ''
  const review = yield* reviewDiff(diff, toolkit)
  const files = parseDiff(diff)
  const told = definitionChanges(files)
  const outcomes: Outcome[] = yield filesToOutline(files, told)
    .slice(0, outlinedFiles)
    .flatMap((file) => toolkit.outline(file))
  const changes = nameBodies(files, told, symbolRows(outcomes))
  const byFile = Map.groupBy(changes, (change) => change.file)
  const said = [...byFile].slice(0, 10).map(([file, own]) => {
    const parts = (['added', 'removed', 'head', 'body'] as const).flatMap((kind) => {
      const names = own
        .filter((change) => change.change === kind)
        .map((change) => code(change.name))
      return names.length === 0 ? [] : [`${verbs[kind]} ${listed([...new Set(names)], 4)}`]
    })
    return `- ${code(file)} ${parts.join('; ')}`
  })
  return paragraphs(review.summary, said.join('\n'), findingLines(review.findings))
}

function findingLines(findings: readonly Finding[]): string {
  if (findings.length === 0) return ''
  const lines = findings
    .slice(0, shownFindings)
    .map((finding) =>
      `- ${finding.severity}: ${at(finding.file, finding.line)} ${finding.title}. ${finding.detail}`.trimEnd(),
    )
  if (findings.length > shownFindings)
    lines.push(
      `- … and ${findings.length - shownFindings} more; \`git diff | codi review\` lists them all`,
    )
  return lines.join('\n')
}
