/** Plans of undo, redo and the way back to a checkpoint: which files, which part of the conversation, what to know of it. */
import { CodiError } from '../base/errors.ts'
import { plural } from '../base/text.ts'
import type { HistoryPart, HistoryPlan, PlannedFile, StepSummary } from '../contract/history.ts'
import type { PathChange } from '../contract/journal.ts'
import { type ShownChange, shownPath, toChangeSet } from '../journal/change-set.ts'
import { foldChanges, onlyReal } from '../journal/fold.ts'
import type { Objects } from '../journal/objects.ts'
import { type PlanRow, planRows, undoing } from '../journal/plan.ts'
import { changesToUndo, ownChanges, redoable, standingSteps } from '../journal/select.ts'
import type { JournalStore } from '../journal/store.ts'
import type { CheckpointRow, StepRow } from '../journal/store-rows.ts'
import type { CurrentSession } from './current-session.ts'
import { backTo, beforeSteps, type Turnback } from './history-conversation.ts'

/** A plan with what only its execution needs. */
export interface MadePlan {
  plan: HistoryPlan
  rows: PlanRow[]
  selected: StepRow[]
  /** Steps that count as taken back afterwards. */
  undone: number[]
  turnback: Turnback | undefined
}

export interface PlanParts {
  store: JournalStore
  objects: Objects
  root: string
  current: CurrentSession
}

interface Filter {
  session?: string | undefined
  part: HistoryPart
}

export async function planUndoOf(
  parts: PlanParts,
  { count, session, part }: Filter & { count: number },
): Promise<MadePlan> {
  const { store, root, current } = parts
  const isConcerned = concerned(part, parts)
  const selected: StepRow[] = []
  for (const row of standingSteps(store, { root, session })) {
    if (selected.length < count && isConcerned(row)) selected.push(row)
  }
  if (selected.length < count) throw tooFew(selected.length, { count, session, root })
  const turnback = part === 'files' ? undefined : beforeSteps(selected, current)
  const changes = part === 'chat' ? [] : changesToUndo(store, selected, { root, session })
  const notes = part === 'both' && !turnback ? conversationNote(selected) : []
  // What they did to files can still be taken back when only the conversation went.
  const undone = selected
    .filter((row) => part !== 'chat' || !hasChanges(row, store))
    .map((row) => row.id)
  return make(parts, { what: 'undo', selected, changes, turnback, notes, undone })
}

/** Which steps count where only files, or only the conversation, are to go back. */
function concerned(part: HistoryPart, { store, current }: PlanParts): (row: StepRow) => boolean {
  if (part === 'files') return (row) => hasChanges(row, store)
  if (part === 'chat') return (row) => beforeSteps([row], current) !== undefined
  return () => true
}

function hasChanges(row: StepRow, store: JournalStore): boolean {
  return ownChanges(store, [row]).length > 0
}

export async function planRedoOf(parts: PlanParts, { session, part }: Filter): Promise<MadePlan> {
  const { store, root, current } = parts
  const selected = redoable(store, { root, session })
  const [step] = selected
  if (!step)
    throw new CodiError(
      'not_found',
      'There is nothing to redo; only the last undo can be taken back',
    )
  const turnback = part === 'files' ? undefined : backTo(step, current)
  const changes = part === 'chat' ? [] : changesToUndo(store, selected, { root, session })
  return make(parts, { what: 'redo', selected, changes, turnback, notes: [], undone: [] })
}

export async function planRestoreOf(
  parts: PlanParts,
  { checkpoint, part }: { checkpoint: CheckpointRow; part: HistoryPart },
): Promise<MadePlan> {
  const { store, root, current } = parts
  const all = store.changes({ root, above: checkpoint.change })
  const touched = new Set(all.map((row) => row.step))
  const partly = new Set(
    store
      .changes({ steps: [...touched] })
      .filter((row) => row.id <= checkpoint.change)
      .map((row) => row.step),
  )
  const selected = store.steps({ root }).filter((row) => touched.has(row.id))
  const isHere = checkpoint.session !== null && checkpoint.session === current.conversation.id
  const turnback = part === 'files' || !isHere ? undefined : backTo(checkpoint, current)
  const changes = part === 'chat' ? [] : onlyReal(foldChanges(all))
  const undone = selected
    .filter((row) => row.undoneBy === null && !partly.has(row.id))
    .map((row) => row.id)
  return make(parts, { what: 'restore', selected, changes, turnback, notes: [], undone })
}

async function make(
  { root, objects, store }: PlanParts,
  of: {
    what: HistoryPlan['what']
    selected: StepRow[]
    changes: PathChange[]
    turnback: Turnback | undefined
    notes: string[]
    undone: number[]
  },
): Promise<MadePlan> {
  const { what, selected, turnback, undone } = of
  const rows = await planRows(undoing(of.changes), objects)
  const notes = [...of.notes, ...new Set(selected.flatMap((row) => row.notes))]
  const plan: HistoryPlan = {
    what,
    steps: selected.map((row) => withoutKind(summaryOf(row, store))),
    files: await plannedFiles(rows, { root, objects }),
    notes,
    ...(turnback
      ? {
          conversation: {
            ...{ session: turnback.session, prompts: turnback.prompts },
            ...(turnback.prompt === undefined ? {} : { prompt: turnback.prompt }),
          },
        }
      : {}),
  }
  return { plan, rows, selected, undone, turnback }
}

/** An undo that is done again is called by what it undid. */
function withoutKind(step: StepSummary): StepSummary {
  // What a person typed may begin with such a word.
  if (step.kind === 'prompt' || step.kind === 'tool') return step
  const prefix = `${step.kind} `
  return step.label.startsWith(prefix) ? { ...step, label: step.label.slice(prefix.length) } : step
}

export function summaryOf(row: StepRow, store: JournalStore): StepSummary {
  const { id, root, session, kind, label, at, undoneBy } = row
  const files = new Set(store.changes({ steps: [id] }).map((change) => change.path)).size
  return { id, root, session, kind, label, at, files, undone: undoneBy !== null }
}

/** What each file will look like beside what it looks like now. */
export async function plannedFiles(
  rows: readonly PlanRow[],
  { root, objects }: { root: string; objects: Objects },
): Promise<PlannedFile[]> {
  const shown = rows.map((row): ShownChange => {
    const after = row.result ?? row.old ?? row.current
    return { path: row.path, before: row.current, after, afterBytes: row.merged, note: row.why }
  })
  const isPlain = (row: PlanRow) => row.outcome === 'restore' || row.outcome === 'merge'
  // Only what is really done can be paired to a rename.
  const sets = [
    await toChangeSet(
      shown.filter((_, at) => rows.some((row, other) => other === at && isPlain(row))),
      { root, objects },
    ),
  ]
  for (const [at, row] of rows.entries()) {
    const change = shown[at]
    if (change && !isPlain(row) && (row.result || row.old))
      sets.push(await toChangeSet([change], { root, objects }))
  }
  const byPath = new Map(rows.map((row) => [shownPath(row.path, root), row]))
  return sets
    .flatMap((set) => set.changes)
    .map((change): PlannedFile => {
      const row = byPath.get(change.path.replace(/\/$/, ''))
      return {
        ...change,
        absolute: row?.path ?? change.path,
        outcome: row?.outcome ?? 'restore',
        ...(row?.why === undefined ? {} : { note: row.why }),
      }
    })
    .concat(
      rows
        .filter((row) => !row.result && !row.old)
        .filter((row) => row.outcome === 'lost' || row.outcome === 'blocked')
        .map((row) => namedOnly(row, root)),
    )
}

/** Nothing can be shown of it but why it stays. */
function namedOnly(row: PlanRow, root: string): PlannedFile {
  return {
    ...{ path: shownPath(row.path, root), absolute: row.path, kind: 'changed' },
    ...{ binary: false, added: 0, removed: 0, outcome: row.outcome },
    ...(row.why === undefined ? {} : { note: row.why }),
  }
}

function conversationNote(selected: readonly StepRow[]): string[] {
  if (selected.every((row) => row.entry === null)) return []
  return ['the conversation stays as it is: these are not the newest steps of one']
}

function tooFew(
  there: number,
  { count, session, root }: { count: number; session: string | undefined; root: string },
): CodiError {
  const where = session === undefined ? `in ${root}` : 'in this conversation'
  if (there === 0) return new CodiError('not_found', `There is nothing to undo ${where}`)
  const steps = plural(there, 'step')
  return new CodiError(
    'not_found',
    `${count} steps cannot be undone ${where}: there ${there === 1 ? 'is' : 'are'} ${steps}`,
  )
}
