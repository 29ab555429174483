/**
 * Work that everybody who asks for it meanwhile shares. It stops when the last one who waits for it has gone, and the
 * next one to ask begins it anew.
 */
import { abortable } from './async.ts'

export interface SharedRun<T> {
  /** The result of the run under way, or of a new one; rejects with kind `cancelled` when the signal fires. */
  join(signal: AbortSignal | undefined): Promise<T>
  /** Stops what is under way, for everybody. */
  stop(): void
}

interface Run<T> {
  promise: Promise<T>
  controller: AbortController
  waiting: number
}

export function sharedRun<T>(begin: (signal: AbortSignal) => Promise<T>): SharedRun<T> {
  let current: Run<T> | undefined
  return {
    join: (signal) => wait(current ?? started(), signal),
    stop: () => current?.controller.abort(),
  }

  function started(): Run<T> {
    const controller = new AbortController()
    const run: Run<T> = { controller, waiting: 0, promise: begin(controller.signal) }
    current = run
    const over = () => forget(run)
    run.promise.then(over, over)
    return run
  }

  async function wait(run: Run<T>, signal: AbortSignal | undefined): Promise<T> {
    run.waiting++
    try {
      return await (signal ? abortable(run.promise, signal) : run.promise)
    } finally {
      run.waiting--
      if (run.waiting === 0) {
        run.controller.abort()
        forget(run)
      }
    }
  }

  function forget(run: Run<T>): void {
    if (current === run) current = undefined
  }
}
