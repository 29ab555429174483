/** The run's own deadline as part of its signal. */
export interface Deadline {
  signal: AbortSignal
  /** True when the time ran out before anybody interrupted. */
  passed(): boolean
  clear(): void
}

/** The longest that a timer can be set for (24 days); a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1

export function withDeadline(signal: AbortSignal, deadlineMs: number | undefined): Deadline {
  if (deadlineMs === undefined) return { signal, passed: () => false, clear: () => undefined }
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(),
    Math.min(Math.max(0, deadlineMs - Date.now()), maxTimerMs),
  )
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    passed: () => controller.signal.aborted && !signal.aborted,
    clear: () => clearTimeout(timer),
  }
}
