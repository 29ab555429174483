/** Vectors in an answer as unit vectors, checked: as many as texts, all of one length, made of numbers. */
import { CodiError } from '../../../src/base/errors.ts'
import { RefusedText } from './embedder.ts'

export interface VectorCheck {
  /** As people write it. */
  name: string
  /** How many texts were sent. */
  count: number
  /** How long every vector must be; undefined: as long as the first. */
  dimensions: number | undefined
  /** Longer ones may be cut to it. */
  shortens: boolean
}

export function checkedVectors(vectors: readonly unknown[], check: VectorCheck): Float32Array[] {
  if (vectors.length !== check.count)
    throw new CodiError(
      'provider',
      `${check.name} answered ${vectors.length} vectors for ${check.count} texts; is it an embedding model?`,
    )
  const read = vectors.map((vector) => readVector(vector, check.name))
  const wanted = check.dimensions ?? read[0]?.length ?? 0
  return read.map((vector) => {
    const fits = vector.length === wanted || (check.shortens && vector.length > wanted)
    if (!fits || wanted === 0)
      throw new CodiError(
        'provider',
        `${check.name} answered a vector of ${vector.length} numbers instead of ${wanted}; check embeddingDimensions`,
      )
    return unit(vector.subarray(0, wanted))
  })
}

/** Numbers, or base64 of little-endian 32-bit floats. */
function readVector(value: unknown, name: string): Float32Array {
  if (typeof value === 'string') {
    const bytes = Uint8Array.from(Buffer.from(value, 'base64'))
    if (bytes.length > 0 && bytes.length % 4 === 0) return new Float32Array(bytes.buffer)
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'number' || item === null))
    return Float32Array.from(value, (item) => (item === null ? Number.NaN : item))
  throw new CodiError('provider', `${name} answered something that is no vector`)
}

/** JSON has no NaN: hosts write null for it. */
function unit(vector: Float32Array): Float32Array {
  let square = 0
  for (const value of vector) square += value * value
  if (!Number.isFinite(square)) throw new RefusedText('the vector holds NaN')
  if (square === 0) return vector.slice()
  const length = Math.sqrt(square)
  return vector.map((value) => value / length)
}
