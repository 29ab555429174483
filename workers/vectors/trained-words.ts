/**
 * Two vectors a stem, as a word of a question and as a word of code, learnt from other people's doc comments by
 * `bun run train`; stems it has not seen have a hashed one. Read on first use: some 2 MB of bytes, no objects a row.
 */
import { readFileSync } from 'node:fs'
import { addHashed } from './hashed-vector.ts'
import path from './trained/words.bin' with { type: 'file' }
import { decodeWordVectors } from './word-vectors-file.ts'

export interface TrainedWords {
  readonly dimensions: number
  /** Adds weight × the stem's vector as a word of a question to `sum`; unknown stems get their hashed vector. */
  addQuery(sum: Float32Array, stem: string, weight: number): void
  /** The same as a word of code. */
  addCode(sum: Float32Array, stem: string, weight: number): void
}

export function loadTrainedWords(): TrainedWords {
  return trainedWordsOf(readFileSync(path))
}

/** The same over bytes as `encodeWordVectors` writes them. */
export function trainedWordsOf(bytes: Uint8Array): TrainedWords {
  const vectors = decodeWordVectors(bytes)
  const { dimensions } = vectors
  const rowOf = new Map(vectors.stems.map((stem, row) => [stem, row]))
  const add =
    (rows: Int8Array, scales: Float32Array) =>
    (sum: Float32Array, stem: string, weight: number) => {
      const row = rowOf.get(stem)
      if (row === undefined) {
        addHashed(sum, stem, weight)
        return
      }
      const factor = weight * (scales[row] as number)
      const from = row * dimensions
      for (let at = 0; at < dimensions; at++)
        sum[at] = (sum[at] as number) + factor * (rows[from + at] as number)
    }
  return {
    dimensions,
    addQuery: add(vectors.query, vectors.queryScales),
    addCode: add(vectors.code, vectors.codeScales),
  }
}
