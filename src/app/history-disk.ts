/** What codi keeps on disk, and what of it nobody needs any more. What another codi works with is left alone. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../base/remove-tree.ts'
import type { DiskRow, GcOptions, GcRow } from '../contract/history.ts'
import type { Tries } from '../contract/tries.ts'
import type { Journal, OpenJournal } from '../journal/journal.ts'
import { letGo, strayObjects, wouldLetGo } from '../journal/quota.ts'
import type { CurrentSession } from './current-session.ts'
import { indexDirectory } from './services.ts'

export interface DiskParts {
  journal: Journal
  paths: { data: string; cache: string }
  current: CurrentSession
  tries(): Pick<Tries, 'list' | 'discard'>
}

interface Size {
  bytes: number
  files: number
  /** Of the newest entry, milliseconds since the epoch. */
  changedAt: number
}

const msPerDay = 86_400_000
/** What was touched later may be in use. */
const restMs = 60 * 60_000

export async function diskOf(parts: DiskParts): Promise<DiskRow[]> {
  const { paths, journal, current } = parts
  const sessions = current.store().list({ archived: 'with' })
  const projects = new Map<string, number>()
  for (const { cwd, bytes } of sessions) projects.set(cwd, (projects.get(cwd) ?? 0) + bytes)
  const opened = await stepSizes(journal)
  const known = new Map(
    knownRoots(parts).map((root) => [indexDirectory(paths.cache, root), root] as const),
  )
  const indexes = below(join(paths.cache, 'index'))
  const row = (what: string, path: string, more: Partial<DiskRow> = {}): DiskRow => {
    const { bytes, files } = sizeOf(path)
    return { what, path, bytes, count: files, ...more }
  }
  const inData = (name: string) => join(paths.data, name)
  const sessionFiles = readNames(paths.data).filter((name) => name.startsWith('sessions.db'))
  const rows: DiskRow[] = [
    {
      ...{ what: 'sessions', path: inData('sessions.db'), count: sessions.length },
      bytes: sessionFiles.reduce((sum, name) => sum + sizeOf(inData(name)).bytes, 0),
      projects: byBytes([...projects].map(([root, bytes]) => ({ root, bytes }))),
    },
    row('journal', journal.directory, {
      count: opened.reduce((sum, { steps }) => sum + steps, 0),
      projects: byBytes(opened.map(({ root, bytes }) => ({ root, bytes }))),
    }),
    row('captures', join(journal.directory, 'captures')),
    row('results', inData('results')),
    row('tries', inData('tries')),
    row('usage', inData('usage.db')),
    row('audit', inData('audit')),
    row('index', join(paths.cache, 'index'), {
      count: indexes.length,
      projects: byBytes(
        indexes.flatMap((path) => {
          const root = known.get(path)
          return root === undefined ? [] : [{ root, bytes: sizeOf(path).bytes }]
        }),
      ),
    }),
    row('sandbox', join(paths.cache, 'sandbox')),
  ]
  return rows.filter(({ bytes }) => bytes > 0)
}

/** On a full disk the journal cannot be opened, and yet the question is what takes the room. */
async function stepSizes(journal: Journal): Promise<ReturnType<OpenJournal['store']['sizes']>> {
  if (!journal.exists()) return []
  return journal.open().then(
    ({ store }) => store.sizes(),
    () => [],
  )
}

export async function gcOf(parts: DiskParts, options: GcOptions): Promise<GcRow[]> {
  // On a full disk it can perhaps be opened after what needs no room.
  if (parts.journal.exists()) await parts.journal.open().catch(() => undefined)
  const others = [
    await triesRow(parts, options),
    removeAll('results of removed sessions', deadResults(parts), options),
    removeAll('indexes of removed directories', deadIndexes(parts), options),
  ]
  const rows = [...(await journalRows(parts, options)), ...others]
  return rows.filter(({ count }) => count > 0)
}

async function journalRows(
  { journal }: DiskParts,
  { isDryRun, olderDays, toBytes }: GcOptions,
): Promise<GcRow[]> {
  if (!journal.exists()) return []
  const { store, objects } = await journal.open()
  const now = Date.now()
  const limits = {
    ...(olderDays === undefined ? {} : { before: now - olderDays * msPerDay }),
    ...(toBytes === undefined ? {} : { maxBytes: toBytes }),
    keepAfter: now - restMs,
  }
  const stray = strayObjects({ store, objects }, now - restMs)
  const strayRow = {
    ...{ what: 'contents that no step names', count: stray.length },
    bytes: stray.reduce((sum, { bytes }) => sum + bytes, 0),
  }
  const captures = deadCaptures(journal, store.captures())
  if (isDryRun) {
    const unnamed = store.unnamedObjects()
    const steps = wouldLetGo({ store, objects }, limits)
    return [
      { what: 'old steps of the journal', ...steps },
      {
        ...{ what: strayRow.what, count: strayRow.count + unnamed.length },
        bytes: strayRow.bytes + unnamed.reduce((sum, { bytes }) => sum + bytes, 0),
      },
      removeAll('captures of ended commands', captures, { isDryRun }),
    ]
  }
  for (const { sha } of stray) objects.remove(sha)
  const gone = letGo({ store, objects }, { ...limits, unnamed: true })
  return [
    { what: 'old steps of the journal', count: gone.steps, bytes: gone.steps > 0 ? gone.bytes : 0 },
    {
      ...{ what: strayRow.what, count: strayRow.count + (gone.steps > 0 ? 0 : gone.objects) },
      bytes: strayRow.bytes + (gone.steps > 0 ? 0 : gone.bytes),
    },
    removeAll('captures of ended commands', captures, { isDryRun }),
  ]
}

/** Kept tries from before that many days; without a number they go by themselves after a week. */
async function triesRow(
  { tries, paths }: DiskParts,
  { isDryRun, olderDays }: GcOptions,
): Promise<GcRow> {
  const row: GcRow = { what: 'kept tries', count: 0, bytes: 0 }
  if (olderDays === undefined || !existsSync(join(paths.data, 'tries'))) return row
  const before = Math.min(Date.now() - olderDays * msPerDay, Date.now() - restMs)
  for (const { id, bytes, startedAt, inUse } of await tries().list({ everywhere: true })) {
    if (inUse || startedAt >= before) continue
    if (!isDryRun) await tries().discard(id)
    row.count++
    row.bytes += bytes
  }
  return row
}

/** Directories of captures that no step knows: what has an owner is taken in when the journal is opened. */
function deadCaptures(journal: Journal, known: readonly { id: string }[]): string[] {
  const ids = new Set(known.map(({ id }) => id))
  return below(join(journal.directory, 'captures')).filter(
    (path) => !ids.has(path.split('/').at(-1) ?? '') && isAtRest(path),
  )
}

/** `tool` holds what calls outside of sessions left. */
function deadResults({ paths, current }: DiskParts): string[] {
  const sessions = new Set(
    current
      .store()
      .list({ archived: 'with' })
      .map(({ id }) => id),
  )
  // A store that was set aside as damaged knows none, and its sessions may come back.
  if (sessions.size === 0) return []
  return below(join(paths.data, 'results')).filter(
    (path) => !sessions.has(path.split('/').at(-1) ?? '') && isAtRest(path),
  )
}

/** Only of directories of which it is known that they are gone. */
function deadIndexes(parts: DiskParts): string[] {
  return knownRoots(parts)
    .filter((root) => !existsSync(root))
    .map((root) => indexDirectory(parts.paths.cache, root))
    .filter((path) => existsSync(path) && isAtRest(path))
}

function knownRoots({ journal, current }: DiskParts): string[] {
  const sessions = current.store().list({ archived: 'with' })
  const steps = journal.opened?.store.sizes() ?? []
  return [...new Set([...sessions.map(({ cwd }) => cwd), ...steps.map(({ root }) => root)])]
}

function removeAll(what: string, found: readonly string[], options: { isDryRun: boolean }): GcRow {
  let bytes = 0
  let count = 0
  for (const path of found) {
    const size = sizeOf(path).bytes
    if (!options.isDryRun) removeTree(path)
    if (!options.isDryRun && existsSync(path)) continue
    bytes += size
    count++
  }
  return { what, count, bytes }
}

function isAtRest(path: string): boolean {
  return sizeOf(path).changedAt < Date.now() - restMs
}

function sizeOf(path: string): Size {
  const size: Size = { bytes: 0, files: 0, changedAt: 0 }
  const waiting = [path]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const found = statOf(at)
    if (!found) continue
    size.changedAt = Math.max(size.changedAt, found.mtimeMs)
    if (found.isDirectory()) waiting.push(...below(at))
    else {
      size.files++
      size.bytes += found.blocks === undefined ? found.size : Math.max(found.blocks * 512, 0)
    }
  }
  return size
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function below(directory: string): string[] {
  return readNames(directory).map((name) => join(directory, name))
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function byBytes<T extends { bytes: number }>(rows: T[]): T[] {
  return rows.sort((one, two) => two.bytes - one.bytes)
}
