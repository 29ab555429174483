/**
 * The vector of a stem that training has not seen: ±1 in every dimension by its CRC-32, so that two such stems are
 * nearly orthogonal and a word still finds itself. Training starts from the same vectors.
 */

/** ln(100,000) / 6: as long as a rare word is at the start of training. */
const rareWeight = 1.92

/** Adds weight × the stem's hashed vector, scaled as a rare word's unless told otherwise. */
export function addHashed(
  sum: Float32Array,
  stem: string,
  weight: number,
  length: number = rareWeight,
): void {
  const each = (weight * length) / Math.sqrt(sum.length)
  let state = Bun.hash.crc32(stem) | 1
  let bits = 0
  for (let at = 0; at < sum.length; at++) {
    if (at % 32 === 0) {
      state = Math.imul(state ^ (state >>> 16), 0x45d9f3b)
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
      state = (state ^ (state >>> 13)) + 0x9e3779b9
      bits = state
    }
    sum[at] = (sum[at] ?? 0) + (bits & 1 ? each : -each)
    bits >>>= 1
  }
}
