/** A review as SARIF 2.1.0, the form that code hosts show as annotations. */
import type { JsonObject } from '../../base/json.ts'
import type { Finding, Review, Severity } from '../../contract/review.ts'

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }

export function toSarif(review: Review, options: { version?: string } = {}): JsonObject {
  const rules = [...new Set(review.findings.map(ruleId))]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'codi',
            ...(options.version === undefined ? {} : { version: options.version }),
            rules: rules.map((id) => ({
              id,
              shortDescription: {
                text: review.findings.find((row) => ruleId(row) === id)?.title ?? id,
              },
            })),
          },
        },
        results: review.findings.map((finding) => ({
          ruleId: ruleId(finding),
          ruleIndex: rules.indexOf(ruleId(finding)),
          level: levels[finding.severity],
          message: {
            text: finding.detail === '' ? finding.title : `${finding.title}: ${finding.detail}`,
          },
          ...(finding.file === '' ? {} : { locations: [locationOf(finding)] }),
        })),
      },
    ],
  }
}

function locationOf(finding: Finding): JsonObject {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(finding.file) },
      ...(finding.line > 0 ? { region: { startLine: finding.line } } : {}),
    },
  }
}

/** The same kind of finding has the same id in every run: its title without names and numbers. */
function ruleId(finding: Finding): string {
  const words = finding.title
    .toLowerCase()
    .replace(/`[^`]*`/g, '')
    .replace(/\d+/g, '')
    .match(/[a-z]+/g)
  return words?.slice(0, 6).join('-') || 'finding'
}
