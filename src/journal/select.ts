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
  const rows = steps(store, filter)
  const half = halfRedone(rows, store)
  return rows.filter((row) => isReal(row) && (row.undoneBy === null || half.has(row.id)))
}

/** A redo that was cut off: what it did again can be taken back, and it can be gone on with. */
function halfRedone(rows: readonly StepRow[], store: JournalStore): ReadonlySet<number> {
  const newest = rows[0]
  if (newest?.kind !== 'redo' || newest.undoneBy !== null) return new Set()
  const isWhole = newest.refers.some((id) => store.step(id)?.undoneBy === newest.id)
  const isBegun = store.changes({ steps: [newest.id] }).length > 0
  return new Set(isWhole || !isBegun ? [] : newest.refers)
}

/**
 * The undo that a redo takes back: the newest one, as long as nothing was done after it; before it those of the same
 * steps that were cut off. Newest first.
 */
export function redoable(store: JournalStore, filter: StepFilter): StepRow[] {
  const found: StepRow[] = []
  for (const row of steps(store, filter)) {
    if (isReal(row)) break
    if (row.kind === 'redo' || row.undoneBy !== null) continue
    const isSame = row.refers.some((id) => found[0]?.refers.includes(id))
    const tookBack = row.refers.some((id) => store.step(id)?.undoneBy === row.id)
    if (found.length === 0 || (isSame && !tookBack)) found.push(row)
  }
  return found
}

/** Steps that were taken back count so from now on; what a redo did again stands. */
export function markDone(by: Pick<StepRow, 'id' | 'kind' | 'refers'>, store: JournalStore): void {
  const rows = by.refers.flatMap((id) => store.step(id) ?? [])
  if (by.kind === 'undo' || by.kind === 'restore') {
    const taken = rows.filter((row) => row.undoneBy === null)
    store.markUndone(ids(taken), by.id)
  }
  if (by.kind !== 'redo') return
  const undos = rows.filter((row) => !isReal(row) && row.kind !== 'redo' && row.undoneBy === null)
  const again = undos.flatMap((undo) =>
    undo.refers.filter((id) => store.step(id)?.undoneBy === undo.id),
  )
  store.markUndone(again, null)
  store.markUndone(ids(undos), by.id)
}

function ids(rows: readonly StepRow[]): number[] {
  return rows.map((row) => row.id)
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
