/**
 * Makes the files be as a plan has them, all or nothing: contents are staged beside their targets first, what goes is
 * renamed aside, and when a later step fails everything is taken back. Each file changes in one step; no link is ever
 * followed on the way.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { chown, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { mapLimit } from '../base/async.ts'
import { CodiError, errorCode, errorMessage, toCodiError } from '../base/errors.ts'
import { pinDirectory } from '../base/pinned-directory.ts'
import { plural } from '../base/text.ts'
import type { FileState } from '../contract/journal.ts'
import { chmodIn, failed, inDirectory, move, temporaryName, unlinkIn } from './entries.ts'
import { exchange, type Ways } from './exchange.ts'
import { isBehindLink, lookAt, lookInto, sameState } from './file-state.ts'
import type { Objects } from './objects.ts'
import type { PlanRow } from './plan.ts'

/** A row of which something is to be done. */
export type PutBackRow = PlanRow & { result: FileState }

interface Work extends Ways {
  objects: Objects
  /** Temporary files, by path of their target. */
  staged: Map<string, string>
  /** Directories that go. */
  leaving: ReadonlySet<string>
}

const ownerAll = 0o700

/** The disk takes several at once, the memory not all. */
const maxStagedAtOnce = 8

/** Throws a CodiError with everything as it was. */
export async function putBack(rows: readonly PutBackRow[], objects: Objects): Promise<void> {
  const leaving = rows.filter(
    ({ current, result }) => current.kind === 'directory' && result.kind !== 'directory',
  )
  const work: Work = {
    ...{ objects, undo: [], finish: [], staged: new Map() },
    leaving: new Set(leaving.map(({ path }) => path)),
  }
  try {
    requireAsPlanned(rows)
    for (const row of byDepth(rows)) openDirectory(row, work)
    const contents = rows.filter((row) => row.result.kind === 'file' && needsContent(row))
    const [now, later] = parted(contents, (row) => isDirectory(dirname(row.path)))
    await stageAll(now, work)
    for (const row of byDepth(rows).reverse()) clear(row, work)
    for (const row of byDepth(rows)) makeDirectory(row, work)
    await stageAll(later, work)
    for (const row of rows) place(row, work)
  } catch (thrown) {
    throw takenBack(thrown, work)
  }
  for (const end of work.finish) quietly(end)
}

/** Between the preview and the word to go on somebody may have written. */
function requireAsPlanned(rows: readonly PutBackRow[]): void {
  const changed = rows.filter(({ path, current }) => !sameState(lookAt(path).state, current))
  const [first] = changed
  if (!first) return
  const others = changed.length > 1 ? ` and ${plural(changed.length - 1, 'other file')}` : ''
  throw new CodiError(
    'stale',
    `${first.path}${others} changed while you were asked; nothing was done, ask for it again`,
  )
}

function needsContent({ current, result, merged }: PutBackRow): boolean {
  if (result.kind !== 'file') return false
  return merged !== undefined || current.kind !== 'file' || current.sha !== result.sha
}

/** What the step closed to writing is open while it is taken back. */
function openDirectory({ path, current, result }: PutBackRow, { undo, finish }: Work): void {
  if (current.kind !== 'directory' || (current.mode & ownerAll) === ownerAll) return
  try {
    chmodIn(path, current.mode | ownerAll)
  } catch {
    // Somebody else's: what is to be done in it says so.
    return
  }
  undo.push(() => chmodIn(path, current.mode))
  // One in which something of the person's is stays.
  if (result.kind === 'absent')
    finish.push(() => {
      if (isDirectory(path)) chmodIn(path, current.mode)
    })
}

/** All have come to an end before an error is told: what they left can then be taken away. */
async function stageAll(rows: readonly PutBackRow[], work: Work): Promise<void> {
  const errors = await mapLimit(rows, maxStagedAtOnce, (row) =>
    stage(row, work).then(
      () => [],
      (thrown: unknown) => [failed('write beside', row.path, thrown)],
    ),
  )
  const [first] = errors.flat()
  if (first !== undefined) throw first
}

async function stage(row: PutBackRow, { objects, staged, undo }: Work): Promise<void> {
  const { path, result, copyFrom } = row
  if (result.kind !== 'file') return
  const made: string[] = []
  using directory = pinDirectory(dirname(path), { made })
  for (const name of made) undo.push(() => quietly(() => rmdirSync(name)))
  const temporary = directory.entry(temporaryName(path))
  const name = `${dirname(path)}/${basename(temporary)}`
  undo.push(() => unlinkIn(name))
  if (copyFrom === undefined) {
    const bytes = row.merged ?? (await objects.get(result.sha))
    if (!bytes)
      throw new CodiError('io', `What was in ${path} is damaged in the journal; nothing was done`)
    writeFileSync(temporary, bytes, { flag: 'wx', mode: 0o600 })
  } else {
    using source = pinDirectory(dirname(copyFrom))
    const from = source.entry(basename(copyFrom))
    copyFileSync(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const copied = lookInto(temporary).state
    if (copied.kind !== 'file' || copied.sha !== result.sha)
      throw new CodiError('stale', `${copyFrom} changed meanwhile; nothing was done`)
  }
  const handle = await open(temporary, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    await handle.chmod(result.mode)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  const owner = lstatSync(directory.entry(basename(path)), { throwIfNoEntry: false })
  // Only root may give a file away; for anyone else it becomes theirs, as with any editor.
  if (owner?.isFile()) await chown(temporary, owner.uid, owner.gid).catch(() => {})
  staged.set(path, name)
}

/** Takes away what cannot stay where something else comes. */
function clear({ path, current, result }: PutBackRow, work: Work): void {
  const stays = current.kind === result.kind || current.kind === 'absent'
  if (stays) return
  if (current.kind === 'directory') removeDirectory(path, { current, result, work })
  else if (result.kind === 'absent' || result.kind === 'directory') setAside(path, work)
}

function removeDirectory(
  path: string,
  of: { current: Extract<FileState, { kind: 'directory' }>; result: FileState; work: Work },
): void {
  using parent = pinDirectory(dirname(path))
  try {
    rmdirSync(parent.entry(basename(path)))
  } catch (thrown) {
    // Something of the person's is in it: then it stays.
    if (of.result.kind === 'absent' && isFull(thrown)) return
    throw failed('remove the directory', path, thrown)
  }
  of.work.undo.push(() => {
    using again = pinDirectory(dirname(path))
    mkdirSync(again.entry(basename(path)), { mode: of.current.mode })
    chmodSync(again.entry(basename(path)), of.current.mode)
  })
}

/** Under a name in the nearest directory that stays: those that go have to be empty. */
function setAside(path: string, { undo, finish, leaving }: Work): void {
  let directory = dirname(path)
  while (leaving.has(directory)) directory = dirname(directory)
  const aside = join(directory, temporaryName(path))
  move(path, aside, 'remove')
  undo.push(() => move(aside, path, 'put back'))
  finish.unshift(() => unlinkIn(aside))
}

function makeDirectory({ path, current, result }: PutBackRow, { undo, finish }: Work): void {
  if (result.kind !== 'directory' || current.kind === 'directory') return
  const made: string[] = []
  try {
    using directory = pinDirectory(path, { made })
    directory.verify()
  } catch (thrown) {
    throw failed('make the directory', path, thrown)
  } finally {
    for (const name of made) undo.push(() => quietly(() => rmdirSync(name)))
  }
  // Last, because one that is closed to writing takes no files.
  finish.push(() => chmodIn(path, result.mode))
}

/** In one step, also where something stands there already. */
function place(row: PutBackRow, work: Work): void {
  const { path, current, result } = row
  const { staged, undo, finish } = work
  if (result.kind === 'link') {
    const name = `${dirname(path)}/${temporaryName(path)}`
    undo.push(() => unlinkIn(name))
    inDirectory(name, (entry) => symlinkSync(result.target, entry))
    exchange(name, row, work)
    return
  }
  const temporary = staged.get(path)
  if (temporary !== undefined) {
    exchange(temporary, row, work)
    return
  }
  const isMode =
    (result.kind === 'file' && current.kind === 'file') ||
    (result.kind === 'directory' && current.kind === 'directory')
  if (!isMode || current.mode === result.mode) return
  if (result.kind === 'directory') {
    finish.push(() => chmodIn(path, result.mode))
    return
  }
  chmodIn(path, result.mode)
  undo.push(() => chmodIn(path, current.mode))
}

function takenBack(thrown: unknown, { undo }: Work): CodiError {
  const cause = toCodiError(thrown)
  const problems: string[] = []
  for (const step of undo.reverse()) {
    try {
      step()
    } catch (again) {
      if (errorCode(again) !== 'ENOENT') problems.push(errorMessage(again))
    }
  }
  if (problems.length === 0) return cause
  return new CodiError(
    'io',
    `${cause.message}; and taking back what was already done failed: ${problems.join('; ')}`,
    { cause: thrown },
  )
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // A leftover of ours beside the file; the file itself is as it should be.
  }
}

function isFull(thrown: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(errorCode(thrown) ?? '')
}

function isDirectory(path: string): boolean {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    return found?.isDirectory() === true && !isBehindLink(path)
  } catch {
    return false
  }
}

function byDepth(rows: readonly PutBackRow[]): PutBackRow[] {
  const depth = (path: string) => path.split('/').length
  return rows.toSorted((one, two) => depth(one.path) - depth(two.path))
}

function parted<T>(rows: readonly T[], test: (row: T) => boolean): [T[], T[]] {
  return [rows.filter(test), rows.filter((row) => !test(row))]
}
