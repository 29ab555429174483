/**
 * What an upper layer changes in the directory below it, found by reading the layer alone: the cost grows with the
 * changes. Equal copies are no change, nor is a time of modification.
 */
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  openSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  fromLatin,
  isBelow,
  isText,
  joinBytes,
  namesIn,
  parentOf,
  shownBytes,
  statOf,
  toBytes,
  toLatin,
} from './byte-path.ts'
import type { FileCalls } from './calls.ts'
import type { Layer } from './layers.ts'

/** One thing that applying does in one go: a file, a link, or a whole directory that comes or goes. */
export interface Change {
  kind: 'create' | 'replace' | 'delete' | 'mode'
  layer: Layer
  /** Relative to the root. */
  path: Buffer
  /** What stands in the upper layer; absent of a deletion. */
  upper?: BigIntStats
  /** What stands in the root; absent of a creation. */
  lower?: BigIntStats
  leaves: Leaf[]
}

/** A file, a link or a directory that is there before or afterwards. */
export interface Leaf {
  path: Buffer
  before?: BigIntStats
  after?: BigIntStats
  /** A directory with nothing in it. */
  isEmpty?: true
  /** A new directory whose layer is open to its owner meanwhile: `after` has the mode that it is to have. */
  isOpened?: true
}

export interface Scan {
  changes: Change[]
  /** Has been changed on disk since the try began. */
  conflicts: { layer: Layer; path: Buffer; why: string }[]
  notes: string[]
  /** In the upper layer, but never applied: what is protected, sockets, pipes. */
  left: Buffer[]
  /** Directories of the upper layer that hide all that is below them in the root. */
  opaque: { layer: Layer; path: Buffer }[]
}

export interface ScanOptions {
  calls: FileCalls
  /** Absolute paths that stay as they are. */
  closed: readonly string[]
  /** Files that were put back by codi itself: their ctime then, by `knownKey`. */
  known: ReadonlyMap<string, string>
  /**
   * Modes of directories of the upper layer that the command closed to their owner, by latin1 path. They are opened to be
   * read, and added.
   */
  modes: Map<string, number>
}

/** What a directory must allow its owner to be looked into and taken apart. */
export const ownerRights = 0o700

export function knownKey(root: string, path: string): string {
  return `${root}\0${path}`
}

/** How many entries are looked at before others have their turn. */
const entriesATurn = 400
const chunkBytes = 1024 * 1024
const maxNotes = 10

export async function scanLayer(
  layer: Layer,
  { calls, closed, known, modes }: ScanOptions,
): Promise<Scan> {
  const upper = toBytes(join(layer.directory, 'up'))
  const root = toBytes(layer.root)
  const since = BigInt(layer.since)
  const shut = closed
    .filter((path) => path.startsWith(`${layer.root}/`))
    .map((path) => toBytes(path.slice(layer.root.length + 1)))
  const result: Scan = { changes: [], conflicts: [], notes: [], left: [], opaque: [] }
  let entries = 0

  await compareDirectories(Buffer.alloc(0), false)
  return result

  async function compareDirectories(path: Buffer, isOpaque: boolean): Promise<void> {
    const names = namesIn(joinBytes(upper, path))
    for (const name of names) {
      if (++entries % entriesATurn === 0) await Bun.sleep(0)
      await compare(joinBytes(path, name))
    }
    if (!isOpaque) return
    result.opaque.push({ layer, path })
    const kept = new Set(names.map((name) => name.toString('latin1')))
    for (const name of namesIn(joinBytes(root, path)))
      if (!kept.has(name.toString('latin1'))) removed(joinBytes(path, name))
  }

  async function compare(path: Buffer): Promise<void> {
    const above = look(path)
    if (!above) return
    const below = statOf(joinBytes(root, path))
    if (shut.some((one) => one.equals(path))) {
      if (!isWhiteout(above)) leave(path, 'is protected and stays as it is')
      return
    }
    if (isWhiteout(above)) {
      if (below) removed(path, below)
      return
    }
    if (isSpecial(above)) {
      leave(path, 'is a socket, a pipe or a device, and is not taken over')
      return
    }
    if (above.isDirectory() && below?.isDirectory()) {
      if (modeOf(above) !== modeOf(below)) changed('mode', path, above, below)
      await compareDirectories(path, isOpaqueDirectory(path))
      return
    }
    if (!below) {
      changed('create', path, above)
      return
    }
    if (isSame(path, above, below)) {
      if (modeOf(above) !== modeOf(below) && !above.isSymbolicLink())
        changed('mode', path, above, below)
      return
    }
    if (!below.isDirectory() && below.nlink > 1n)
      note(`${shown(path)} has further names (hard links), which keep the old content`)
    changed('replace', path, above, below)
  }

  /** What stands in the upper layer, with the mode that the command gave it. */
  function look(path: Buffer): BigIntStats | undefined {
    const at = joinBytes(upper, path)
    const found = statOf(at)
    if (!found?.isDirectory()) return found
    const key = toLatin(path)
    const mode = modes.get(key) ?? modeOf(found)
    if ((modeOf(found) & ownerRights) !== ownerRights) {
      chmodSync(at, mode | ownerRights)
      modes.set(key, mode)
    }
    if (modes.has(key)) found.mode = (found.mode & ~0o7777n) | BigInt(mode)
    return found
  }

  function removed(path: Buffer, below = statOf(joinBytes(root, path))): void {
    if (!below) return
    // A protected place cannot be removed by a command, so neither can what holds it.
    if (shut.some((one) => isBelow(one, path) && statOf(joinBytes(root, one)))) {
      leave(path, 'is protected and stays as it is')
      return
    }
    changed('delete', path, undefined, below)
  }

  function changed(
    kind: Change['kind'],
    path: Buffer,
    above: BigIntStats | undefined,
    below?: BigIntStats,
  ): void {
    const leaves: Leaf[] = []
    if (below && kind !== 'mode') listBelow(path, leaves)
    if (above && kind !== 'mode') listAbove(path, above, leaves)
    if (kind === 'mode')
      leaves.push({ path, ...(below ? { before: below } : {}), ...(above ? { after: above } : {}) })
    // The time of a directory says that something in it came or went, which need not stand in the way.
    for (const { path: at, before } of leaves)
      if (before && before.ctimeNs > since && !before.isDirectory() && !isKnown(at, before))
        conflict(at)
    const odd = leaves.find((leaf) => !isText(leaf.path))
    if (odd) note(`${shown(odd.path)} is a name that is no UTF-8: codi undo cannot take it back`)
    result.changes.push({
      kind,
      layer,
      path,
      leaves: joined(leaves),
      ...(above ? { upper: above } : {}),
      ...(below ? { lower: below } : {}),
    })
  }

  function listBelow(path: Buffer, leaves: Leaf[]): void {
    const before = statOf(joinBytes(root, path))
    if (!before) return
    const names = before.isDirectory() ? namesIn(joinBytes(root, path)) : undefined
    leaves.push({ path, before, ...(names?.length === 0 ? { isEmpty: true } : {}) })
    for (const name of names ?? []) listBelow(joinBytes(path, name), leaves)
  }

  /** Of something that is new as a whole; what must not come with it is noted, to be taken out of it. */
  function listAbove(path: Buffer, above: BigIntStats, leaves: Leaf[]): void {
    const names = above.isDirectory() ? namesIn(joinBytes(upper, path)) : undefined
    leaves.push({
      path,
      after: above,
      ...(names?.length === 0 ? { isEmpty: true } : {}),
      ...(modes.has(toLatin(path)) ? { isOpened: true } : {}),
    })
    for (const name of names ?? []) {
      const at = joinBytes(path, name)
      const found = look(at)
      if (!found || isWhiteout(found)) {
        if (found) result.left.push(joinBytes(upper, at))
        continue
      }
      if (shut.some((one) => one.equals(at))) leave(at, 'is protected and stays as it is')
      else if (isSpecial(found)) leave(at, 'is a socket, a pipe or a device, and is not taken over')
      else listAbove(at, found, leaves)
    }
  }

  function isSame(path: Buffer, above: BigIntStats, below: BigIntStats): boolean {
    const [one, two] = [joinBytes(upper, path), joinBytes(root, path)]
    if (above.isSymbolicLink() && below.isSymbolicLink()) {
      return readLink(one).equals(readLink(two))
    }
    if (!above.isFile() || !below.isFile() || above.size !== below.size) return false
    return haveSameBytes(one, two, Number(above.size))
  }

  function isKnown(path: Buffer, { ctimeNs }: BigIntStats): boolean {
    return known.get(knownKey(layer.root, toLatin(path))) === String(ctimeNs)
  }

  function isOpaqueDirectory(path: Buffer): boolean {
    return calls.hasValue(joinBytes(upper, path), 'user.overlay.opaque', 'y')
  }

  function leave(path: Buffer, why: string): void {
    result.left.push(joinBytes(upper, path))
    note(`${shown(path)} ${why}`)
  }

  function note(text: string): void {
    if (result.notes.length < maxNotes) result.notes.push(text)
    else if (result.notes.length === maxNotes) result.notes.push('… and more of the kind')
  }

  function conflict(path: Buffer): void {
    result.conflicts.push({ layer, path, why: 'was changed since the command began' })
  }

  function shown(path: Buffer): string {
    return shownBytes(path)
  }
}

/** A name that goes and comes back as something else is one leaf. */
function joined(leaves: Leaf[]): Leaf[] {
  const byPath = new Map<string, Leaf>()
  for (const leaf of leaves) {
    const key = leaf.path.toString('latin1')
    byPath.set(key, { ...byPath.get(key), ...leaf })
  }
  return [...byPath.values()]
}

function isWhiteout(found: BigIntStats): boolean {
  return found.isCharacterDevice() && found.rdev === 0n
}

function isSpecial(found: BigIntStats): boolean {
  return !found.isFile() && !found.isDirectory() && !found.isSymbolicLink()
}

export function modeOf(found: BigIntStats): number {
  return Number(found.mode) & 0o7777
}

export function readLink(path: Buffer): Buffer {
  return readlinkSync(path, { encoding: 'buffer' })
}

function haveSameBytes(one: Buffer, two: Buffer, size: number): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  let first: number | undefined
  let second: number | undefined
  try {
    first = openSync(one, flags)
    second = openSync(two, flags)
    const left = Buffer.allocUnsafe(Math.min(chunkBytes, size + 1))
    const right = Buffer.allocUnsafe(left.length)
    for (;;) {
      const count = readSync(first, left, 0, left.length, null)
      const other = readSync(second, right, 0, right.length, null)
      if (count !== other || !left.subarray(0, count).equals(right.subarray(0, other))) return false
      if (count === 0) return true
    }
  } catch {
    // What cannot be read cannot be told to be the same.
    return false
  } finally {
    if (first !== undefined) closeSync(first)
    if (second !== undefined) closeSync(second)
  }
}

/** Of the paths that were asked for, those of this layer, relative to its root; undefined: everything. */
export function wantedIn(layer: Layer, paths: readonly string[] | undefined): Buffer[] | undefined {
  if (!paths) return undefined
  return paths.flatMap((path) => {
    if (path === layer.root || layer.root.startsWith(`${path}/`)) return [fromLatin('')]
    return path.startsWith(`${layer.root}/`) ? [toBytes(path.slice(layer.root.length + 1))] : []
  })
}

/**
 * The changes that lie at or below what is wanted; a directory that comes or goes is taken apart where part of it is. One
 * that is taken as a whole is the same object.
 */
export function selectChanges(
  changes: readonly Change[],
  wanted: (layer: Layer) => Buffer[] | undefined,
): Change[] {
  const selected = changes.flatMap((change) => {
    const paths = wanted(change.layer)
    if (!paths || paths.some((path) => isBelow(change.path, path))) return [change]
    const leaves = change.leaves.filter(
      (leaf) =>
        paths.some((path) => isBelow(leaf.path, path)) &&
        !paths.some((path) => isBelow(parentOf(leaf.path).directory, path)),
    )
    return leaves.flatMap((leaf) => partOf(change, leaf))
  })
  // What cannot be taken apart comes once for each of its parts.
  return [...new Set(selected)]
}

/** Of a directory that comes or goes as a whole, what is at or below one of its leaves. */
function partOf(change: Change, { path, before, after }: Leaf): Change[] {
  const leaves = change.leaves.filter((leaf) => isBelow(leaf.path, path))
  // A directory that a file has become, or the other way round, is applied as a whole.
  if (before && after) return [change]
  const isMixed = change.kind === 'replace'
  if (isMixed) return [change]
  return [
    {
      kind: change.kind,
      layer: change.layer,
      path,
      leaves,
      ...(after ? { upper: after } : {}),
      ...(before ? { lower: before } : {}),
    },
  ]
}
