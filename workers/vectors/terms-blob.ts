/** Word statistics of a chunk or a file as compact bytes: sorted term ids, then weights, then field bits. */

export interface ChunkTerms {
  ids: Uint32Array
  weights: Float32Array
  fields: Uint16Array
}

const chunkTermBytes = 4 + 4 + 2
const fileTermBytes = 4 + 4

export function encodeChunkTerms(
  rows: { id: number; weight: number; fields: number }[],
): Uint8Array {
  const sorted = [...rows].sort((a, b) => a.id - b.id)
  const count = sorted.length
  const buffer = new ArrayBuffer(count * chunkTermBytes)
  new Uint32Array(buffer, 0, count).set(sorted.map((row) => row.id))
  new Float32Array(buffer, count * 4, count).set(sorted.map((row) => row.weight))
  new Uint16Array(buffer, count * 8, count).set(sorted.map((row) => row.fields))
  return new Uint8Array(buffer)
}

export function decodeChunkTerms(bytes: Uint8Array): ChunkTerms {
  const buffer = aligned(bytes)
  const count = Math.floor(bytes.length / chunkTermBytes)
  return {
    ids: new Uint32Array(buffer, 0, count),
    weights: new Float32Array(buffer, count * 4, count),
    fields: new Uint16Array(buffer, count * 8, count),
  }
}

export function encodeFileTerms(rows: { id: number; weight: number }[]): Uint8Array {
  const sorted = [...rows].sort((a, b) => a.id - b.id)
  const buffer = new ArrayBuffer(sorted.length * fileTermBytes)
  new Uint32Array(buffer, 0, sorted.length).set(sorted.map((row) => row.id))
  new Float32Array(buffer, sorted.length * 4, sorted.length).set(sorted.map((row) => row.weight))
  return new Uint8Array(buffer)
}

export function decodeFileTerms(bytes: Uint8Array): { ids: Uint32Array; weights: Float32Array } {
  const buffer = aligned(bytes)
  const count = Math.floor(bytes.length / fileTermBytes)
  return {
    ids: new Uint32Array(buffer, 0, count),
    weights: new Float32Array(buffer, count * 4, count),
  }
}

export function encodePairs(pairs: Iterable<string>): Uint8Array {
  const hashes = Uint32Array.from(pairs, pairHash).sort()
  return new Uint8Array(hashes.buffer)
}

export function decodePairs(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(aligned(bytes), 0, Math.floor(bytes.length / 4))
}

export function pairHash(pair: string): number {
  return Number(Bun.hash.xxHash32(pair))
}

/** Position of a value in a sorted array; -1 where it is not. */
export function indexOfSorted(sorted: Uint32Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = sorted[middle] as number
    if (found === value) return middle
    if (found < value) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** SQLite may hand out bytes at any offset; typed arrays want their own. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  if (bytes.byteOffset % 4 === 0 && bytes.buffer instanceof ArrayBuffer && bytes.byteOffset === 0)
    return bytes.buffer
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}
