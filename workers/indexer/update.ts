/**
 * One run that brings the index up to date: list, compare, then read, parse and write in slices. A slice is one
 * synchronous piece with one transaction at its end, so nothing half-done is ever seen; between slices the worker
 * answers other calls.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cancelled } from '../../src/base/async.ts'
import { errorCode } from '../../src/base/errors.ts'
import type { WorkerEvent } from '../../src/contract/services.ts'
import { excludedByPath, isTestPath, maxFileBytes, readableText } from './exclude.ts'
import { type Language, languageOf } from './languages.ts'
import { type ListedFile, listPaths, statFile } from './list.ts'
import type { CodeParser, LoadedLanguage } from './parse.ts'
import { resolveImports } from './resolve.ts'
import { type Batch, contentHash, type IndexStore, type StoredFile } from './store.ts'

export interface UpdateContext {
  root: string
  ripgrep: string
  store: IndexStore
  parser: CodeParser
  emit(event: WorkerEvent): void
}

export interface UpdateCounts {
  parsed: number
  removed: number
}

/** How long a slice works before others get a turn, and how much it may hold. */
const sliceMs = 25
const sliceFiles = 200
/** A file written this recently may change again within the same time stamp: its time is not trusted. */
const youngMs = 50
const progressEveryMs = 100
const maxFiles = 200_000
const unparsed = 'could not be parsed; searched as text'

/** What is known of the files on disk and in the index when a run begins. */
interface Plan {
  candidates: ListedFile[]
  removed: StoredFile[]
  skip: Batch['skip']
  unskip: string[]
}

export async function runUpdate(
  context: UpdateContext,
  paths: string[] | undefined,
  signal: AbortSignal,
): Promise<UpdateCounts> {
  const known = context.store.files()
  const plan = await makePlan(context, known, paths, signal)
  const counts: UpdateCounts = { parsed: 0, removed: plan.removed.length }
  if (plan.removed.length + plan.skip.length + plan.unskip.length > 0) {
    context.store.apply({
      ...emptyBatch(),
      remove: plan.removed,
      skip: plan.skip,
      unskip: plan.unskip,
    })
  }
  const wasResolved = context.store.meta('resolved') === '1'
  let added = 0
  let lastProgress = 0
  const changed: string[] = []
  const languages = new Map<string, LoadedLanguage>()
  const total = plan.candidates.length
  for (let next = 0; next < total; ) {
    if (signal.aborted) throw cancelled()
    const slice = runSlice(context, plan.candidates, next, known, languages)
    context.store.apply(slice.batch)
    next = slice.next
    counts.parsed += slice.batch.write.length
    counts.removed += slice.batch.remove.length
    for (const row of slice.batch.write) {
      changed.push(row.path)
      if (!known.has(row.path)) added++
    }
    const now = performance.now()
    if (now - lastProgress > progressEveryMs || next === total) {
      lastProgress = now
      context.emit({ type: 'progress', what: 'index', done: next, total })
    }
    if (slice.missing) languages.set(slice.missing.id, await context.parser.load(slice.missing))
    else await new Promise(setImmediate)
  }
  if (signal.aborted) throw cancelled()
  if (changed.length + counts.removed > 0 || !wasResolved) {
    const everywhere = added + counts.removed > 0 || !wasResolved
    await resolveImports(context, everywhere ? undefined : changed, signal)
  }
  context.store.setMeta('updated_at', String(Date.now()))
  return counts
}

/** Compares the listing with the index; excluded files and vanished ones are settled here. */
async function makePlan(
  context: UpdateContext,
  known: Map<string, StoredFile>,
  paths: string[] | undefined,
  signal: AbortSignal,
): Promise<Plan> {
  const listing = await listPaths(context, signal)
  const listed = listing.paths
  if (listing.truncated || listed.length > maxFiles) {
    context.emit({
      type: 'notice',
      level: 'warning',
      text: `Only the first ${maxFiles} files of ${context.root} are indexed; ignore some directories in .gitignore or .ignore`,
    })
    listed.length = Math.min(listed.length, maxFiles)
  }
  const inScope = scopeOf(paths)
  const skippedBefore = context.store.skipped()
  const skippedNow = new Map<string, string>()
  const present = new Set<string>()
  const candidates: ListedFile[] = []
  const skip: Batch['skip'] = []
  for (const path of listed) {
    if (!inScope(path)) continue
    const excluded = excludedByPath(path)
    if (excluded) {
      skippedNow.set(excluded.path, excluded.reason)
      continue
    }
    const file = statFile(context.root, path)
    if (!file) continue
    if (file.size > maxFileBytes) {
      skippedNow.set(path, 'larger than 1 MB')
      continue
    }
    const stored = known.get(path)
    if (stored && stored.size === file.size && stored.mtime === file.mtime) {
      present.add(path)
      if (skippedBefore.get(path)?.reason === unparsed) skippedNow.set(path, unparsed)
      continue
    }
    const before = skippedBefore.get(path)
    if (before && before.size === file.size && before.mtime === file.mtime && file.mtime !== '') {
      skippedNow.set(path, before.reason)
      continue
    }
    if (stored) present.add(path)
    candidates.push(file)
  }
  for (const [path, reason] of skippedNow)
    if (skippedBefore.get(path)?.reason !== reason) skip.push({ path, reason, size: -1, mtime: '' })
  const removed: StoredFile[] = []
  for (const [path, file] of known) if (inScope(path) && !present.has(path)) removed.push(file)
  const candidatePaths = new Set(candidates.map((file) => file.path))
  const unskip = [...skippedBefore.keys()].filter(
    (path) =>
      !skippedNow.has(path) &&
      (path.endsWith('/') ? paths === undefined : inScope(path)) &&
      !candidatePaths.has(path),
  )
  return { candidates, removed, skip, unskip }
}

function scopeOf(paths: string[] | undefined): (path: string) => boolean {
  if (!paths) return () => true
  const exact = new Set(paths)
  if (exact.has('')) return () => true
  const prefixes = paths.map((path) => `${path}/`)
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}

/**
 * Works for one slice's time. It stops early at the first file whose grammar is not loaded yet and names it: loading
 * waits, and a slice never does.
 */
function runSlice(
  context: UpdateContext,
  candidates: ListedFile[],
  from: number,
  known: Map<string, StoredFile>,
  languages: Map<string, LoadedLanguage>,
): { batch: Batch; next: number; missing?: Language } {
  const batch = emptyBatch()
  const end = performance.now() + sliceMs
  let next = from
  while (next < candidates.length && next - from < sliceFiles) {
    const file = candidates[next] as ListedFile
    const missing = indexFile(context, file, known.get(file.path), languages, batch)
    if (missing) return { batch, next, missing }
    next++
    if (performance.now() > end) break
  }
  return { batch, next }
}

function indexFile(
  context: UpdateContext,
  file: ListedFile,
  stored: StoredFile | undefined,
  languages: Map<string, LoadedLanguage>,
  batch: Batch,
): Language | undefined {
  const leaveOut = (reason: string): undefined => {
    batch.skip.push({ path: file.path, reason, size: file.size, mtime: file.mtime })
    if (stored) batch.remove.push(stored)
  }
  let bytes: Uint8Array
  try {
    bytes = readFileSync(join(context.root, file.path))
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') return leaveOut('unreadable')
    if (stored) batch.remove.push(stored)
    return
  }
  if (bytes.length > maxFileBytes) return leaveOut('larger than 1 MB')
  const mtime = Date.now() - Number(file.mtime) < youngMs ? '' : file.mtime
  const hash = contentHash(bytes)
  if (stored && stored.hash === hash) {
    batch.touch.push({ id: stored.id, size: bytes.length, mtime })
    return
  }
  const content = readableText(bytes)
  if ('reason' in content) return leaveOut(content.reason)
  const { text } = content
  const language = languageFor(file.path, text)
  const loaded = language && languages.get(language.id)
  if (language && !loaded) return language
  const extraction = loaded?.parse(text)
  if (loaded && !extraction)
    batch.skip.push({
      path: file.path,
      reason: unparsed,
      size: -1,
      mtime: '',
    })
  else batch.unskip.push(file.path)
  batch.write.push({
    path: file.path,
    hash,
    size: bytes.length,
    mtime,
    language: extraction && language ? language.id : '',
    lines: countLines(text),
    test: isTestPath(file.path),
    extraction,
  })
}

function languageFor(path: string, text: string): Language | undefined {
  return languageOf(path, text.startsWith('#!') ? text.slice(0, text.indexOf('\n')) : '')
}

function countLines(text: string): number {
  if (text === '') return 0
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function emptyBatch(): Batch {
  return { write: [], touch: [], remove: [], skip: [], unskip: [] }
}
