/** Which steps an undo or a redo is about, and what their changes come to. */
import type { PathChange } from '../contract/journal.ts'
import { foldChanges, onlyReal } from './fold.ts'
import type { JournalStore, StepRow } from './store.ts'

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
 * From what was there before the oldest of the steps to what should be there now: undo and redo of the same steps
 * count, for the files that these steps are about. `above`: only what came after this change.
 */
export function changesOf(
  store: JournalStore,
  selected: readonly StepRow[],
  { above = 0 }: { above?: number } = {},
): PathChange[] {
  const ids = selected.map((row) => row.id)
  const own = store.changes({ steps: ids, above })
  const paths = new Set(own.map((row) => row.path))
  const [oldest] = ids.toSorted((one, two) => one - two)
  if (oldest === undefined) return []
  const mine = new Set(ids)
  const related = store
    .steps({ above: oldest })
    .filter((row) => !mine.has(row.id) && row.refers.some((id) => mine.has(id)))
  const later = store
    .changes({ steps: related.map((row) => row.id), above })
    .filter((row) => paths.has(row.path))
  return foldChanges([...own, ...later].sort((one, two) => one.id - two.id))
}

/** Only what differs. */
export function netChanges(...given: Parameters<typeof changesOf>): PathChange[] {
  return onlyReal(changesOf(...given))
}

function steps(store: JournalStore, { root, session }: StepFilter): StepRow[] {
  return store.steps({ root, ...(session === undefined ? {} : { session }) })
}

function isReal(row: StepRow): boolean {
  return row.kind === 'prompt' || row.kind === 'tool'
}
