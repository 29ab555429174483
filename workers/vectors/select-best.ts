/** The best of many, without sorting them all. */

export interface Selection {
  count: number
  value(item: number): number
  allowed(item: number): boolean
}

/** The best of the numbers below `end`, best first; a tie goes to the smaller one. */
export function selectBest(end: number, { count, value, allowed }: Selection): number[] {
  const heap: Entry[] = []
  for (let item = 0; item < end; item++) {
    if (!allowed(item)) continue
    const mine = value(item)
    const least = heap[0]
    if (!least || heap.length < count) push(heap, { item, value: mine })
    // Items rise: an equal one is not better.
    else if (mine > least.value) replaceLeast(heap, { item, value: mine })
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
