/**
 * The way from the first entry of a session to another as ranges of entry ids. A session has one writer, so its entries
 * follow each other but where the head was moved: undo and redo are the only places where a path jumps.
 */

/** Both ends belong to it. */
export interface Range {
  from: number
  to: number
}

/** An entry of type `head`: from its id on the path goes on after `target`. */
export interface HeadMove {
  id: number
  target: number | null
}

/** In order; `moves` ascending by id. */
export function pathRanges(moves: readonly HeadMove[], head: number | null): Range[] {
  const ranges: Range[] = []
  let at = head
  for (let index = moves.length - 1; at !== null; index--) {
    while (index >= 0 && (moves[index]?.id ?? 0) > at) index--
    const move = moves[index]
    const from: number = move ? move.id + 1 : 0
    if (from <= at) ranges.unshift({ from, to: at })
    if (!move) break
    // A target that lies after its move can only come from a damaged store; it would lead in a circle.
    at = move.target === null ? null : Math.min(move.target, move.id - 1)
  }
  return ranges
}

export function isOnPath(ranges: readonly Range[], id: number): boolean {
  return ranges.some((range) => range.from <= id && id <= range.to)
}

/** What of the ranges lies from `first` on. */
export function rangesFrom(ranges: readonly Range[], first: number): Range[] {
  return ranges.flatMap((range) =>
    range.to < first ? [] : [{ from: Math.max(range.from, first), to: range.to }],
  )
}

/** What of the ranges lies before `end`. */
export function rangesBefore(ranges: readonly Range[], end: number): Range[] {
  return ranges.flatMap((range) =>
    range.from >= end ? [] : [{ from: range.from, to: Math.min(range.to, end - 1) }],
  )
}
