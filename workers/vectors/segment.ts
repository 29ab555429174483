/**
 * The bytes of a segment, an immutable part of the index: columns (a row a chunk, a row a file), the terms that it has,
 * and one posting list a term. Everything is 32-bit words, so that reading is a view and no decoding. Chunks and
 * files go by their place in the segment (ordinal).
 */

/** A posting's word: field bits below, weight (fixed point) above. */
const weightScale = 512
const maxWeight = 0xffff
/** A file posting's word: what the term counts in the file below, the file's ordinal (up to a million) above. */
const fileWeightBits = 12
const maxFileWeight = (1 << fileWeightBits) - 1

export interface Columns {
  /** Ids of the chunks. */
  chunkIds: Uint32Array
  /** Ordinal of each chunk's file. */
  fileOf: Uint32Array
  /** See chunk-info.ts. */
  info: Uint32Array
  /** Where each chunk's part of `names` begins; one more at the end. */
  nameAt: Uint32Array
  /** Term ids of the names' words, in order. */
  names: Uint32Array
  /** Where each chunk's part of `pairs` begins; one more at the end. */
  pairAt: Uint32Array
  /** Sorted hashes of neighbouring words. */
  pairs: Uint32Array
  docIds: Uint32Array
  /** Sum of what a file's words count. */
  docLengths: Uint32Array
  docLanguages: Uint32Array
}

const columnNames = [
  'chunkIds',
  'fileOf',
  'info',
  'nameAt',
  'names',
  'pairAt',
  'pairs',
  'docIds',
  'docLengths',
  'docLanguages',
] as const satisfies readonly (keyof Columns)[]

export function encodeColumns(columns: Columns): Uint8Array {
  return joinArrays(columnNames.map((name) => columns[name]))
}

export function decodeColumns(bytes: Uint8Array): Columns {
  const parts = splitArrays(bytes, columnNames.length)
  return Object.fromEntries(
    columnNames.map((name, index) => [name, parts[index]]),
  ) as unknown as Columns
}

/** Sorted term ids, and in how many chunks each stands. */
export interface SegmentTerms {
  ids: Uint32Array
  counts: Uint32Array
}

export function encodeTerms({ ids, counts }: SegmentTerms): Uint8Array {
  return joinArrays([ids, counts])
}

export function decodeTerms(bytes: Uint8Array): SegmentTerms {
  const [ids = noWords, counts = noWords] = splitArrays(bytes, 2)
  return { ids, counts }
}

/** Where a term stands: chunk ordinals (rising) with their words, and the files with theirs. */
export interface PostingList {
  ordinals: Uint32Array
  words: Uint32Array
  files: Uint32Array
}

export function encodePostings({ ordinals, words, files }: PostingList): Uint8Array {
  const count = ordinals.length
  const array = new Uint32Array(1 + 2 * count + files.length)
  array[0] = count
  array.set(ordinals, 1)
  array.set(words, 1 + count)
  array.set(files, 1 + 2 * count)
  return bytesOf(array)
}

export function decodePostings(bytes: Uint8Array): PostingList {
  const array = wordsOf(bytes)
  const count = array[0] ?? 0
  return {
    ordinals: array.subarray(1, 1 + count),
    words: array.subarray(1 + count, 1 + 2 * count),
    files: array.subarray(1 + 2 * count),
  }
}

export function packWord(weight: number, fields: number): number {
  const fixed = Math.max(1, Math.min(maxWeight, Math.round(weight * weightScale)))
  return ((fixed << 16) | fields) >>> 0
}

export const wordWeight = (word: number): number => (word >>> 16) / weightScale
export const wordFields = (word: number): number => word & 0xffff

export function packFile(ordinal: number, weight: number): number {
  return ((ordinal << fileWeightBits) | Math.min(maxFileWeight, weight)) >>> 0
}

export const fileOrdinal = (packed: number): number => packed >>> fileWeightBits
export const fileWeight = (packed: number): number => packed & maxFileWeight

/** The row of a term's postings: segment above, term below. */
export const postingKey = (segment: number, term: number): number => segment * 2 ** 32 + term
export const segmentOfKey = (key: number): number => Math.floor(key / 2 ** 32)

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

/** Position of the first value that is not less. */
export function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Stands for two neighbouring words, by their term ids. */
export function pairHash(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 0x7f4a7c15, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

const noWords = new Uint32Array(0)

/** Lengths first, then the arrays. */
function joinArrays(arrays: readonly Uint32Array[]): Uint8Array {
  const total = arrays.reduce((sum, array) => sum + array.length, arrays.length)
  const joined = new Uint32Array(total)
  let at = arrays.length
  arrays.forEach((array, index) => {
    joined[index] = array.length
    joined.set(array, at)
    at += array.length
  })
  return bytesOf(joined)
}

function splitArrays(bytes: Uint8Array, count: number): Uint32Array[] {
  const words = wordsOf(bytes)
  const arrays: Uint32Array[] = []
  let at = count
  for (let index = 0; index < count; index++) {
    const length = words[index] ?? 0
    arrays.push(words.subarray(at, at + length))
    at += length
  }
  return arrays
}

const bytesOf = (array: Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** Bytes from SQLite may begin at any offset; 32-bit views may not. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}

export function concatenated(arrays: readonly Uint32Array[]): Uint32Array {
  const joined = new Uint32Array(arrays.reduce((total, array) => total + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}
