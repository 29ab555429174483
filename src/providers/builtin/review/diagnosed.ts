/**
 * Errors of the language servers that this diff brought: in a line it added, or where a name is used that it changed.
 * Errors that were there before, and those of packages that are not installed, are nobody's finding.
 */
import { oneLine } from '../../../base/text.ts'
import type { Finding } from '../../../contract/review.ts'
import type { DefinitionChange } from '../changes.ts'
import type { FileDiff } from '../diff.ts'
import { isCode } from '../languages.ts'
import { type DiagnosticRow, diagnosticRows } from '../results.ts'
import type { Outcome, Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import type { Users } from './callers.ts'

const maxDiagnosed = 12
const maxUserFiles = 8
const maxOfFile = 5

export function* diagnosed(
  files: readonly FileDiff[],
  known: {
    users: readonly Users[]
    changes: readonly DefinitionChange[]
    current: ReadonlySet<string>
  },
  toolkit: Toolkit,
): Script<Finding[]> {
  const changed = files
    .filter((file) => file.status !== 'deleted' && !file.binary && isCode(file.path))
    .slice(0, maxDiagnosed)
  if (changed.length === 0 || !toolkit.has('diagnostics')) return []
  // A diff of another time says nothing of the files as they are now.
  const current = changed.filter((file) => known.current.has(file.path))
  if (current.length === 0) return []
  const inDiff = new Set(files.map((file) => file.path))
  const places = known.users.flatMap(({ uses }) => uses)
  const isUse = (row: DiagnosticRow): boolean =>
    places.some((use) => use.file === row.file && use.line === row.line)
  const others = [...new Set(places.map((use) => use.file))]
    .filter((file) => !inDiff.has(file))
    .slice(0, maxUserFiles)
  const outcomes: Outcome[] = yield toolkit.diagnostics([
    ...current.map((file) => file.path),
    ...others,
  ])
  const names = new Set(
    known.changes.filter((change) => change.change !== 'body').map((change) => change.name),
  )
  const errors = diagnosticRows(outcomes).filter((row) => row.severity === 'error')
  const byFile = Map.groupBy(unique(errors), (row) => row.file)
  return [...byFile].flatMap(([path, rows]) => {
    if (rows.some(isMissingPackage)) return []
    const file = current.find((entry) => entry.path === path)
    return rows
      .filter((row) => (file && isAdded(row, file)) || isUse(row) || mentions(row, names))
      .slice(0, maxOfFile)
      .map((row) => findingOf(row, file !== undefined))
  })
}

/** Of what two servers say the same, one. */
function unique(rows: readonly DiagnosticRow[]): DiagnosticRow[] {
  const seen = new Map(rows.map((row) => [`${row.file}:${row.line}:${row.message}`, row]))
  return [...seen.values()]
}

/** The dependencies are not here: whatever else is said of this file may follow from that. */
function isMissingPackage(row: DiagnosticRow): boolean {
  return /cannot find (?:module|type definition)[^'"`]*['"`](?!\.)|import "?[\w.]+"? could not be resolved|could not import|file not found|no required module provides|cannot find package|cannot find name '(?:process|Buffer|require|console|Bun|Deno|describe|test|it)'/i.test(
    row.message,
  )
}

function isAdded(row: DiagnosticRow, file: FileDiff): boolean {
  return file.hunks.some((hunk) =>
    hunk.lines.some((line) => line.type === '+' && line.newLine === row.line),
  )
}

function mentions(row: DiagnosticRow, names: ReadonlySet<string>): boolean {
  const quoted = row.message.matchAll(/['"`‘“]([\w$]+)['"`’”]/g)
  return [...quoted].some(([, name = '']) => names.has(name))
}

function findingOf(row: DiagnosticRow, inDiff: boolean): Finding {
  const source = row.source === '' ? 'The language server' : row.source
  return {
    severity: 'error',
    file: row.file,
    line: row.line,
    title: oneLine(row.message, 120),
    detail: `${source} reports it for the file as it is now${inDiff ? '' : ', which the diff does not touch'}.`,
  }
}
