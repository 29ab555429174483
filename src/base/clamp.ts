/** `value` within `min` and `max`; `or`, within them too, where there is none. */
export function clampNumber(
  value: number | undefined,
  range: { or: number; min: number; max: number },
): number {
  return Math.min(Math.max(value ?? range.or, range.min), range.max)
}
