/** The best of many, without sorting them all. */

/** The `count` items of the highest value among those `allowed`, best first; a tie goes to the smaller item. */
export function selectBest(
  items: readonly number[],
  count: number,
  value: (item: number) => number,
  allowed: (item: number) => boolean,
): number[] {
  const heap: { item: number; value: number }[] = []
  for (const item of items) {
    if (heap.length < count) {
      if (allowed(item)) push(heap, { item, value: value(item) })
      continue
    }
    const least = heap[0]
    if (!least) break
    const mine = value(item)
    if (mine < least.value || !allowed(item)) continue
    const entry = { item, value: mine }
    if (worse(least, entry)) replaceLeast(heap, entry)
  }
  return heap.sort((a, b) => b.value - a.value || a.item - b.item).map((entry) => entry.item)
}

interface Entry {
  item: number
  value: number
}

function worse(a: Entry, b: Entry): boolean {
  return a.value < b.value || (a.value === b.value && a.item > b.item)
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (!worse(entry, heap[above] as Entry)) break
    heap[at] = heap[above] as Entry
    at = above
  }
  heap[at] = entry
}

function replaceLeast(heap: Entry[], entry: Entry): void {
  let at = 0
  for (;;) {
    let below = 2 * at + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && worse(heap[below + 1] as Entry, heap[below] as Entry)) below++
    if (!worse(heap[below] as Entry, entry)) break
    heap[at] = heap[below] as Entry
    at = below
  }
  heap[at] = entry
}
