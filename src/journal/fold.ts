/** Many changes of the same files as one: from what was there before the first to what was there after the last. */
import type { FileState, PathChange } from '../contract/journal.ts'
import { lookAt, sameState } from './file-state.ts'
import type { ChangeRow } from './store-rows.ts'

/** By path, in the order of first touch. What is under way counts as far as it is. */
export function foldChanges(rows: readonly ChangeRow[]): PathChange[] {
  const byPath = new Map<string, PathChange>()
  for (const { path, before, after } of rows) {
    const now: FileState = after ?? lookAt(path).state
    const known = byPath.get(path)
    if (known) known.after = now
    else byPath.set(path, { path, before, after: now })
  }
  return [...byPath.values()]
}

export function onlyReal(changes: readonly PathChange[]): PathChange[] {
  return changes.filter(({ before, after }) => !sameState(before, after))
}
