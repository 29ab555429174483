/**
 * The loss of a batch and its gradient: every sentence against the code of all others and the other way round, softmax
 * over cosines. Gradients go through the normalization, to the unnormalized sums.
 */

export interface Batch {
  size: number
  dimensions: number
  /** One unnormalized sum a row. */
  query: Float32Array
  code: Float32Array
  /** Rows of equal labels are not held against each other. */
  labels: number[]
}

export interface Gradient {
  loss: number
  query: Float32Array
  code: Float32Array
}

const temperature = 0.07
/** Smaller shares of the gradient are not worth their multiplication: most of a trained batch. */
const negligible = 2e-4

export function batchGradient(batch: Batch): Gradient {
  const { size, dimensions } = batch
  const query = batch.query.slice()
  const code = batch.code.slice()
  const queryLengths = normalizeRows(query, dimensions)
  const codeLengths = normalizeRows(code, dimensions)
  const scores = cosines(query, code, size, dimensions)
  maskEqual(scores, batch.labels)
  const { shares, loss } = softmaxBothWays(scores, size)
  const gradient: Gradient = {
    loss,
    query: new Float32Array(query.length),
    code: new Float32Array(code.length),
  }
  const factor = 1 / temperature / size
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const share = shares[row * size + column] as number
      if (share < negligible && share > -negligible) continue
      addRow(gradient.query, row, { rows: code, row: column, factor: share * factor }, dimensions)
      addRow(gradient.code, column, { rows: query, row, factor: share * factor }, dimensions)
    }
  }
  throughLength(gradient.query, query, queryLengths, dimensions)
  throughLength(gradient.code, code, codeLengths, dimensions)
  return gradient
}

function normalizeRows(rows: Float32Array, dimensions: number): Float64Array {
  const lengths = new Float64Array(rows.length / dimensions)
  for (let row = 0; row < lengths.length; row++) {
    const from = row * dimensions
    let square = 0
    for (let at = from; at < from + dimensions; at++) square += (rows[at] as number) ** 2
    const length = Math.sqrt(square) || 1
    lengths[row] = length
    for (let at = from; at < from + dimensions; at++) rows[at] = (rows[at] as number) / length
  }
  return lengths
}

function cosines(
  query: Float32Array,
  code: Float32Array,
  size: number,
  dimensions: number,
): Float32Array {
  const scores = new Float32Array(size * size)
  for (let row = 0; row < size; row++) {
    const a = row * dimensions
    for (let column = 0; column < size; column++) {
      const b = column * dimensions
      let even = 0
      let odd = 0
      for (let at = 0; at < dimensions; at += 2) {
        even += (query[a + at] as number) * (code[b + at] as number)
        odd += (query[a + at + 1] as number) * (code[b + at + 1] as number)
      }
      scores[row * size + column] = (even + odd) / temperature
    }
  }
  return scores
}

function maskEqual(scores: Float32Array, labels: number[]): void {
  const size = labels.length
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (row !== column && labels[row] === labels[column])
        scores[row * size + column] = Number.NEGATIVE_INFINITY
}

/** Half of each direction's softmax minus the right answer; the loss is the mean of both. */
function softmaxBothWays(scores: Float32Array, size: number) {
  const shares = new Float32Array(size * size)
  let loss = 0
  for (const { next, start } of [
    { next: 1, start: size },
    { next: size, start: 1 },
  ]) {
    for (let line = 0; line < size; line++) {
      const from = line * start
      let high = Number.NEGATIVE_INFINITY
      for (let at = 0; at < size; at++) high = Math.max(high, scores[from + at * next] as number)
      let sum = 0
      for (let at = 0; at < size; at++) sum += Math.exp((scores[from + at * next] as number) - high)
      for (let at = 0; at < size; at++) {
        const place = from + at * next
        shares[place] =
          (shares[place] as number) + (0.5 * Math.exp((scores[place] as number) - high)) / sum
      }
      loss += 0.5 * (high + Math.log(sum) - (scores[line * size + line] as number))
    }
  }
  for (let row = 0; row < size; row++)
    shares[row * size + row] = (shares[row * size + row] as number) - 1
  return { shares, loss: loss / size }
}

function addRow(
  to: Float32Array,
  row: number,
  from: { rows: Float32Array; row: number; factor: number },
  dimensions: number,
): void {
  const a = row * dimensions
  const b = from.row * dimensions
  const { rows, factor } = from
  for (let at = 0; at < dimensions; at++)
    to[a + at] = (to[a + at] as number) + factor * (rows[b + at] as number)
}

/** The part along the unit vector does not turn it; the rest counts by the length it had. */
function throughLength(
  gradient: Float32Array,
  unit: Float32Array,
  lengths: Float64Array,
  dimensions: number,
): void {
  for (let row = 0; row < lengths.length; row++) {
    const from = row * dimensions
    let along = 0
    for (let at = from; at < from + dimensions; at++)
      along += (gradient[at] as number) * (unit[at] as number)
    const length = lengths[row] as number
    for (let at = from; at < from + dimensions; at++)
      gradient[at] = ((gradient[at] as number) - along * (unit[at] as number)) / length
  }
}
