/**
 * The review of a diff without a model: what the diff alone shows, then what the rest of the code says of it: users that
 * did not follow, errors of the language servers, tests that do not reach it, copies, import cycles. Worst first.
 */
import { plural } from '../../../base/text.ts'
import type { Finding, Review, Severity } from '../../../contract/review.ts'
import { definitionChanges } from '../changes.ts'
import { type FileDiff, parseDiff } from '../diff.ts'
import { type Script, together } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { callerFindings, type Told, usersOf } from './callers.ts'
import { diffFindings } from './checks.ts'
import { clones } from './clones.ts'
import { importCycles } from './cycles.ts'
import { diagnosed } from './diagnosed.ts'
import { movedFiles } from './moved-files.ts'
import { risksOf } from './risks.ts'
import { untestedCode } from './untested.ts'
import { widened } from './widened.ts'

const maxFindings = 100

export function* reviewDiff(text: string, toolkit: Toolkit): Script<Review> {
  const files = parseDiff(text)
  if (files.length === 0) {
    return {
      summary: 'There is no diff to review: pipe one in, as in `git diff | codi review`.',
      findings: [],
    }
  }
  const found = yield* together([
    relied(files, toolkit),
    untestedCode(files, definitionChanges(files), toolkit),
    movedFiles(files, toolkit),
    clones(files, toolkit),
    importCycles(files, toolkit),
  ])
  const findings = [...diffFindings(files), ...found.flat()].sort(worstFirst)
  return { summary: summarize(files, findings), findings: findings.slice(0, maxFindings) }
}

/** What others rely on: first who they are, then what the language servers say of them. */
function* relied(diff: readonly FileDiff[], toolkit: Toolkit): Script<Finding[]> {
  const { files, current } = yield* widened(diff, toolkit)
  const changes = definitionChanges(files)
  const users = yield* usersOf(risksOf(changes, files), files, toolkit)
  const errors = yield* diagnosed(files, { users, changes, current }, toolkit)
  return joined(callerFindings(users, changes), errors)
}

/** One finding a cause: an error of a language server at a place that is told already only confirms it. */
function joined(told: readonly Told[], errors: readonly Finding[]): Finding[] {
  const about = ({ name, uses }: Told, error: Finding): boolean =>
    new RegExp(`['"\`]${name.replace(/\$/g, '\\$')}['"\`]`).test(error.title) ||
    uses.some((use) => use.file === error.file && use.line === error.line)
  const rest = errors.filter((error) => !told.some((entry) => about(entry, error)))
  const confirmed = told.map((entry): Finding => {
    const error = errors.find((one) => about(entry, one))
    if (!error) return entry.finding
    const { finding } = entry
    const detail = `${finding.detail} The language server agrees, at \`${error.file}:${error.line}\`: ${error.title}`
    return { ...finding, severity: 'error', detail }
  })
  return [...confirmed, ...rest]
}

const weights: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

function worstFirst(a: Finding, b: Finding): number {
  return (
    weights[a.severity] - weights[b.severity] || a.file.localeCompare(b.file) || a.line - b.line
  )
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
