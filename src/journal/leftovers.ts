/** What a codi that died in the middle of a change left behind is taken in: what is there now is what it did. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FileState } from '../contract/journal.ts'
import { clearCutOff } from './cut-off.ts'
import { sameState } from './file-state.ts'
import type { Keeper } from './keep.ts'
import { takeOver } from './owner.ts'
import { openCapture } from './recorder.ts'
import { markDone } from './select.ts'
import type { JournalStore } from './store.ts'

export interface LeftoverParts {
  store: JournalStore
  keeper(root: string): Keeper
  /** Where captures and locks lie. */
  captures: string
  running: string
  /** This process. */
  owner: string
  failed(thrown: unknown): void
}

/** Answers how many steps were completed so. */
export async function takeInLeftovers(parts: LeftoverParts): Promise<number> {
  const { store, owner } = parts
  const pending = store.pending()
  const captures = store.captures()
  const owners = new Set([...pending, ...captures].map((row) => row.owner))
  owners.delete(owner)
  const steps = new Set<number>()
  for (const dead of owners) {
    const lock = takeOver(parts.running, dead)
    if (!lock) continue
    try {
      await takeInChanges(
        pending.filter((change) => change.owner === dead),
        parts,
      )
      for (const row of pending) if (row.owner === dead) steps.add(row.step)
      for (const row of captures.filter((capture) => capture.owner === dead)) {
        steps.add(row.step)
        await takeInCapture(row, parts)
      }
    } finally {
      lock.release()
    }
  }
  return steps.size
}

/** What was done counts; an undo of which nothing was left to do is one. */
async function takeInChanges(
  rows: ReturnType<JournalStore['pending']>,
  { store, keeper }: LeftoverParts,
): Promise<void> {
  for (const [id, own] of Map.groupBy(rows, (row) => row.step)) {
    const step = store.step(id)
    if (step)
      for (const path of clearCutOff(own, step.root))
        store.addNote(
          id,
          `${path} was left by a codi that was killed: it holds what is nowhere else`,
        )
    const settled: { id: number; after: FileState | null }[] = []
    for (const row of own) {
      const now = await keeper('/').now(row.path)
      settled.push({ id: row.id, after: sameState(row.before, now) ? null : now })
    }
    store.settle(settled)
    if (!step || step.kind === 'prompt' || step.kind === 'tool') continue
    if (settled.every(({ after }) => after !== null)) markDone(step, store)
    // One that did nothing yet is none.
    if (settled.every(({ after }) => after === null)) store.removeSteps([id])
  }
}

async function takeInCapture(
  row: ReturnType<JournalStore['captures']>[number],
  { store, keeper, captures, failed }: LeftoverParts,
): Promise<void> {
  const directory = join(captures, row.id)
  if (!existsSync(directory)) {
    store.removeCapture(row.id)
    return
  }
  const capture = openCapture({ store, keeper: keeper(row.root), failed, directory, row })
  await capture.done({ by: 'notify', note: '', isOver: true })
  store.addNote(row.step, 'codi ended in the middle of a command')
}
