/** What a test runner reported, as numbers and names, and the part of its output that tells about failures. */
import { headAndTail } from '../../base/text.ts'
import { type ReportFormat, reportFormats } from './run-formats.ts'

export interface TestReport {
  runner: string
  passed: number
  failed: number
  skipped: number
  /** What `passed` counts. */
  unit: string
  /** Names, each once. */
  failures: string[]
}

const maxFailures = 200

/** `runner` is the one that was called, where it is known; else every format is tried. */
export function parseReport(output: string, runner: string | undefined): TestReport | undefined {
  const expected = reportFormats.filter((format) => format.runner === runner)
  for (const format of [...expected, ...reportFormats]) {
    const summaries = output.match(format.summary)
    if (summaries) return report(output, format, summaries)
  }
  return undefined
}

function report(output: string, format: ReportFormat, summaries: string[]): TestReport {
  const sum = (patterns: readonly RegExp[]) =>
    summaries.reduce((total, summary) => total + sumOf(summary, patterns), 0)
  const failed = sum(format.failed)
  const skipped = sum(format.skipped ?? [])
  const passed = format.total
    ? Math.max(0, sum([format.total]) - failed - skipped)
    : sum(format.passed ? [format.passed] : []) || countOf(output, format.passedLines)
  const failures = failed === 0 ? [] : failureNames(detailsOf(output, format), format)
  return { runner: format.runner, passed, failed, skipped, unit: format.unit ?? 'test', failures }
}

/** A pattern with a group gives a number; one without counts as one. */
function sumOf(summary: string, patterns: readonly RegExp[]): number {
  return patterns.reduce((total, pattern) => {
    const match = pattern.exec(summary)
    return total + (match ? Number(match[1] ?? 1) : 0)
  }, 0)
}

function countOf(output: string, lines: RegExp | undefined): number {
  return lines ? (output.match(lines)?.length ?? 0) : 0
}

function failureNames(text: string, format: ReportFormat): string[] {
  const names = new Set<string>()
  for (const match of text.matchAll(format.failure)) {
    const name = (match[1] ?? match[2] ?? '').replace(/\n\s+/g, ' > ').trim()
    if (name !== '') names.add(name)
    if (names.size === maxFailures) break
  }
  return [...names]
}

/** From where the failures are told; cargo names them before, so its names are looked for in everything. */
function detailsOf(output: string, format: ReportFormat): string {
  const start = format.runner === 'cargo' ? undefined : format.details?.exec(output)
  return start ? output.slice(start.index) : output
}

/** The output that tells why tests failed, without what went well, at most `maxChars`. */
export function failingOutput(
  output: string,
  report: TestReport | undefined,
  maxChars: number,
): string {
  const format = reportFormats.find((each) => each.runner === report?.runner)
  const start = format?.details?.exec(output)
  const { noise } = format ?? {}
  const told = (start ? output.slice(start.index) : output)
    .split('\n')
    .filter((line) => !noise?.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return headAndTail(told, { maxChars }).text
}
