/** Of what a try changes: what stands in the way of it, and what belongs together. */
import { join } from 'node:path'
import { isWithin } from '../../../src/base/paths.ts'
import type { TryConflict } from '../../../src/contract/tries.ts'
import { isText, shownBytes, toLatin } from './byte-path.ts'
import type { Layer } from './layers.ts'
import { describeChanges } from './report.ts'
import type { Change, Scan } from './scan.ts'

export interface Scanned extends Omit<Scan, 'conflicts'> {
  conflicts: { layer: Layer; path: Buffer; why: string }[]
}

/** What is new now and stood there at the end of the command: somebody has removed it. */
export function removedSince(scan: Scan, replaced: readonly string[]): Scanned['conflicts'] {
  const before = new Set(replaced)
  return scan.changes.flatMap(({ layer, leaves }) =>
    leaves
      .filter((leaf) => !leaf.before && before.has(toLatin(leaf.path)))
      .map(({ path }) => ({ layer, path, why: 'was removed since the command ended' })),
  )
}

export function pathsOf(changes: readonly Change[]): string[] {
  return changes.flatMap(({ layer, leaves }) =>
    leaves.flatMap(({ path }) => (isText(path) ? [absolute(layer, path)] : [])),
  )
}

export function absolute(layer: Layer, path: Buffer): string {
  return join(layer.root, shownBytes(path))
}

/** Those that stand in the way of these changes. */
export function conflictsIn(
  changes: readonly Change[],
  conflicts: Scanned['conflicts'],
): TryConflict[] {
  const touched = new Set(
    changes.flatMap(({ layer, leaves }) =>
      leaves.map(({ path }) => `${layer.root}\0${toLatin(path)}`),
    ),
  )
  const rows = conflicts
    .filter(({ layer, path }) => touched.has(`${layer.root}\0${toLatin(path)}`))
    .map(({ layer, path, why }) => ({ path: absolute(layer, path), why }))
  return [...new Map(rows.map((row) => [row.path, row])).values()]
}

/** A renamed file has two names: who applies one applies the other. */
export async function withOtherEnds(
  paths: readonly string[],
  { all, firstRoot }: { all: Scanned; firstRoot: string },
): Promise<string[]> {
  const { changes } = await describeChanges(all.changes, { maxDiffChars: 0, firstRoot })
  const result = new Set(paths)
  for (const { path, from } of changes) {
    if (from === undefined) continue
    const ends = [path, from].map((end) => (end.startsWith('/') ? end : join(firstRoot, end)))
    if (ends.some((end) => paths.some((wanted) => isWithin(end, wanted))))
      for (const end of ends) result.add(end)
  }
  return [...result]
}
