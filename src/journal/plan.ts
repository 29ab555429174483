/**
 * What has to be done at each path so that it is as it was: nothing, put back, merged with what a person did since, or
 * asked. The disk is only read.
 */
import { lstatSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { mergeThree } from '../base/merge-three.ts'
import type { PlannedFile } from '../contract/history.ts'
import type { FileState, PathChange } from '../contract/journal.ts'
import { lookAt, type SeenFile, sameState } from './file-state.ts'
import type { Objects } from './objects.ts'

export interface PlanRow {
  path: string
  /** What stood there when it was planned. */
  current: FileState
  /** What is to stand there; undefined: it stays. */
  result: FileState | undefined
  outcome: PlannedFile['outcome']
  why?: string
  /** The content that is to be there, where it is not that of the object `result.sha`. */
  merged?: Uint8Array
  /** A file that holds it now, where it was not kept: it was moved there. */
  copyFrom?: string
  /** What to put there when the person wants the old state all the same. */
  old?: FileState
}

/** `target`: what is to be there; `expected`: what should be there now, had nobody else changed it. */
export interface Wanted {
  path: string
  target: FileState
  expected: FileState
}

export function undoing(changes: readonly PathChange[]): Wanted[] {
  return changes.map(({ path, before, after }) => ({ path, target: before, expected: after }))
}

export async function planRows(wanted: readonly Wanted[], objects: Objects): Promise<PlanRow[]> {
  const seen = wanted.map((row) => ({ ...row, now: lookAt(row.path) }))
  const placeOf = new Map<string, string>()
  for (const { path, now } of seen) if (now.state.kind === 'file') placeOf.set(now.state.sha, path)
  const going = new Set(
    seen
      .filter(({ target }) => target.kind === 'absent' || target.kind === 'directory')
      .map(({ path }) => path),
  )
  const rows: PlanRow[] = []
  for (const row of seen) {
    const planned = await planRow(row, { objects, placeOf, going })
    if (planned) rows.push(planned)
  }
  return rows
}

interface Around {
  objects: Objects
  /** Where a content lies now, by its SHA. */
  placeOf: ReadonlyMap<string, string>
  /** Paths that are to go, or to become directories. */
  going: ReadonlySet<string>
}

async function planRow(
  row: Wanted & { now: SeenFile },
  around: Around,
): Promise<PlanRow | undefined> {
  const { path, target, expected, now } = row
  const current = now.state
  if (sameState(current, target)) return undefined
  const about = { path, current }
  const stays = (outcome: PlanRow['outcome'], why: string): PlanRow => ({
    ...{ ...about, outcome, why },
    result: undefined,
  })
  const inTheWay = obstacle(path, around)
  if (inTheWay !== undefined) return stays('blocked', inTheWay)
  if (current.kind === 'directory') return directoryRow(row, around, stays)
  if (current.kind === 'other') return stays('blocked', `it is ${current.why} now`)
  const content = await contentOf(target, around)
  if (content === undefined) {
    const why = target.kind === 'other' ? target.why : 'what was there before is no longer kept'
    return stays('lost', why)
  }
  if (sameState(current, expected))
    return { ...about, ...content, result: target, outcome: 'restore' }
  const both = await together(row, around)
  if (both) return { ...about, ...both }
  return {
    ...stays('conflict', since(current, target)),
    ...content,
    old: target,
  }
}

/** What a person did to a file and what is to be done, where that goes together. */
async function together(
  { target, expected, now }: Wanted & { now: SeenFile },
  { objects }: Around,
): Promise<Pick<PlanRow, 'result' | 'outcome' | 'merged' | 'why'> | undefined> {
  const current = now.state
  if (current.kind !== 'file' || target.kind !== 'file' || expected.kind !== 'file')
    return undefined
  const mode = current.mode === expected.mode ? target.mode : current.mode
  const kept = 'your changes since are kept'
  if (current.sha === target.sha) {
    if (mode === current.mode) return { result: undefined, outcome: 'merge', why: kept }
    return { result: { ...target, mode }, outcome: 'restore' }
  }
  if (current.sha === expected.sha)
    return { result: { ...target, mode }, outcome: 'merge', why: 'your mode of it is kept' }
  if (!now.bytes) return undefined
  const base = await objects.get(expected.sha)
  const theirs = await objects.get(target.sha)
  const merged = base && theirs && (await mergeThree({ base, mine: now.bytes, theirs }))
  if (!merged) return undefined
  return { result: { ...target, mode }, outcome: 'merge', merged, why: kept }
}

async function directoryRow(
  { path, target, expected, now }: Wanted & { now: SeenFile },
  around: Around,
  stays: (outcome: PlanRow['outcome'], why: string) => PlanRow,
): Promise<PlanRow | undefined> {
  const current = now.state
  if (target.kind === 'directory') {
    // Its mode alone: a person's own is left.
    if (!sameState(current, expected)) return undefined
    return { path, current, result: target, outcome: 'restore' }
  }
  const content = await contentOf(target, around)
  const left = entries(path).filter((name) => !around.going.has(`${path}/${name}`))
  // A directory goes when nothing else is in it; that it stays is nothing to be asked about.
  if (target.kind === 'absent')
    return left.length > 0 ? undefined : { path, current, result: target, outcome: 'restore' }
  if (content === undefined) return stays('lost', 'what was there before is no longer kept')
  if (left.length > 0) return stays('blocked', 'a directory with other files stands there now')
  return { path, current, ...content, result: target, outcome: 'restore' }
}

/** Where the content of a state comes from; undefined where it is nowhere. */
async function contentOf(
  target: FileState,
  around: Around,
): Promise<Pick<PlanRow, 'copyFrom'> | undefined> {
  if (target.kind === 'other') return undefined
  if (target.kind !== 'file') return {}
  // Read, and not only found: one that is damaged holds up nothing else.
  if (await around.objects.get(target.sha)) return {}
  const copyFrom = around.placeOf.get(target.sha)
  return copyFrom === undefined ? undefined : { copyFrom }
}

function since(current: FileState, target: FileState): string {
  if (current.kind === 'absent') return 'you removed it since'
  if (target.kind === 'absent') return 'you changed it since; it would be removed'
  return 'you changed it since'
}

/** What keeps a path from being reached, no link followed; undefined where nothing does. */
function obstacle(path: string, { going }: Around): string | undefined {
  let inTheWay: string | undefined
  for (let parent = dirname(path); dirname(parent) !== parent; parent = dirname(parent)) {
    const kind = kindAt(parent)
    if (kind === undefined || kind === 'directory') continue
    if (going.has(parent)) inTheWay = undefined
    else
      inTheWay =
        kind === 'link' ? 'a link stands on the way to it' : 'a file stands where its directory was'
  }
  return inTheWay
}

function kindAt(path: string): 'directory' | 'link' | 'file' | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found?.isSymbolicLink()) return 'link'
    return found && (found.isDirectory() ? 'directory' : 'file')
  } catch {
    // A file further up, or closed to us.
    return undefined
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
