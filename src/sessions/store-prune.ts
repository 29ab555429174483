/** Which sessions a clean-up takes: what is too old, then the oldest until the rest is small enough. */
import type { SessionSummary } from '../contract/session.ts'

export interface Prune {
  /** Those that nothing was added to for so long. */
  olderThanDays?: number
  /** As many of the oldest as it takes for the rest to have at most so many bytes of entries. */
  toBytes?: number
  /** Only those of this directory. */
  cwd?: string
  /** Those that a person named, too. */
  named?: boolean
  /** Those that were archived, too. */
  archived?: boolean
  /** Only answers what would go. */
  dryRun?: boolean
}

const dayMs = 86_400_000

/** `rows` newest first. A clock that was turned back makes nothing old. */
export function pruned(
  rows: readonly SessionSummary[],
  prune: Prune,
  now: number,
): SessionSummary[] {
  const { olderThanDays, toBytes, cwd } = prune
  const mayGo = rows.filter(
    (row) =>
      !row.heldBy &&
      (cwd === undefined || row.cwd === cwd) &&
      (prune.named || row.name === undefined) &&
      (prune.archived || !row.archived),
  )
  const old =
    olderThanDays === undefined
      ? []
      : mayGo.filter((row) => now - row.updatedAt > olderThanDays * dayMs)
  const going = new Set(old)
  if (toBytes !== undefined) {
    let left = rows.reduce((sum, row) => sum + (going.has(row) ? 0 : row.bytes), 0)
    for (const row of mayGo.toReversed()) {
      if (left <= toBytes) break
      if (going.has(row)) continue
      going.add(row)
      left -= row.bytes
    }
  }
  return rows.filter((row) => going.has(row)).toReversed()
}
