/** The best of many, without sorting them all. */

export interface Selection {
  count: number
  /** By item; an item with 0 is none. */
  scores: Float32Array
  /** 1 for each item that may be chosen. */
  allowed: Uint8Array
  /** What is taken off an item's score; never negative. */
  penalty(item: number): number
}

/** Items by score less penalty, best first; a tie goes to the smaller one. */
export function selectBest({ count, scores, allowed, penalty }: Selection): number[] {
  const heap: Entry[] = []
  // What even an item without a penalty must have.
  let floor = 0
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item] as number
    if (score <= floor || allowed[item] !== 1) continue
    const entry = { item, value: score - penalty(item) }
    const least = heap[0]
    if (!least || heap.length < count) push(heap, entry)
    // Items rise: an equal one is not better.
    else if (entry.value > least.value) replaceLeast(heap, entry)
    if (heap.length >= count) floor = Math.max(0, heap[0]?.value ?? 0)
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
