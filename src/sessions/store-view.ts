/**
 * The part of a path that still counts: what the last valid compaction kept and what came after it, and of what it covers
 * only what is pinned. The rest is never read.
 */
import type { Entry } from '../contract/session.ts'
import { neededEntries } from './conversation.ts'
import { isOnPath, type Range, rangesBefore, rangesFrom } from './path-ranges.ts'
import type { EntryReader } from './store-entries.ts'

export function viewOf(reader: EntryReader, path: readonly Range[]): Entry[] {
  const marks = [...reader.within(path, ['compaction', 'compaction_undone', 'pin'])]
  const { from, pinned } = neededEntries(marks)
  if (from === undefined) return [...reader.within(path)]
  const covered = pinned.size === 0 ? [] : outlasting(reader, rangesBefore(path, from), pinned)
  return [...covered, ...reader.within(rangesFrom(path, from))]
}

/** What is pinned, with the results that follow it, and what was said of these. */
function outlasting(
  reader: EntryReader,
  before: readonly Range[],
  pinned: ReadonlySet<number>,
): Entry[] {
  const messages = [...pinned]
    .filter((entry) => isOnPath(before, entry))
    .flatMap((entry) => withResults(reader, before, entry))
  const marks = reader.within(before, ['pin', 'elision'])
  return [...messages, ...marks].sort((a, b) => a.id - b.id)
}

function withResults(reader: EntryReader, before: readonly Range[], pinned: number): Entry[] {
  const found: Entry[] = []
  for (const entry of reader.within(rangesFrom(before, pinned))) {
    if (entry.id !== pinned && (entry.type === 'message' || entry.type === 'draft')) break
    if (entry.id === pinned || entry.type === 'result') found.push(entry)
  }
  return found
}
