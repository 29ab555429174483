/** The run's own deadline as part of its signal. */
export interface Deadline {
  signal: AbortSignal
  /** True when the time ran out before anybody interrupted. */
  passed(): boolean
  clear(): void
}

export function withDeadline(signal: AbortSignal, deadlineMs: number | undefined): Deadline {
  if (deadlineMs === undefined) return { signal, passed: () => false, clear: () => undefined }
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), Math.max(0, deadlineMs - Date.now()))
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    passed: () => controller.signal.aborted && !signal.aborted,
    clear: () => clearTimeout(timer),
  }
}
