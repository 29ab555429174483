/** What steps changed, as a list and as a diff that `git apply` takes. */
import { resolve } from 'node:path'
import { CodiError } from '../base/errors.ts'
import type { ChangeSet } from '../contract/change-set.ts'
import type { DiffOptions, StepSummary } from '../contract/history.ts'
import { toChangeSet } from '../journal/change-set.ts'
import type { Objects } from '../journal/objects.ts'
import { ownChanges, standingSteps } from '../journal/select.ts'
import type { JournalStore } from '../journal/store.ts'
import type { StepRow } from '../journal/store-rows.ts'
import { summaryOf } from './history-plan.ts'

export interface DiffParts {
  store: JournalStore
  objects: Objects
  root: string
  /** Of the conversation in force. */
  session: string | undefined
}

export async function diffOf(
  parts: DiffParts,
  options: DiffOptions,
): Promise<ChangeSet & { steps: StepSummary[]; notes: string[] }> {
  const { store, objects, root } = parts
  const steps = selected(parts, options)
  const places = (options.paths ?? []).map((path) => resolve(root, path))
  const isWanted = (path: string) =>
    places.length === 0 || places.some((place) => path === place || path.startsWith(`${place}/`))
  const changes = ownChanges(store, steps).filter(({ path }) => isWanted(path))
  const unkept = changes.map((change) => ({
    ...change,
    note:
      change.before.kind === 'other'
        ? `what was there before is not kept: ${change.before.why}`
        : undefined,
  }))
  return {
    ...(await toChangeSet(unkept, { root, objects })),
    steps: steps.map((row) => summaryOf(row, store)),
    notes: [...new Set(steps.flatMap((row) => row.notes))],
  }
}

/** Without an option: all that stands of the conversation, or the newest step of the directory. */
function selected(parts: DiffParts, { turn, step, session }: DiffOptions): StepRow[] {
  const { store, root } = parts
  if (step !== undefined) {
    const row = store.step(step)
    if (!row)
      throw new CodiError('not_found', `There is no step ${step}; codi undo --list shows them`)
    return [row]
  }
  const wanted = session === '' ? (parts.session ?? newestSession(parts)) : session
  if (session !== undefined) {
    if (wanted === undefined)
      throw new CodiError('not_found', 'No conversation has changed anything in this directory')
    return standingSteps(store, { root, session: wanted })
  }
  const standing = standingSteps(store, { root, session: parts.session })
  if (turn === undefined && parts.session !== undefined) return standing
  const changed = standing.filter((row) => ownChanges(store, [row]).length > 0)
  const row = changed[(turn ?? 1) - 1]
  if (row) return [row]
  if (changed.length === 0) return []
  throw new CodiError(
    'not_found',
    `There is no step ${turn} from the end: ${changed.length} changed something here`,
  )
}

function newestSession({ store, root }: DiffParts): string | undefined {
  return store.steps({ root }).find((row) => row.session !== null)?.session ?? undefined
}
