/**
 * The built-in embedder: a vector a stem, learnt from other people's doc comments (trained-words.ts), added up. Nothing
 * is downloaded or sent, and it is the same on every machine. Vectors are kept as int8: only their direction matters.
 */
import { loadTrainedWords, type TrainedWords } from './trained-words.ts'

/** Stems and their weights to a unit vector (all zeros for no words); questions and code have vectors of their own. */
export interface BuiltinEmbedder {
  readonly dimensions: number
  /** Changes when the trained words do: vectors of two versions cannot be compared. */
  readonly version: string
  query(words: Iterable<[string, number]>): Float32Array
  code(words: Iterable<[string, number]>): Float32Array
  /** How much a word of a question tells of code: `html` much, `given` little. Training made such vectors longer. */
  tells(stem: string): number
  /** Cosine of a question's vector with stems as words of code. */
  codeCosine(query: Float32Array, stems: readonly string[]): number
}

/** A rare word is no better known for its length. */
const mostTelling = 1.3

/** Frequent stems that every training has seen, and one that none has. */
const probes = ['get', 'file', 'string', 'creat', 'error', 'qzxv']

/** Reads the trained words with its first use. */
export function createBuiltinEmbedder(
  load: () => TrainedWords = loadTrainedWords,
): BuiltinEmbedder {
  let loaded: TrainedWords | undefined
  const words = () => {
    loaded ??= load()
    return loaded
  }
  let buffer = new Float32Array(0)
  return {
    get dimensions() {
      return words().dimensions
    },
    get version() {
      const sum = new Float32Array(words().dimensions)
      for (const stem of probes) {
        words().addQuery(sum, stem, 1)
        words().addCode(sum, stem, 1)
      }
      return Bun.hash.xxHash64(sum).toString(36)
    },
    query(stems) {
      const sum = new Float32Array(words().dimensions)
      for (const [stem, weight] of stems) words().addQuery(sum, stem, weight)
      return normalize(sum)
    },
    code(stems) {
      const sum = new Float32Array(words().dimensions)
      for (const [stem, weight] of stems) words().addCode(sum, stem, weight)
      return normalize(sum)
    },
    tells(stem) {
      const vector = new Float32Array(words().dimensions)
      words().addQuery(vector, stem, 1)
      return Math.min(mostTelling, Math.hypot(...vector))
    },
    codeCosine(query, stems) {
      if (buffer.length !== words().dimensions) buffer = new Float32Array(words().dimensions)
      buffer.fill(0)
      for (const stem of stems) words().addCode(buffer, stem, 1)
      let product = 0
      let square = 0
      for (let at = 0; at < buffer.length; at++) {
        const value = buffer[at] as number
        product += value * (query[at] as number)
        square += value * value
      }
      return square === 0 ? 0 : product / Math.sqrt(square)
    },
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

/** A vector as one byte a dimension; only its direction is kept. */
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
