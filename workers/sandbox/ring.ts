/** The last bytes of a stream of any length; its memory grows to the wanted size with the need. */

export interface Ring {
  add(bytes: Uint8Array): void
  /** A copy of what is kept. */
  bytes(): Uint8Array
  clear(): void
}

/** Keeps the last `size` bytes added. */
export function createRing(size: number): Ring {
  let ring = new Uint8Array(0)
  let next = 0
  let full = false

  function add(bytes: Uint8Array): void {
    if (bytes.length === 0 || size === 0) return
    if (!full && next + bytes.length > ring.length) grow(next + bytes.length)
    const kept = bytes.subarray(Math.max(0, bytes.length - size))
    const first = kept.subarray(0, size - next)
    ring.set(first, next)
    ring.set(kept.subarray(first.length), 0)
    full ||= next + kept.length >= size
    next = (next + kept.length) % size
  }

  function grow(wanted: number): void {
    const larger = new Uint8Array(Math.min(size, Math.max(wanted, ring.length * 2)))
    larger.set(ring)
    ring = larger
  }

  return {
    add,
    bytes: () =>
      full ? Buffer.concat([ring.subarray(next), ring.subarray(0, next)]) : ring.slice(0, next),
    clear() {
      ring = new Uint8Array(0)
      next = 0
      full = false
    },
  }
}
