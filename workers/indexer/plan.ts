/**
 * What an update has to do: the files on disk, compared with what the index knows of them. A plan is of everything, of
 * some paths that were asked for, or of what a watcher saw change, where nothing else is looked at.
 */
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkerEvent } from '../../src/contract/services.ts'
import type { Changes } from './changes.ts'
import { excludedByPath, maxFileBytes } from './exclude.ts'
import { followListed } from './follow.ts'
import { type ListedFile, type ListOptions, listIgnored, listPaths, statFile } from './list.ts'
import { directoryOf } from './project-paths.ts'
import type { Batch, IndexStore, SkippedRow, StoredFile } from './store.ts'
import type { Watcher } from './watch.ts'

export interface PlanContext extends ListOptions {
  store: IndexStore
  /** Relative path of the index's own directory, where it lies in the project. */
  own: string | undefined
  watcher: Watcher | undefined
  emit(event: WorkerEvent): void
}

export interface Plan {
  /** Files to be read: new ones, and those whose size or time changed. */
  candidates: ListedFile[]
  /** What the index knows of the candidates. */
  known: ReadonlyMap<string, StoredFile>
  removed: StoredFile[]
  skip: Batch['skip']
  unskip: string[]
}

/** `paths` were asked for; `changes` is what a watcher saw; without both, everything is compared. */
export interface Scope {
  paths?: readonly string[]
  changes?: Changes
}

/** The reason of a file that is indexed though it has no symbols. */
export const unparsed = 'could not be parsed; searched as text'

const maxFiles = 200_000
/** Listing anew, since directories appeared meanwhile, at most so often; a check that follows sees to the rest. */
const maxRounds = 4

export async function makePlan(
  context: PlanContext,
  { paths, changes }: Scope,
  signal: AbortSignal,
): Promise<Plan> {
  if (changes && !changes.all) return planChanges(context, changes, signal)
  const listed = await listAndFollow(context, undefined, signal)
  const inScope = scopeOf(paths)
  return compare(context, {
    listed: listed.filter(inScope),
    known: only(context.store.files(), inScope),
    skipped: only(context.store.skipped(), (path) =>
      path.endsWith('/') ? paths === undefined : inScope(path),
    ),
    changed: new Set(),
  })
}

/** Looks only at what is named, and asks ripgrep only about names that the index has never heard of. */
async function planChanges(
  context: PlanContext,
  { files, trees }: Changes,
  signal: AbortSignal,
): Promise<Plan> {
  const { store } = context
  const known = new Map<string, StoredFile>()
  const skipped = new Map<string, SkippedRow>()
  const listed = new Set<string>()
  const unknown: string[] = []
  for (const path of files) {
    const file = store.file(path)
    const skippedFile = store.skippedFile(path)
    if (file) known.set(path, file)
    if (skippedFile) skipped.set(path, skippedFile)
    if (file || skippedFile) listed.add(path)
    else unknown.push(path)
  }
  const tops = [...trees].filter((tree) => !hasAncestorIn(tree, trees))
  if (tops.length > 0) {
    const there = await notIgnored(context, tops, signal)
    if (there.length > 0)
      for (const path of await listAndFollow(context, there, signal)) listed.add(path)
    for (const tree of tops) {
      for (const [path, row] of store.files(tree)) known.set(path, row)
      for (const [path, row] of store.skipped(tree)) skipped.set(path, row)
    }
  }
  for (const path of await listedOf(
    context,
    unknown.filter((one) => !listed.has(one)),
    signal,
  ))
    listed.add(path)
  return compare(context, { listed: [...listed], known, skipped, changed: files })
}

/** Those of `directories` that are there and not ignored: asked for by name, ripgrep would list what is in them. */
async function notIgnored(
  context: PlanContext,
  directories: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const there = directories.filter(
    (path) =>
      !excludedByPath(`${path}/_`) &&
      lstatSync(join(context.root, path), { throwIfNoEntry: false })?.isDirectory(),
  )
  if (there.length === 0) return []
  const parents = [...new Set(there.map(directoryOf))]
  const ignored = await listIgnored(context, signal, { directories: parents, deep: false })
  return there.filter((path) => !ignored.has(path))
}

/** Those of `paths` that ripgrep lists. The others are not asked about again, as far as that is certain. */
async function listedOf(
  context: PlanContext,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const { root, watcher } = context
  const seen = new Map<string, string>()
  for (const path of paths) {
    const state = stateOf(root, path)
    if (state !== undefined) seen.set(path, state)
  }
  if (seen.size === 0) return []
  const directories = [...new Set([...seen.keys()].map(directoryOf))]
  const names = new Set((await listPaths(context, signal, { directories, deep: false })).paths)
  // A file that came and went meanwhile was not there to be listed: only the same one, still there, is ignored.
  watcher?.ignore(
    [...seen]
      .filter(([path, state]) => !names.has(path) && stateOf(root, path) === state)
      .map(([path]) => path),
  )
  return [...seen.keys()].filter((path) => names.has(path))
}

function stateOf(root: string, path: string): string | undefined {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false })
  return stat?.isFile() ? `${stat.ino} ${stat.ctimeMs}` : undefined
}

/** The listing, once every directory in it is watched: what is made from then on, the watcher tells. */
async function listAndFollow(
  context: PlanContext,
  directories: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const scope = directories && { directories, deep: true }
  for (let round = 1; ; round++) {
    const listing = await listPaths(context, signal, scope)
    if (listing.truncated || listing.paths.length > maxFiles) {
      context.emit({
        type: 'notice',
        level: 'warning',
        text: `Only the first ${maxFiles} files of ${context.root} are indexed; ignore some directories in .gitignore or .ignore`,
      })
      listing.paths.length = Math.min(listing.paths.length, maxFiles)
    }
    const { watcher } = context
    watcher?.heed(listing.paths)
    if (!watcher || watcher.note !== undefined || round > maxRounds) return listing.paths
    const followed = { listed: listing.paths, trees: directories ?? [''] }
    if (!(await followListed({ ...context, watcher }, followed, signal))) return listing.paths
  }
}

/** Excluded files and vanished ones are settled here; what has the size and time that the index knows is left alone. */
function compare(
  context: PlanContext,
  {
    listed,
    known,
    skipped,
    changed,
  }: {
    listed: readonly string[]
    known: ReadonlyMap<string, StoredFile>
    skipped: ReadonlyMap<string, SkippedRow>
    /** Read whatever their size and time say. */
    changed: ReadonlySet<string>
  },
): Plan {
  const skippedNow = new Map<string, string>()
  const present = new Set<string>()
  const candidates: ListedFile[] = []
  for (const path of listed) {
    if (context.own !== undefined && path.startsWith(`${context.own}/`)) continue
    const excluded = excludedByPath(path)
    if (excluded) {
      skippedNow.set(excluded.path, excluded.reason)
      continue
    }
    const file = statFile(context.root, path)
    if (!file) {
      if (path.includes('\uFFFD')) skippedNow.set(path, 'its name is not UTF-8')
      continue
    }
    if (file.size > maxFileBytes) {
      skippedNow.set(path, 'larger than 1 MB')
      continue
    }
    const stored = known.get(path)
    const before = skipped.get(path)
    if (!changed.has(path) && file.mtime !== '') {
      if (stored && stored.size === file.size && stored.mtime === file.mtime) {
        present.add(path)
        if (before?.reason === unparsed) skippedNow.set(path, unparsed)
        continue
      }
      if (before && before.size === file.size && before.mtime === file.mtime) {
        skippedNow.set(path, before.reason)
        continue
      }
    }
    if (stored) present.add(path)
    candidates.push(file)
  }
  const read = new Set(candidates.map((file) => file.path))
  return {
    candidates,
    known,
    removed: [...known.values()].filter(({ path }) => !present.has(path)),
    skip: [...skippedNow]
      .filter(([path, reason]) => skipped.get(path)?.reason !== reason)
      .map(([path, reason]) => ({ path, reason, size: -1, mtime: '' })),
    unskip: [...skipped.keys()].filter((path) => !skippedNow.has(path) && !read.has(path)),
  }
}

function scopeOf(paths: readonly string[] | undefined): (path: string) => boolean {
  if (!paths) return () => true
  const exact = new Set(paths)
  if (exact.has('')) return () => true
  const prefixes = paths.map((path) => `${path}/`)
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}

function only<V>(rows: Map<string, V>, test: (path: string) => boolean): Map<string, V> {
  for (const path of rows.keys()) if (!test(path)) rows.delete(path)
  return rows
}

function hasAncestorIn(path: string, trees: ReadonlySet<string>): boolean {
  for (let at = directoryOf(path); at !== ''; at = directoryOf(at)) if (trees.has(at)) return true
  return false
}
