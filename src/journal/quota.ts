/** Keeps the journal within its limits: the oldest steps go first, whole, and then what no step needs any more. */
import type { Objects } from './objects.ts'
import type { JournalStore } from './store.ts'

export interface QuotaParts {
  store: JournalStore
  objects: Objects
}

export interface LetGo {
  steps: number
  objects: number
  bytes: number
  /** Names of checkpoints that cannot be gone back to any more. */
  checkpoints: string[]
}

export interface LetGoOptions {
  /** What the contents may take on disk. */
  maxBytes?: number
  /** Steps from before (ms since the epoch) go in any case. */
  before?: number
  /** Steps that are younger stay: somebody may work in them. */
  keepAfter: number
  /** Contents that no step names go in any case. */
  unnamed?: true
}

/** A part of the steps at a time, so that no more go than have to. */
const stepsAtOnce = 8
const maxSteps = 100_000

export function letGo({ store, objects }: QuotaParts, options: LetGoOptions): LetGo {
  const gone: LetGo = { steps: 0, objects: 0, bytes: 0, checkpoints: [] }
  const freeObjects = () => {
    const unnamed = store.unnamedObjects()
    for (const { sha, bytes } of unnamed) {
      objects.remove(sha)
      gone.objects++
      gone.bytes += bytes
    }
    store.forgetObjects(unnamed.map((row) => row.sha))
  }
  const removeOldest = (limit: number, until: number): number => {
    const ids = store.oldestSteps(limit, until)
    gone.checkpoints.push(...store.removeSteps(ids).checkpoints.map((row) => row.name))
    gone.steps += ids.length
    return ids.length
  }
  const { maxBytes, before, keepAfter, unnamed } = options
  if (before !== undefined) {
    while (removeOldest(1000, Math.min(before, keepAfter)) > 0);
    if (gone.steps > 0) freeObjects()
  }
  if (unnamed) freeObjects()
  if (maxBytes !== undefined && store.objectBytes() > maxBytes) {
    freeObjects()
    while (store.objectBytes() > maxBytes && removeOldest(stepsAtOnce, keepAfter) > 0) freeObjects()
  }
  return gone
}

/** What would go, nothing touched. */
export function wouldLetGo(
  { store }: QuotaParts,
  { before, maxBytes, keepAfter }: LetGoOptions,
): { count: number; bytes: number } {
  const old = before === undefined ? [] : store.oldestSteps(maxSteps, Math.min(before, keepAfter))
  const goes = [...old]
  let bytes = store.bytesOfSteps(goes)
  if (maxBytes === undefined) return { count: goes.length, bytes }
  const over = store.objectBytes() - maxBytes
  for (const id of store.oldestSteps(maxSteps, keepAfter).slice(old.length)) {
    if (bytes >= over) break
    goes.push(id)
    if (goes.length % stepsAtOnce === 0) bytes = store.bytesOfSteps(goes)
  }
  return { count: goes.length, bytes: store.bytesOfSteps(goes) }
}

/** Files in the object store that no row speaks of: left by a codi that died. */
export function strayObjects({ store, objects }: QuotaParts, before: number) {
  return [...objects.list()].filter(({ sha, usedAt }) => usedAt < before && !store.knowsObject(sha))
}
