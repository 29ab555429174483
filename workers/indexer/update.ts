/**
 * One run that brings the index up to date: plan, then read, parse and write in slices. A slice is one synchronous
 * piece with one transaction at its end, so nothing half-done is ever seen; between slices the worker answers other
 * calls. What vanished is removed last: until then a file that only moved can be recognised by its hash.
 */
import { cancelled } from '../../src/base/async.ts'
import type { Language } from './extraction/languages.ts'
import type { CodeParser, LoadedLanguage } from './extraction/parse.ts'
import { indexFile } from './index-file.ts'
import { makePlan, type Plan, type PlanContext, type Scope } from './plan.ts'
import { resolveImports } from './resolve.ts'
import type { Batch, StoredFile } from './store.ts'

export interface UpdateContext extends PlanContext {
  parser: CodeParser
}

export interface UpdateCounts {
  parsed: number
  removed: number
  renamed: number
  /** Paths whose content is no longer what it was, there or not. */
  changed: string[]
}

/** How long a slice works before others get a turn, and how much it may hold. */
const sliceMs = 25
const sliceFiles = 200
const progressEveryMs = 100

export async function runUpdate(
  context: UpdateContext,
  scope: Scope,
  signal: AbortSignal,
): Promise<UpdateCounts> {
  const { store } = context
  const plan = await makePlan(context, scope, signal)
  const work = {
    languages: new Map<string, LoadedLanguage>(),
    vanished: Map.groupBy(plan.removed, (file) => file.hash),
  }
  if (plan.skip.length + plan.unskip.length > 0)
    store.apply({ ...emptyBatch(), skip: plan.skip, unskip: plan.unskip })
  const wasResolved = store.meta('resolved') === '1'
  const counts: UpdateCounts = { parsed: 0, removed: 0, renamed: 0, changed: [] }
  let pathsChanged = false
  const total = plan.candidates.length
  const tell = progressTeller(context, total)
  for (let next = 0; next < total; ) {
    if (signal.aborted) throw cancelled()
    const slice = runSlice(context.root, { plan, from: next, ...work })
    store.apply(slice.batch)
    next = slice.next
    pathsChanged = count(counts, slice.batch, plan.known) || pathsChanged
    tell(next)
    if (slice.missing)
      work.languages.set(slice.missing.id, await context.parser.load(slice.missing))
    else await new Promise(setImmediate)
  }
  const gone = [...work.vanished.values()].flat()
  for (let from = 0; from < gone.length; from += sliceFiles) {
    if (signal.aborted) throw cancelled()
    const batch = { ...emptyBatch(), remove: gone.slice(from, from + sliceFiles) }
    store.apply(batch)
    pathsChanged = count(counts, batch, plan.known) || pathsChanged
    await new Promise(setImmediate)
  }
  if (signal.aborted) throw cancelled()
  if (counts.changed.length > 0 || !wasResolved)
    await resolveImports(context, pathsChanged || !wasResolved ? undefined : counts.changed, signal)
  if (counts.changed.length > 0 || scope.changes === undefined)
    store.setMeta('updated_at', String(Date.now()))
  return counts
}

/** True when paths came or went, and not only what is in them. */
function count(
  counts: UpdateCounts,
  { write, move, remove }: Batch,
  known: ReadonlyMap<string, StoredFile>,
): boolean {
  counts.parsed += write.length
  counts.removed += remove.length
  counts.renamed += move.length
  for (const { path } of write) counts.changed.push(path)
  for (const { path } of remove) counts.changed.push(path)
  for (const { from, path } of move) counts.changed.push(from, path)
  return remove.length + move.length > 0 || write.some(({ path }) => !known.has(path))
}

/** Tells this process by an event and others, which wait for the index, in the database. */
function progressTeller({ store, emit }: UpdateContext, total: number): (done: number) => void {
  let last = 0
  let told = false
  return (done) => {
    const now = performance.now()
    if (now - last < progressEveryMs && done < total) return
    last = now
    if (done < total || told) store.setMeta('progress', done < total ? `${done} ${total}` : '')
    told = true
    emit({ type: 'progress', what: 'index', done, total })
  }
}

/**
 * Works for one slice's time. It stops early at the first file whose grammar is not loaded yet and names it: loading
 * waits, and a slice never does.
 */
function runSlice(
  root: string,
  {
    plan,
    from,
    ...work
  }: {
    plan: Plan
    from: number
    languages: Map<string, LoadedLanguage>
    vanished: Map<string, StoredFile[]>
  },
): { batch: Batch; next: number; missing?: Language } {
  const batch = emptyBatch()
  const end = performance.now() + sliceMs
  let next = from
  for (const file of plan.candidates.slice(from, from + sliceFiles)) {
    const stored = plan.known.get(file.path)
    const missing = indexFile({ root, ...work }, { file, stored }, batch)
    if (missing) return { batch, next, missing }
    next++
    if (performance.now() > end) break
  }
  return { batch, next }
}

function emptyBatch(): Batch {
  return { write: [], move: [], touch: [], remove: [], skip: [], unskip: [] }
}
