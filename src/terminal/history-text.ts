/** Undo, redo, checkpoints and what lies on disk in lines for people, the same in the REPL and on the command line. */
import { formatBytes, formatMinute, neutralize, oneLine, plural } from '../base/text.ts'
import type {
  Checkpoint,
  DiskRow,
  GcRow,
  HistoryPlan,
  HistoryResult,
  PlannedFile,
  StepSummary,
} from '../contract/history.ts'
import { changeLines, changesSummary, shownName } from './change-list.ts'
import type { Style } from './style.ts'

const verbs = { undo: 'Undo', redo: 'Redo', restore: 'Go back' } as const
const done = { undo: 'Undone', redo: 'Redone', restore: 'Back' } as const
const maxLabelChars = 70
const maxProjects = 10

const headings: readonly { outcome: PlannedFile['outcome']; text: string }[] = [
  { outcome: 'conflict', text: 'changed by you since, you decide:' },
  { outcome: 'lost', text: 'cannot be taken back:' },
  { outcome: 'blocked', text: 'something stands in the way, these stay as they are:' },
]

/** What a plan would do, before it is done. */
export function planLines(plan: HistoryPlan, { style }: { style: Style }): string[] {
  const title = plan.steps.map((step) => label(step))
  const prompts = plan.conversation?.prompts ?? 0
  const last = prompts > 1 ? `the last ${prompts} prompts` : 'the last prompt'
  const alone = plan.conversation ? last : 'nothing was done since'
  const [first = alone, ...others] = title
  const { conversation } = plan
  const doable = plan.files.filter((file) => isDone(file))
  return [
    `${style.bold(`${verbs[plan.what]}:`)} ${first}${others.length > 0 ? style.dim(` and ${plural(others.length, 'step')} before it`) : ''}`,
    ...changeLines(doable, { style }),
    ...headings.flatMap(({ outcome, text }) => {
      const files = plan.files.filter((file) => file.outcome === outcome)
      if (files.length === 0) return []
      return [style.yellow(`  ${text}`), ...changeLines(files, { style })]
    }),
    ...(plan.files.length === 0 ? [style.dim('  no file changes')] : []),
    ...(conversation ? [style.dim(`  ${conversationText(plan)}`)] : []),
    ...plan.notes.map((note) => style.yellow(`  note: ${neutralize(note)}`)),
  ]
}

function conversationText({ conversation }: HistoryPlan): string {
  if (conversation?.prompt === undefined) return 'the conversation goes to where it was then'
  const prompt = oneLine(neutralize(conversation.prompt), maxLabelChars)
  const { prompts } = conversation
  return prompts > 1
    ? `the conversation goes back by ${plural(prompts, 'prompt')}, to before "${prompt}"`
    : `the conversation goes back to before "${prompt}"`
}

export function hasWork(plan: HistoryPlan): boolean {
  const isAsBefore = plan.steps.length > 0 && plan.files.length === 0
  return (
    plan.conversation !== undefined ||
    isAsBefore ||
    plan.files.some((file) => isDone(file) || isOpen(file))
  )
}

/** Why there is no work. */
export function noWork(plan: HistoryPlan): string {
  return plan.steps.length === 0 ? 'There is nothing to take back' : 'Nothing of it can be done'
}

function isDone({ outcome }: PlannedFile): boolean {
  return outcome === 'restore' || outcome === 'merge'
}

function isOpen({ outcome }: PlannedFile): boolean {
  return outcome === 'conflict'
}

/** What was done, in a line, and what stayed. */
export function resultLines(
  plan: HistoryPlan,
  result: HistoryResult,
  { style }: { style: Style },
): string[] {
  const files = result.files.length > 0 ? changesSummary(result.files) : 'no file changed'
  const back = plan.conversation ? '; the conversation went with it' : ''
  const way =
    plan.what === 'redo' || result.step === undefined ? '' : style.dim('  (redo takes it back)')
  return [
    `${style.green(done[plan.what])}: ${files}${back}${way}`,
    ...result.left.map((file) =>
      style.yellow(
        `  ${neutralize(file.path)} stays as it is${file.note === undefined ? '' : `: ${neutralize(file.note)}`}`,
      ),
    ),
  ]
}

export function stepLine(step: StepSummary): string {
  const state = step.undone ? '  (undone)' : ''
  const id = `#${step.id}`.padEnd(6)
  return `${id} ${formatMinute(step.at)}  ${plural(step.files, 'file').padStart(9)}  ${label(step)}${state}`
}

function label(step: StepSummary): string {
  return oneLine(neutralize(step.label), maxLabelChars) || step.kind
}

export function checkpointLine(row: Checkpoint): string {
  const since =
    row.files === 0 ? 'nothing changed since' : `${plural(row.files, 'file')} changed since`
  const how = row.automatic ? '  (made before a risky command)' : ''
  return `${oneLine(neutralize(row.name), maxLabelChars)}  ${formatMinute(row.at)}  ${since}${how}`
}

export function diskLines(rows: readonly DiskRow[]): string[] {
  const total = rows
    .filter(({ what }) => what !== 'captures')
    .reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    ...rows.flatMap(({ what, bytes, path, projects = [] }) => [
      `${what.padEnd(10)} ${formatBytes(bytes).padStart(8)}  ${shownName(path)}`,
      ...projects
        .slice(0, maxProjects)
        .map(
          (row) =>
            `${''.padEnd(10)} ${formatBytes(row.bytes).padStart(8)}    ${shownName(row.root)}`,
        ),
      ...(projects.length > maxProjects
        ? [`${''.padEnd(21)}and ${plural(projects.length - maxProjects, 'project')} more`]
        : []),
    ]),
    `${'in all'.padEnd(10)} ${formatBytes(total).padStart(8)}`,
  ]
}

export function gcLines(rows: readonly GcRow[], { isDryRun }: { isDryRun: boolean }): string[] {
  if (rows.length === 0) return ['nothing to free']
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  return [
    ...rows.map((row) => `${formatBytes(row.bytes).padStart(8)}  ${row.count} ${row.what}`),
    `${formatBytes(bytes).padStart(8)}  ${isDryRun ? 'would be freed' : 'freed'}`,
  ]
}
