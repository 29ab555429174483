/**
 * The review of a diff without a model: what the diff alone shows, then what the rest of the code says of it (callers,
 * diagnostics, tests near). Findings are sorted, worst first.
 */
import { oneLine, plural } from '../../../base/text.ts'
import type { Finding, Review, Severity } from '../../../contract/review.ts'
import { definitionChanges } from '../changes.ts'
import { type FileDiff, parseDiff } from '../diff.ts'
import { isCode, isTest } from '../languages.ts'
import { diagnosticRows, globPaths } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { callerFindings, riskyChanges } from './callers.ts'
import { diffFindings } from './checks.ts'
import { movedFileCalls, movedFileFindings, movedFiles } from './moved-files.ts'

const maxFindings = 100
const maxDiagnosed = 10
/** Added lines of code from which on a change without a test is worth a word. */
const untestedLines = 10

export function* reviewDiff(text: string, toolkit: Toolkit): Script<Review> {
  const files = parseDiff(text)
  if (files.length === 0) {
    return {
      summary: 'There is no diff to review: pipe one in, as in `git diff | codi review`.',
      findings: [],
    }
  }
  const risky = riskyChanges(definitionChanges(files))
  const changed = files.filter(
    (file) => file.status !== 'deleted' && !file.binary && isCode(file.path),
  )
  const untested = untestedFiles(files)
  const moved = movedFiles(files)
  const outcomes: Outcome[] = yield [
    ...toolkit.diagnostics(changed.slice(0, maxDiagnosed).map((file) => file.path)),
    ...risky.flatMap((change) => toolkit.uses(change.name)),
    ...movedFileCalls(moved, toolkit),
    ...(untested.length > 0 ? toolkit.glob('**/*{test,Test,spec}*') : []),
  ]
  const findings = [
    ...diffFindings(files),
    ...callerFindings(risky, outcomes, files),
    ...movedFileFindings(moved, outcomes, files),
    ...diagnosticFindings(outcomes, changed),
    ...untestedFinding(untested, globPaths(outcomes)),
  ].sort(worstFirst)
  return { summary: summarize(files, findings), findings: findings.slice(0, maxFindings) }
}

const weights: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

function worstFirst(a: Finding, b: Finding): number {
  return (
    weights[a.severity] - weights[b.severity] || a.file.localeCompare(b.file) || a.line - b.line
  )
}

/** Errors of a language server: in a line the diff brought, or anywhere when the file is new to it. */
function diagnosticFindings(outcomes: readonly Outcome[], changed: FileDiff[]): Finding[] {
  return diagnosticRows(outcomes).flatMap((row) => {
    const file = changed.find((entry) => entry.path === row.file)
    if (!file || row.severity !== 'error') return []
    return [
      {
        severity: 'error' as const,
        file: row.file,
        line: row.line,
        title: oneLine(row.message, 120),
        detail: `${row.source === '' ? 'The language server' : row.source} reports it for the file as it is now.`,
      },
    ]
  })
}

function untestedFiles(files: readonly FileDiff[]): FileDiff[] {
  if (files.some((file) => isTest(file.path) && file.status !== 'deleted')) return []
  return files.filter((file) => {
    if (!isCode(file.path) || isTest(file.path) || file.status === 'deleted') return false
    const lines = file.hunks.flatMap((hunk) => hunk.lines)
    // Rust keeps its tests in the file.
    if (lines.some((line) => line.type === '+' && /#\[(tokio::)?test\]/.test(line.text)))
      return false
    return (
      lines.filter((line) => line.type === '+' && line.text.trim() !== '').length >= untestedLines
    )
  })
}

function untestedFinding(untested: FileDiff[], tests: string[]): Finding[] {
  const first = untested[0]
  if (!first) return []
  const near = untested.flatMap((file) => testsNear(file.path, tests).slice(0, 2))
  const where =
    near.length > 0
      ? `Tests near it: ${near
          .slice(0, 4)
          .map((path) => `\`${path}\``)
          .join(', ')}.`
      : 'No test near it was found.'
  const others = untested.length > 1 ? ` (and ${plural(untested.length - 1, 'more file')})` : ''
  return [
    {
      severity: 'info',
      file: first.path,
      line: 0,
      title: `Code changed without a test${others}`,
      detail: where,
    },
  ]
}

/** Test files named for a source file: `src/a/loop.ts` has `test/a/loop.test.ts`, `tests/test_loop.py`, `loop_test.go`. */
export function testsNear(path: string, tests: readonly string[]): string[] {
  const stem = stemOf(path)
  return tests.filter((test) => isTest(test) && isCode(test) && testStem(test) === stem)
}

function stemOf(path: string): string {
  return (path.split('/').pop() ?? '').replace(/\.\w+$/, '').toLowerCase()
}

function testStem(path: string): string {
  return stemOf(path)
    .replace(/[._-]?(tests?|spec|e2e|suite)$/, '')
    .replace(/^test[._-]/, '')
}

function summarize(files: readonly FileDiff[], findings: readonly Finding[]): string {
  const lines = files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))
  const added = lines.filter((line) => line.type === '+').length
  const removed = lines.filter((line) => line.type === '-').length
  const size = `${plural(files.length, 'file')}, +${added} -${removed}`
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter((row) => row.count > 0)
    .map((row) =>
      plural(row.count, row.severity, row.severity === 'info' ? 'notes' : undefined).replace(
        /^1 info$/,
        '1 note',
      ),
    )
  const found = counts.length === 0 ? 'nothing to object to' : counts.join(', ')
  return `${size}: ${found}. Static checks only; no model has read the change.`
}
