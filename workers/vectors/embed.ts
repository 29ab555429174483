/**
 * The built-in embedder: 256 dimensions from hashed stems and their character trigrams. No download, no training, the
 * same on every machine; it finds words that share letters (`auth`, `authenticate`), it does not know meanings.
 */

export const dimensions = 256
export const embedderName = 'builtin-hash-256'

export interface Embedder {
  /** A unit vector; all zeros for no words. */
  embed(words: Iterable<[string, number]>): Float32Array
}

/** Stems and their weights to a unit vector (all zeros for no words); questions and code may differ in how. */
export interface BuiltinEmbedder {
  query(words: Iterable<[string, number]>): Float32Array
  code(words: Iterable<[string, number]>): Float32Array
}

export function createBuiltinEmbedder(): BuiltinEmbedder {
  const { embed } = createEmbedder()
  return { query: embed, code: embed }
}

/** Places that one feature adds to. */
const placesPerFeature = 4
const trigramShare = 0.6
const maxRemembered = 20_000

export function createEmbedder(): Embedder {
  const known = new Map<string, Float32Array>()

  /** Pairs of place and value for one stem, of unit length. */
  function sparse(word: string): Float32Array {
    let result = known.get(word)
    if (!result) {
      result = sparseVector(word)
      if (known.size >= maxRemembered) known.clear()
      known.set(word, result)
    }
    return result
  }

  return {
    embed(words) {
      const vector = new Float32Array(dimensions)
      for (const [word, weight] of words) {
        const places = sparse(word)
        for (let index = 0; index < places.length; index += 2) {
          const place = places[index] as number
          vector[place] = (vector[place] as number) + weight * (places[index + 1] as number)
        }
      }
      return normalize(vector)
    },
  }
}

function sparseVector(word: string): Float32Array {
  const values = new Map<number, number>()
  addFeature(values, word, 1)
  const marked = `<${word}>`
  const count = Math.max(1, marked.length - 2)
  if (word.length >= 3)
    for (let index = 0; index + 3 <= marked.length; index++)
      addFeature(values, `#${marked.slice(index, index + 3)}`, trigramShare / Math.sqrt(count))
  let square = 0
  for (const value of values.values()) square += value * value
  const length = Math.sqrt(square) || 1
  const places = new Float32Array(values.size * 2)
  let at = 0
  for (const [place, value] of values) {
    places[at++] = place
    places[at++] = value / length
  }
  return places
}

function addFeature(values: Map<number, number>, feature: string, weight: number): void {
  let seed = Number(Bun.hash.xxHash32(feature))
  for (let count = 0; count < placesPerFeature; count++) {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0
    seed = (seed ^ (seed >>> 12)) >>> 0
    const place = seed % dimensions
    const sign = (seed >>> 16) & 1 ? 1 : -1
    values.set(place, (values.get(place) ?? 0) + sign * weight)
    seed = (seed + 0x9e3779b9) >>> 0
  }
}

function normalize(vector: Float32Array): Float32Array {
  let square = 0
  for (const value of vector) square += value * value
  if (square === 0) return vector
  const length = Math.sqrt(square)
  for (let index = 0; index < vector.length; index++)
    vector[index] = (vector[index] as number) / length
  return vector
}

/** A vector as 256 bytes; only its direction is kept. */
export function quantize(vector: Float32Array): Int8Array {
  let largest = 0
  for (const value of vector) largest = Math.max(largest, Math.abs(value))
  const bytes = new Int8Array(vector.length)
  if (largest === 0) return bytes
  for (let index = 0; index < vector.length; index++)
    bytes[index] = Math.round(((vector[index] as number) * 127) / largest)
  return bytes
}

/** Cosine of a unit vector and a quantized one. */
export function cosine(unit: Float32Array, bytes: Int8Array): number {
  let product = 0
  let square = 0
  for (let index = 0; index < bytes.length; index++) {
    const value = bytes[index] as number
    product += (unit[index] as number) * value
    square += value * value
  }
  return square === 0 ? 0 : product / Math.sqrt(square)
}

/** The unit vector of a quantized one. */
export function unitVector(bytes: Int8Array): Float32Array {
  return normalize(Float32Array.from(bytes))
}

/** The unit vector of a quantized one, as the plain array that the HNSW addon takes. */
export function dequantize(bytes: Int8Array): number[] {
  let square = 0
  for (const value of bytes) square += value * value
  const length = Math.sqrt(square) || 1
  return Array.from(bytes, (value) => value / length)
}
