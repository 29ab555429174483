/** Tries in lines for people: the list of those that are kept, and what one of them would change. */
import { formatBytes, formatDuration, neutralize, oneLine, plural } from '../base/text.ts'
import type { TryReport, TryState } from '../contract/tries.ts'
import { changeLines, changesSummary } from './change-list.ts'
import { diffLines } from './diff-view.ts'
import type { Style } from './style.ts'

/** Of a diff on a screen; all of it with `--diff`, or `show`. */
const maxDiffLines = 120
const maxRows = 60

/** `try_3  npm install  (2m 05s ago, 12 KB)`. */
export function tryLine(state: TryState, now: number): string {
  const age = formatDuration(Math.max(0, now - state.startedAt))
  const how = state.inUse ? 'in use' : endText(state)
  const parts = [`${age} ago`, formatBytes(state.bytes), how].filter((part) => part !== '')
  return `${state.id}  ${oneLine(neutralize(state.command), 80)}  (${parts.join(', ')})`
}

/** What it would change: the list, what is to be known, and the diff. */
export function reportLines(
  report: TryReport,
  options: { style: Style; maxDiffLines?: number; maxRows?: number },
): string[] {
  const { style } = options
  const { changes, notes, conflicts, diff, leftOut } = report
  return [
    style.bold(`${changesSummary(changes)} on the copy; your files are untouched`),
    ...changeLines(changes, { style, maxRows: options.maxRows ?? maxRows }),
    ...notes.map((note) => style.yellow(`  ! ${neutralize(note)}`)),
    ...conflicts.map(({ path, why }) =>
      style.red(`  ! ${neutralize(path)} ${why}: it cannot be applied`),
    ),
    ...(leftOut > 0
      ? [style.dim(`  ${plural(leftOut, 'file')} without a diff, for its length`)]
      : []),
    ...(diff === ''
      ? []
      : diffLines(diff, { style, maxLines: options.maxDiffLines ?? maxDiffLines, headers: true })),
  ]
}

/** How to go on with one that is kept. */
export function keptText(id: string, prefix: 'codi try ' | '/tries '): string {
  return `kept as ${id}: ${prefix}show ${id}, ${prefix}apply ${id} [PATH …], ${prefix}discard ${id}`
}

function endText({ exitCode, signal }: TryState): string {
  if (signal !== null) return `killed by ${signal}`
  if (exitCode === null) return 'interrupted'
  return exitCode === 0 ? '' : `exit ${exitCode}`
}
