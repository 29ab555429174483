/**
 * Applies changes of a try: all of them or none. What is going to be done is written down first; after a crash
 * `finishApplying` does the rest, or takes back what was done where somebody else has been there meanwhile.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'
import { formatBytes } from '../../../src/base/text.ts'
import { joinBytes, namesIn, parentOf, statOf, toBytes, toLatin } from './byte-path.ts'
import type { FileCalls } from './calls.ts'
import { copyTree, treeBytes } from './copy-tree.ts'
import { type Identity, identityOf, newestBelow, newestOf } from './identity.ts'
import {
  forgetIntent,
  forgetPassing,
  type Intent,
  notePassing,
  type Operation,
  readIntent,
  readPassing,
  writeIntent,
} from './intent.ts'
import type { Layer } from './layers.ts'
import { fewSyncs, type Operator, openOperator } from './operations.ts'
import { type Change, knownKey, modeOf, ownerRights, type Scan } from './scan.ts'

export interface ApplyOptions {
  calls: FileCalls
  /** That of the try. */
  directory: string
  /** What a scan found beside the changes. */
  scan: Pick<Scan, 'left' | 'opaque'>
  /** All of the try. */
  isWhole: boolean
}

/** What must stay free when contents are copied. */
const minFreeBytes = 64 * 1024 * 1024

/** Throws a CodiError with everything as it was. */
export function applyChanges(changes: readonly Change[], options: ApplyOptions): void {
  const { calls, directory } = options
  const layers = [...new Set(changes.map((change) => change.layer))]
  const passing: string[] = []
  let isBegun = false
  try {
    prepare(changes, options)
    const homes = new Map(layers.map((layer) => [layer, homeOf(layer, directory, passing)]))
    checkRoom(changes, homes)
    const intent: Intent = {
      roots: layers.map(({ root, inode }) => ({ path: root, inode })),
      operations: plan(changes, { homes, layers }),
      passing,
      isWhole: options.isWhole,
    }
    const operator = openOperator(intent, calls)
    try {
      // What a command wrote is on no disk yet: a name must not come to stand for nothing.
      syncContents(changes, options)
      writeIntent(directory, intent)
      forgetPassing(directory)
      isBegun = true
      perform(intent, { operator, directory })
    } finally {
      operator.close()
    }
  } catch (thrown) {
    // Nothing had been begun: what was made for it goes.
    if (!isBegun) {
      for (const path of passing) removeTree(path)
      forgetPassing(directory)
    }
    throw thrown
  }
}

export interface Finished {
  how: 'finished' | 'taken back'
  isWhole: boolean
  /** Changes that stand, since somebody wrote there; what was there before them lies in `kept`. */
  stuck: number
  kept: string[]
}

/** What a crash left; undefined where nothing was begun. */
export function finishApplying(directory: string, calls: FileCalls): Finished | undefined {
  const intent = readIntent(directory)
  if (!intent) for (const path of readPassing(directory)) removeTree(path)
  forgetPassing(directory)
  if (!intent) return undefined
  const operator = openOperator(intent, calls)
  try {
    const isFree = intent.operations.every((operation) => operator.state(operation) !== 'taken')
    if (isFree) {
      try {
        perform(intent, { operator, directory })
        clear(intent, directory)
        return { how: 'finished', isWhole: intent.isWhole, stuck: 0, kept: [] }
      } catch {
        // It has taken back what it did.
        return { how: 'taken back', isWhole: intent.isWhole, stuck: 0, kept: [] }
      }
    }
    const stuck = takeBack(intent, intent.operations, { operator, directory })
    operator.sync(intent.operations)
    if (stuck === 0) clear(intent, directory)
    else forgetIntent(directory)
    return { how: 'taken back', isWhole: intent.isWhole, stuck, kept: intent.passing }
  } finally {
    operator.close()
  }
}

function perform(
  intent: Intent,
  { operator, directory }: { operator: Operator; directory: string },
): void {
  const { operations } = intent
  let done = 0
  try {
    for (const operation of operations) {
      operator.do(operation)
      done++
    }
  } catch (thrown) {
    const stuck = takeBack(intent, operations.slice(0, done + 1), { operator, directory })
    operator.sync(intent.operations)
    if (stuck === 0) {
      clear(intent, directory)
      throw thrown
    }
    // What stood there before must not be lost with it.
    forgetIntent(directory)
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new CodiError(
      'io',
      `${message}; ${stuck} of the changes made before could not be taken back, since somebody wrote there; what stood there before is kept in ${intent.passing.join(', ')}`,
      { cause: thrown },
    )
  }
  operator.sync(intent.operations)
  clear(intent, directory)
}

/** Answers how many could not be; what was put back is not taken for somebody's change later. */
function takeBack(
  { roots }: Intent,
  operations: readonly Operation[],
  { operator, directory }: { operator: Operator; directory: string },
): number {
  const known = readKnown(directory)
  let stuck = 0
  for (const operation of operations.toReversed()) {
    try {
      const undone = operator.undo(operation)
      if (undone === 'stuck') stuck++
      if (undone !== 'undone') continue
      const root = roots[operation.root]?.path
      const time = operator.changeTime(operation)
      if (root !== undefined && time !== undefined)
        known.set(knownKey(root, operation.path), String(time))
    } catch {
      stuck++
    }
  }
  writeFileSync(join(directory, knownName), JSON.stringify([...known]), { mode: 0o600 })
  return stuck
}

const knownName = 'put-back.json'

export function readKnown(directory: string): Map<string, string> {
  try {
    return new Map(JSON.parse(readFileSync(join(directory, knownName), 'utf8')))
  } catch {
    return new Map()
  }
}

function clear(intent: Intent, directory: string): void {
  forgetIntent(directory)
  for (const path of intent.passing) removeTree(path)
}

/** Takes out of the layers what must not come along, and the kernel's own marks. */
function prepare(changes: readonly Change[], { calls, scan, isWhole }: ApplyOptions): void {
  for (const path of scan.left) rmSync(path, { recursive: true, force: true })
  for (const { layer, kind, leaves } of changes) {
    if (kind !== 'create' && kind !== 'replace') continue
    const upper = toBytes(join(layer.directory, 'up'))
    for (const leaf of leaves) if (leaf.after) removeMarks(joinBytes(upper, leaf.path), calls)
  }
  if (!isWhole) for (const { layer, path } of scan.opaque) openDirectory(layer, path, calls)
}

function removeMarks(path: Buffer, calls: FileCalls): void {
  const marks = calls.attributes(path).filter((name) => name.startsWith('user.overlay.'))
  if (marks.every((name) => calls.removeAttribute(path, name) === 0)) return
  // A file that its owner may not write keeps them until it may.
  const found = statOf(path)
  if (!found || found.isSymbolicLink()) return
  chmodSync(path, modeOf(found) | 0o600)
  for (const name of marks) calls.removeAttribute(path, name)
  chmodSync(path, modeOf(found))
}

/** Of a directory that hides all below it, the same said name by name: then parts of it can be moved. */
function openDirectory(layer: Layer, path: Buffer, calls: FileCalls): void {
  const above = joinBytes(toBytes(join(layer.directory, 'up')), path)
  const below = joinBytes(toBytes(layer.root), path)
  for (const name of namesIn(below)) {
    const at = joinBytes(above, name)
    if (statOf(at)) continue
    const failed = calls.makeWhiteout(at)
    if (failed !== 0)
      throw new CodiError(
        'unsupported',
        `A part of ${path.toString()} cannot be applied alone here; apply all of it`,
      )
  }
  calls.removeAttribute(above, 'user.overlay.opaque')
}

interface Home {
  /** For what stood there before. */
  aside: string
  /** Contents are copied there first; undefined where they can be moved. */
  copies: string | undefined
}

/** On the same mount things are moved; else they are copied into a passing directory beside their targets first. */
function homeOf(layer: Layer, directory: string, passing: string[]): Home {
  const own = join(directory, `aside-${crypto.randomUUID().slice(0, 8)}`)
  if (isSameMount(join(layer.directory, 'up'), layer.root)) {
    passing.push(own)
    mkdirSync(own, { mode: 0o700 })
    return { aside: own, copies: undefined }
  }
  const beside = join(layer.root, `.codi-applying-${crypto.randomUUID().slice(0, 8)}`)
  passing.push(beside)
  notePassing(directory, passing)
  mkdirSync(beside, { mode: 0o700 })
  return { aside: beside, copies: beside }
}

function isSameMount(one: string, two: string): boolean {
  const [first, second] = [mountOf(one), mountOf(two)]
  return first.mount === second.mount && first.device === second.device
}

function mountOf(path: string): { mount: string | undefined; device: bigint | undefined } {
  const fd = openSync(path, 'r')
  try {
    const mount = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return { mount, device: statOf(toBytes(path))?.dev }
  } finally {
    closeSync(fd)
  }
}

function checkRoom(changes: readonly Change[], homes: ReadonlyMap<Layer, Home>): void {
  for (const [layer, { copies }] of homes) {
    if (copies === undefined) continue
    const needed = changes
      .filter((change) => change.layer === layer)
      .reduce((sum, { leaves }) => sum + treeBytes(leaves), 0)
    const { bavail, bsize } = statfsSync(layer.root)
    const free = bavail * bsize
    if (needed + minFreeBytes <= free) continue
    throw new CodiError(
      'limit',
      `Applying needs ${formatBytes(needed)} on the disk of ${layer.root}, where ${formatBytes(free)} are free; make room and apply again`,
    )
  }
}

/** Modes come last and the deepest first: one that closes a directory must not close it to what goes into it. */
function plan(
  changes: readonly Change[],
  { homes, layers }: { homes: ReadonlyMap<Layer, Home>; layers: readonly Layer[] },
): Operation[] {
  const operations: Operation[] = []
  const modes: Operation[] = []
  const made = new Set<string>()
  let number = 0
  for (const { kind, layer, path: bytes, upper, lower, leaves } of changes) {
    const home = homes.get(layer)
    if (!home) continue
    const root = layers.indexOf(layer)
    const path = toLatin(bytes)
    const newest = () => newestOf(leaves.map(({ before }) => before))
    const aside = toLatin(toBytes(join(home.aside, `old-${number}`)))
    if (kind === 'mode' && upper && lower)
      modes.push({ kind, root, path, mode: modeOf(upper), was: modeOf(lower) })
    if (kind === 'delete' && lower)
      operations.push({ kind, root, path, aside, old: identityOf(lower, newest) })
    if ((kind === 'create' || kind === 'replace') && upper) {
      makeParents(layer, root, bytes)
      const { source, own } = sourceOf(layer, bytes, { home, number })
      if (kind === 'create') operations.push({ kind, root, path, source, own })
      else if (lower)
        operations.push({ kind, root, path, source, own, aside, old: identityOf(lower, newest) })
      for (const leaf of leaves)
        if (leaf.isOpened && leaf.after) modes.push(closing(leaf.path, modeOf(leaf.after), root))
    }
    number++
  }
  return [...operations, ...modes.reverse()]

  /** Of a part of a new directory: the directories that it lies in. */
  function makeParents(layer: Layer, root: number, path: Buffer): void {
    const { directory } = parentOf(path)
    if (directory.length === 0 || made.has(`${root}/${toLatin(directory)}`)) return
    made.add(`${root}/${toLatin(directory)}`)
    if (statOf(joinBytes(toBytes(layer.root), directory))) return
    makeParents(layer, root, directory)
    const upper = statOf(joinBytes(toBytes(join(layer.directory, 'up')), directory))
    const mode = upper ? modeOf(upper) | 0o700 : 0o755
    operations.push({ kind: 'mkdir', root, path: toLatin(directory), mode })
  }
}

/** Of a directory that was opened so that its owner can look into it. */
function closing(path: Buffer, mode: number, root: number): Operation {
  return { kind: 'mode', root, path: toLatin(path), mode, was: mode | ownerRights }
}

function sourceOf(
  layer: Layer,
  path: Buffer,
  { home, number }: { home: Home; number: number },
): { source: string; own: Identity } {
  const upper = joinBytes(toBytes(join(layer.directory, 'up')), path)
  let source = upper
  if (home.copies !== undefined) {
    source = toBytes(join(home.copies, `new-${number}`))
    copyTree(upper, source)
  }
  const found = statOf(source)
  if (!found) throw new CodiError('stale', `${path.toString()} is gone from the try`)
  return { source: toLatin(source), own: identityOf(found, () => newestBelow(source)) }
}

/** A few files one by one; of many the whole file system, which takes other programs' writes along. */
function syncContents(changes: readonly Change[], { calls, directory }: ApplyOptions): void {
  const files = changes.flatMap(({ layer, leaves }) =>
    leaves
      .filter(({ after }) => after?.isFile())
      .map(({ path }) => joinBytes(toBytes(join(layer.directory, 'up')), path)),
  )
  const isFew = files.length <= fewSyncs
  for (const path of isFew ? files : [toBytes(directory)]) {
    let fd: number
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    } catch {
      // Closed even to its owner: the file system has to do.
      fd = openSync(directory, 'r')
    }
    try {
      if (isFew) fsyncSync(fd)
      else calls.sync(fd)
    } finally {
      closeSync(fd)
    }
  }
}
