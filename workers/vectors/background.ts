/**
 * Work that nobody waits for, one piece at a time: asking for it while it runs makes it run once more. Whoever does
 * want to wait may. Nothing is scheduled when there is nothing to do.
 */
export interface Background {
  start(): void
  /** Starts it and waits; rejects with what it threw. */
  finish(): Promise<void>
  /** Fires the signal of what is running. */
  stop(): void
}

/** `failed` is told what a run threw that nobody waited for, unless it was stopped. */
export function background(
  work: (signal: AbortSignal) => Promise<void>,
  failed: (thrown: unknown) => void,
): Background {
  const controller = new AbortController()
  let running: Promise<void> | undefined
  let again = false

  async function run(): Promise<void> {
    try {
      do {
        again = false
        // Whatever was asked for in the same breath comes first.
        await new Promise(setImmediate)
        if (controller.signal.aborted) return
        await work(controller.signal)
      } while (again && !controller.signal.aborted)
    } finally {
      running = undefined
    }
  }

  function start(): Promise<void> {
    if (running) again = true
    else running = run()
    return running
  }

  return {
    start() {
      if (controller.signal.aborted) return
      start().catch((thrown) => {
        if (!controller.signal.aborted) failed(thrown)
      })
    },
    finish: start,
    stop: () => controller.abort(),
  }
}
