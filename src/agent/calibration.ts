/**
 * What a model counts against what codi estimates, learned from the usage of its answers: a factor for plain text and
 * one for wide scripts, each an average that forgets. A count that cannot be right teaches nothing: some hosts tell only
 * what was not in their cache, some invent.
 */
import type { Tokens } from './estimate.ts'

export interface Calibration {
  plain: number
  wide: number
  /** Answers that it was learned from. */
  samples: number
}

/** A little more than two public tokenizers count, so that the first requests to a new model rather fit. */
export const uncalibrated: Readonly<Calibration> = Object.freeze({
  plain: 1.1,
  wide: 1,
  samples: 0,
})

/** Of a new sample; the first ones count for more. */
const leastWeight = 0.2
const minPlausible = 0.4
const maxPlausible = 2.5
/** Once it is known, a sample may be off by this much of it. */
const maxDeviation = 0.5
const settledSamples = 3
/** Requests below say little: what a host adds of its own weighs too much. */
const minTokens = 400
/** A sample teaches the factor of that kind of text which makes up most of it. */
const wideShare = 0.5

export function estimated({ plain, wide }: Tokens, calibration: Calibration): number {
  return Math.ceil(plain * calibration.plain + wide * calibration.wide)
}

/** True where a provider's count can be that of such a request. */
export function isPlausible(counted: number, tokens: Tokens): boolean {
  const ratio = counted / (tokens.plain + tokens.wide)
  return ratio >= minPlausible && ratio <= maxPlausible
}

/** The calibration after an answer to a request of `tokens` that the provider counted as `counted`. */
export function learned(calibration: Calibration, tokens: Tokens, counted: number): Calibration {
  const { plain, wide } = tokens
  if (plain + wide < minTokens || !isPlausible(counted, tokens)) return calibration
  const isWide = wide > (plain + wide) * wideShare
  const kind = isWide ? 'wide' : 'plain'
  const rest = isWide ? plain * calibration.plain : wide * calibration.wide
  const ratio = (counted - rest) / (isWide ? wide : plain)
  if (ratio < minPlausible || ratio > maxPlausible) return calibration
  const known = calibration[kind]
  const isOutlier = Math.abs(ratio - known) > known * maxDeviation
  if (calibration.samples >= settledSamples && isOutlier) return calibration
  const weight = Math.max(leastWeight, 1 / (calibration.samples + 1))
  return {
    ...calibration,
    [kind]: known + (ratio - known) * weight,
    samples: calibration.samples + 1,
  }
}
