/** Moments in the history with a name: made by a person, or by codi before something risky. */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { Checkpoint } from '../contract/history.ts'
import { foldChanges, onlyReal } from '../journal/fold.ts'
import type { JournalStore } from '../journal/store.ts'
import type { CheckpointRow } from '../journal/store-rows.ts'
import type { CurrentSession } from './current-session.ts'

export interface CheckpointParts {
  store: JournalStore
  root: string
  current: CurrentSession
  mask(text: string): string
}

const maxNameChars = 80

export function addCheckpoint(
  { store, root, current, mask }: CheckpointParts,
  typed: string,
  { automatic }: { automatic: boolean },
): Checkpoint {
  const { id } = current.conversation
  const name = mask(oneLine(typed, maxNameChars))
  if (name === '') throw new CodiError('usage', 'A checkpoint needs a name')
  if (!automatic && store.checkpoints(root).some((row) => row.name === name))
    throw new CodiError('usage', `There is a checkpoint "${name}" already; choose another name`)
  const row = store.addCheckpoint({
    ...{ root, session: id ?? null, name, automatic },
    entry: id === undefined ? null : current.conversation.session().head,
    ...{ change: store.newestChange(), at: Date.now() },
  })
  return shownCheckpoint(store, row)
}

/** Newest first. */
export function listCheckpoints({ store, root }: CheckpointParts): Checkpoint[] {
  return store
    .checkpoints(root)
    .toReversed()
    .map((row) => shownCheckpoint(store, row))
}

/** The newest of that name. Throws a CodiError of kind `not_found`. */
export function findCheckpoint({ store, root }: CheckpointParts, typed: string): CheckpointRow {
  const name = oneLine(typed, maxNameChars)
  const found = store.checkpoints(root).findLast((row) => row.name === name)
  if (found) return found
  throw new CodiError(
    'not_found',
    `There is no checkpoint "${name}" here; codi checkpoints lists them`,
  )
}

function shownCheckpoint(store: JournalStore, row: CheckpointRow): Checkpoint {
  const { name, at, automatic, session, root } = row
  const changes = onlyReal(foldChanges(store.changes({ root, above: row.change })))
  return { name, at, automatic, session, files: changes.length }
}
