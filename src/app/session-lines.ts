/** Sessions in lines of text, the same on the command line and in the REPL. Nothing here is safe to print yet. */
import { formatBytes, formatDuration, formatMinute, oneLine, plural } from '../base/text.ts'
import type { RepairReport, SearchHit, SessionHolder, SessionSummary } from '../contract/session.ts'
import type { ImportFailure, ImportOutcome } from '../contract/session-transfer.ts'
import { holderText } from '../sessions/lease.ts'

const labelChars = 60

/** `Find the rounding error (named cart, archived, open in process 41 on pts/2)`. */
export function sessionAbout(row: SessionSummary): string {
  const marks = [
    ...(row.name === undefined ? [] : [`named ${oneLine(row.name, labelChars)}`]),
    ...(row.archived ? ['archived'] : []),
    ...(row.heldBy ? [heldText(row.heldBy)] : []),
    ...(row.forkedFrom ? ['a fork'] : []),
    ...(row.importedFrom ? [`from ${row.importedFrom.program}`] : []),
  ]
  const label = oneLine(row.label, labelChars) || '(no label)'
  return marks.length === 0 ? label : `${label} (${marks.join(', ')})`
}

function heldText(holder: SessionHolder): string {
  return holder.pid === process.pid ? 'this one' : `open in ${holderText(holder)}`
}

/** `12 messages over 5m 20s`. */
export function sessionLength(row: SessionSummary): string {
  const long = row.updatedAt - row.createdAt
  const over = long >= 1000 ? ` over ${spanText(long)}` : ''
  return `${plural(row.messages, 'message')}${over}`
}

function spanText(ms: number): string {
  const hours = ms / 3_600_000
  if (hours < 2) return formatDuration(ms)
  return hours < 48 ? plural(Math.round(hours), 'hour') : plural(Math.round(hours / 24), 'day')
}

export function sessionLine(
  row: SessionSummary,
  options: { number?: number; everywhere: boolean },
): string {
  const number = options.number === undefined ? '' : `${String(options.number).padStart(3)}  `
  const where = options.everywhere ? `  ${oneLine(row.cwd, Number.POSITIVE_INFINITY)}` : ''
  const count = String(row.messages).padStart(5)
  return `${number}${row.id}  ${formatMinute(row.updatedAt)}  ${count}  ${sessionAbout(row)}${where}`
}

/** The session, then where in it the words stand. */
export function hitLines({ summary, hits, count }: SearchHit, everywhere: boolean): string[] {
  const more = count > hits.length ? [`    and ${plural(count - hits.length, 'more message')}`] : []
  return [
    sessionLine(summary, { everywhere }),
    ...hits.map(
      ({ role, snippet }) => `    ${role === 'user' ? '>' : ' '} ${oneLine(snippet, 160)}`,
    ),
    ...more,
  ]
}

export function isFailure(outcome: ImportOutcome | ImportFailure): outcome is ImportFailure {
  return 'message' in outcome
}

const states: Record<ImportOutcome['state'], string> = {
  imported: 'imported',
  known: 'here already',
  preview: 'would import',
  empty: 'nothing in it',
}

/** `imported 20261122-… "Cart total" (claude, 12 messages, 3 calls); left out: broken lines (2)`. */
export function importLine(outcome: ImportOutcome): string {
  const { program, messages, calls, compactions, leftOut, title, session, sourceId, state } =
    outcome
  const facts = [
    program,
    plural(messages, 'message'),
    ...(calls > 0 ? [plural(calls, 'call')] : []),
    ...(compactions > 0 ? [plural(compactions, 'summary', 'summaries')] : []),
  ]
  const left = Object.entries(leftOut).map(([what, count]) => `${what} (${count})`)
  const label = title === '' ? '' : ` "${oneLine(title, labelChars)}"`
  return `${states[state]} ${session ?? oneLine(sourceId, labelChars)}${label} (${facts.join(', ')})${left.length === 0 ? '' : `; left out: ${left.join(', ')}`}`
}

export function importSum(outcomes: readonly (ImportOutcome | ImportFailure)[]): string {
  const count = (state: ImportOutcome['state']) =>
    outcomes.filter((outcome) => !isFailure(outcome) && outcome.state === state).length
  const parts = [
    [count('imported'), 'imported'],
    [count('preview'), 'would be imported'],
    [count('known'), 'here already'],
    [count('empty'), 'empty'],
    [outcomes.filter(isFailure).length, 'could not be read'],
  ] as const
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  return told.length === 0 ? 'no sessions found' : told.join(', ')
}

export function prunedLine(rows: readonly SessionSummary[], dryRun: boolean): string {
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  if (rows.length === 0) return 'nothing to remove'
  return `${dryRun ? 'would remove' : 'removed'} ${plural(rows.length, 'session')} (${formatBytes(bytes)})`
}

export function repairLines(report: RepairReport): string[] {
  const sum = `${plural(report.sessions, 'session')} with ${plural(report.entries, 'entry', 'entries')}`
  return [
    ...report.lines,
    report.lost ? `${sum}; something that had been kept is lost` : `${sum}, all readable`,
  ]
}
