/**
 * Trains two vectors a stem, as query word (U) and as code word (W), so that a sentence lies near the code that it
 * describes: in-batch softmax in both directions over cosines, row-wise Adagrad, a fixed seed. Stems start from their
 * hashed vectors, so that equal words match before anything is learnt.
 */
import { addHashed } from '../hashed-vector.ts'
import type { WordVectors } from '../word-vectors-file.ts'
import { codeWeights } from './code-weights.ts'
import { type Batch, batchGradient } from './contrast.ts'
import type { Pair } from './pairs.ts'
import { createRandom, shuffle } from './random.ts'

export interface WordVectorOptions {
  dimensions: number
  /** The most frequent ones; the rest keep their hashed vectors. */
  maxStems: number
  epochs: number
  seed: number
  onEpoch?(epoch: number, loss: number): void
}

const minCount = 3
const batchPairs = 512
const learningRate = 0.02
const startingSquare = 1e-3
const idfDivisor = 6

export function trainWordVectors(pairs: readonly Pair[], options: WordVectorOptions): WordVectors {
  const { dimensions } = options
  const { stems, counts } = vocabulary(pairs, options.maxStems)
  const rowOf = new Map(stems.map((stem, row) => [stem, row]))
  const start = startVectors(stems, counts, { pairs: pairs.length, dimensions })
  const query: Side = { rows: start, squares: squaresFor(stems.length) }
  const code: Side = { rows: start.slice(), squares: squaresFor(stems.length) }
  const known = pairs.flatMap((pair) => {
    const sides = {
      query: queryWords(pair, rowOf),
      code: codeWords(pair, rowOf),
      label: labelOf(pair),
    }
    return sides.query.rows.length > 0 && sides.code.rows.length > 0 ? [sides] : []
  })
  const random = createRandom(options.seed)
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    shuffle(known, random)
    let loss = 0
    let batches = 0
    for (let from = 0; from < known.length; from += batchPairs) {
      const part = known.slice(from, from + batchPairs)
      if (part.length < 2) break
      loss += step(part, query, code, dimensions)
      batches++
    }
    options.onEpoch?.(epoch, loss / Math.max(1, batches))
  }
  return { dimensions, stems, query: query.rows, code: code.rows }
}

interface Words {
  rows: number[]
  weights: number[]
}

interface Known {
  query: Words
  code: Words
  label: number
}

interface Side {
  rows: Float32Array
  /** Mean squares of the gradients of each row so far. */
  squares: Float64Array
}

function squaresFor(count: number): Float64Array {
  return new Float64Array(count).fill(startingSquare)
}

function vocabulary(pairs: readonly Pair[], maxStems: number) {
  const counted = new Map<string, number>()
  for (const pair of pairs)
    for (const stem of new Set([...pair.query, ...pair.name, ...pair.signature, ...pair.body]))
      if (stem.length > 1) counted.set(stem, (counted.get(stem) ?? 0) + 1)
  const kept = [...counted]
    .filter(([, count]) => count >= minCount)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, maxStems)
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return { stems: kept.map(([stem]) => stem), counts: kept.map(([, count]) => count) }
}

function startVectors(
  stems: string[],
  counts: number[],
  options: { pairs: number; dimensions: number },
): Float32Array {
  const rows = new Float32Array(stems.length * options.dimensions)
  stems.forEach((stem, index) => {
    const row = rows.subarray(index * options.dimensions, (index + 1) * options.dimensions)
    addHashed(row, stem, 1, Math.log(1 + options.pairs / (1 + (counts[index] ?? 0))) / idfDivisor)
  })
  return rows
}

function queryWords(pair: Pair, rowOf: Map<string, number>): Words {
  const rows = pair.query.flatMap((stem) => rowOf.get(stem) ?? [])
  return { rows, weights: rows.map(() => 1) }
}

function codeWords(pair: Pair, rowOf: Map<string, number>): Words {
  const words: Words = { rows: [], weights: [] }
  for (const [stem, weight] of codeWeights(pair)) {
    const row = rowOf.get(stem)
    if (row === undefined) continue
    words.rows.push(row)
    words.weights.push(weight)
  }
  return words
}

/** Pairs of one name are not each other's wrong answers. */
function labelOf(pair: Pair): number {
  return Bun.hash.xxHash32(pair.name.join(' '))
}

function step(part: Known[], query: Side, code: Side, dimensions: number): number {
  const batch: Batch = {
    size: part.length,
    dimensions,
    query: sums(
      part.map((one) => one.query),
      query.rows,
      dimensions,
    ),
    code: sums(
      part.map((one) => one.code),
      code.rows,
      dimensions,
    ),
    labels: part.map((one) => one.label),
  }
  const gradient = batchGradient(batch)
  descend(
    part.map((one) => one.query),
    gradient.query,
    query,
    dimensions,
  )
  descend(
    part.map((one) => one.code),
    gradient.code,
    code,
    dimensions,
  )
  return gradient.loss
}

function sums(lists: Words[], rows: Float32Array, dimensions: number): Float32Array {
  const result = new Float32Array(lists.length * dimensions)
  lists.forEach((list, index) => {
    const to = index * dimensions
    for (let word = 0; word < list.rows.length; word++) {
      const from = (list.rows[word] as number) * dimensions
      const weight = list.weights[word] as number
      for (let at = 0; at < dimensions; at++)
        result[to + at] = (result[to + at] as number) + weight * (rows[from + at] as number)
    }
  })
  return result
}

/** Adds up what every row is told by the batch, then moves each once. */
function descend(lists: Words[], gradient: Float32Array, side: Side, dimensions: number): void {
  const told = new Map<number, Float32Array>()
  lists.forEach((list, index) => {
    const from = index * dimensions
    for (let word = 0; word < list.rows.length; word++) {
      const row = list.rows[word] as number
      let sum = told.get(row)
      if (!sum) {
        sum = new Float32Array(dimensions)
        told.set(row, sum)
      }
      const weight = list.weights[word] as number
      for (let at = 0; at < dimensions; at++)
        sum[at] = (sum[at] as number) + weight * (gradient[from + at] as number)
    }
  })
  for (const [row, sum] of told) {
    let square = 0
    for (const value of sum) square += value * value
    const total = (side.squares[row] as number) + square / dimensions
    side.squares[row] = total
    const rate = learningRate / Math.sqrt(total)
    const to = row * dimensions
    for (let at = 0; at < dimensions; at++)
      side.rows[to + at] = (side.rows[to + at] as number) - rate * (sum[at] as number)
  }
}
