/** Which steps an undo or a redo is about, and what their changes come to. */
import type { PathChange } from '../contract/journal.ts'
import { foldChanges, onlyReal } from './fold.ts'
import type { JournalStore } from './store.ts'
import type { StepRow } from './store-rows.ts'

export interface StepFilter {
  root: string
  session?: string | undefined
}

/** Steps that a person can take back, newest first. */
export function standingSteps(store: JournalStore, filter: StepFilter): StepRow[] {
  return steps(store, filter).filter((row) => isReal(row) && row.undoneBy === null)
}

/** The undo that a redo takes back: the newest one, as long as nothing was done after it. */
export function redoable(store: JournalStore, filter: StepFilter): StepRow | undefined {
  for (const row of steps(store, filter)) {
    if (isReal(row)) return undefined
    if (row.kind !== 'redo' && row.undoneBy === null) return row
  }
  return undefined
}

/**
 * From what was there before the oldest of the steps to what should be there now: whatever was done, undone and redone
 * since counts, too, for the files that these steps are about. Only what differs.
 */
export function changesToUndo(
  store: JournalStore,
  selected: readonly StepRow[],
  { root, session }: StepFilter,
): PathChange[] {
  const ids = new Set(selected.map((row) => row.id))
  const own = store.changes({ steps: [...ids] })
  const paths = new Set(own.map((row) => row.path))
  const later = store
    .steps({ root, above: Math.min(...ids) })
    .filter(({ id }) => !ids.has(id))
    .filter(
      (row) =>
        session === undefined || row.session === session || row.refers.some((id) => ids.has(id)),
    )
  const related = store
    .changes({ steps: later.map((row) => row.id) })
    .filter((row) => paths.has(row.path))
  return onlyReal(foldChanges([...own, ...related].sort((one, two) => one.id - two.id)))
}

/** What the steps themselves changed, from the first to the last. Only what differs. */
export function ownChanges(store: JournalStore, selected: readonly StepRow[]): PathChange[] {
  return onlyReal(foldChanges(store.changes({ steps: selected.map((row) => row.id) })))
}

function steps(store: JournalStore, { root, session }: StepFilter): StepRow[] {
  return store.steps({ root, ...(session === undefined ? {} : { session }) })
}

function isReal(row: StepRow): boolean {
  return row.kind === 'prompt' || row.kind === 'tool'
}
