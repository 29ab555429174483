/**
 * Applies changes of a try: all of them or none. What is going to be done is written down first; after a crash
 * `finishApplying` does the rest, or takes back what was done where somebody else has been there meanwhile.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { removeTree } from '../../../src/base/remove-tree.ts'
import { formatBytes } from '../../../src/base/text.ts'
import { joinBytes, namesIn, parentOf, statOf, toBytes, toLatin } from './byte-path.ts'
import type { FileCalls } from './calls.ts'
import { copyTree, treeBytes } from './copy-tree.ts'
import { forgetIntent, type Intent, type Operation, readIntent, writeIntent } from './intent.ts'
import type { Layer } from './layers.ts'
import { identityOf, type Operator, openOperator } from './operations.ts'
import { type Change, modeOf, type Scan } from './scan.ts'

export interface ApplyOptions {
  calls: FileCalls
  /** That of the try. */
  directory: string
  /** What a scan found beside the changes. */
  scan: Pick<Scan, 'left' | 'opaque'>
  /** All of the try. */
  isWhole: boolean
  /** Called before each operation, and once behind the last. */
  onStep?(done: number): void
}

/** What must stay free when contents are copied. */
const minFreeBytes = 64 * 1024 * 1024

/** Throws a CodiError with everything as it was. */
export function applyChanges(changes: readonly Change[], options: ApplyOptions): void {
  const { calls, directory } = options
  const layers = [...new Set(changes.map((change) => change.layer))]
  const passing: string[] = []
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
      syncAt(directory, calls)
      operator.sync()
      writeIntent(directory, intent)
      perform(intent, {
        operator,
        directory,
        ...(options.onStep ? { onStep: options.onStep } : {}),
      })
    } finally {
      operator.close()
    }
  } finally {
    if (!readIntent(directory)) for (const path of passing) removeTree(path)
  }
}

/** What a crash left; undefined where nothing was begun. */
export function finishApplying(
  directory: string,
  calls: FileCalls,
): { how: 'finished' | 'taken back'; isWhole: boolean; stuck: number } | undefined {
  const intent = readIntent(directory)
  if (!intent) return undefined
  const operator = openOperator(intent, calls)
  try {
    const isFree = intent.operations.every((operation) => operator.state(operation) !== 'taken')
    if (isFree) {
      try {
        perform(intent, { operator, directory })
        clear(intent, directory)
        return { how: 'finished', isWhole: intent.isWhole, stuck: 0 }
      } catch {
        // It has taken back what it did.
        return { how: 'taken back', isWhole: intent.isWhole, stuck: 0 }
      }
    }
    const stuck = takeBack(intent.operations, operator)
    operator.sync()
    clear(intent, directory)
    return { how: 'taken back', isWhole: intent.isWhole, stuck }
  } finally {
    operator.close()
  }
}

function perform(
  intent: Intent,
  {
    operator,
    directory,
    onStep,
  }: Pick<ApplyOptions, 'directory' | 'onStep'> & { operator: Operator },
): void {
  const { operations } = intent
  let done = 0
  try {
    for (const operation of operations) {
      onStep?.(done)
      operator.do(operation)
      done++
    }
    onStep?.(done)
  } catch (thrown) {
    const stuck = takeBack(operations.slice(0, done + 1), operator)
    operator.sync()
    clear(intent, directory)
    if (stuck === 0) throw thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new CodiError(
      'io',
      `${message}; ${stuck} of the changes made before could not be taken back, since somebody wrote there`,
      { cause: thrown },
    )
  }
  operator.sync()
  clear(intent, directory)
}

/** Answers how many could not be. */
function takeBack(operations: readonly Operation[], operator: Operator): number {
  let stuck = 0
  for (const operation of operations.toReversed()) {
    try {
      if (!operator.undo(operation)) stuck++
    } catch {
      stuck++
    }
  }
  return stuck
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
  for (const name of calls.attributes(path))
    if (name.startsWith('user.overlay.')) calls.removeAttribute(path, name)
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
  const number = passing.length
  const own = join(directory, `aside-${number}`)
  if (isSameMount(join(layer.directory, 'up'), layer.root)) {
    mkdirSync(own, { mode: 0o700 })
    passing.push(own)
    return { aside: own, copies: undefined }
  }
  const beside = join(layer.root, `.codi-applying-${crypto.randomUUID().slice(0, 8)}`)
  mkdirSync(beside, { mode: 0o700 })
  passing.push(beside)
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
  for (const { kind, layer, path: bytes, upper, lower } of changes) {
    const home = homes.get(layer)
    if (!home) continue
    const root = layers.indexOf(layer)
    const path = toLatin(bytes)
    const aside = toLatin(toBytes(join(home.aside, `old-${number}`)))
    if (kind === 'mode' && upper && lower)
      modes.push({ kind, root, path, mode: modeOf(upper), was: modeOf(lower) })
    if (kind === 'delete' && lower)
      operations.push({ kind, root, path, aside, old: identityOf(lower) })
    if ((kind === 'create' || kind === 'replace') && upper) {
      makeParents(layer, root, bytes)
      const { source, inode } = sourceOf(layer, bytes, { home, number })
      if (kind === 'create') operations.push({ kind, root, path, source, inode })
      else if (lower)
        operations.push({ kind, root, path, source, inode, aside, old: identityOf(lower) })
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

function sourceOf(
  layer: Layer,
  path: Buffer,
  { home, number }: { home: Home; number: number },
): { source: string; inode: string } {
  const upper = joinBytes(toBytes(join(layer.directory, 'up')), path)
  let source = upper
  if (home.copies !== undefined) {
    source = toBytes(join(home.copies, `new-${number}`))
    copyTree(upper, source)
  }
  const found = statOf(source)
  if (!found) throw new CodiError('stale', `${path.toString()} is gone from the try`)
  return { source: toLatin(source), inode: String(found.ino) }
}

function syncAt(path: string, calls: FileCalls): void {
  const fd = openSync(path, 'r')
  try {
    calls.sync(fd)
  } finally {
    closeSync(fd)
  }
}
