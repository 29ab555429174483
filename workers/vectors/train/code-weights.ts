/** What each stem of a piece of code weighs in its vector: by field, damped by length, saturated as in the search. */
import { saturation } from '../saturation.ts'
import type { Pair } from './pairs.ts'

/** An occurrence counts `weight × average / length of the field`. */
const fields = [
  { of: (pair: Pair) => pair.name, weight: 4.8, average: 2.5 },
  { of: (pair: Pair) => pair.signature, weight: 1.6, average: 8 },
  { of: (pair: Pair) => pair.body, weight: 0.5, average: 40 },
]

export function codeWeights(pair: Pair): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { of, weight, average } of fields) {
    const stems = of(pair)
    const each = (weight * average) / Math.max(1, stems.length)
    for (const stem of stems) sums.set(stem, (sums.get(stem) ?? 0) + each)
  }
  for (const [stem, sum] of sums) sums.set(stem, sum / (sum + saturation))
  return sums
}
