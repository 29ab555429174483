/**
 * The caller's side of one worker: it starts with the first call, comes back after a crash with the next one (to a
 * limit) and after a rest, and is ended by `close`. An idle worker keeps no process alive and has no timer.
 */
import { abortable } from '../base/async.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import type { SelfTest } from '../contract/services.ts'
import type { ThreadOptions, WorkerThread } from './thread.ts'

export interface Connection<S extends object> {
  /** Any method starts the worker where it does not run. The last argument may be an AbortSignal. */
  readonly service: S
  /** Runs the worker's own checks, after starting it. */
  selfTest(): Promise<SelfTest[]>
  /** Resolves when the worker answered. */
  ping(): Promise<void>
  /**
   * Gives the worker's memory back where no call is under way and nothing it started runs; the next call starts it
   * again.
   */
  rest(): Promise<void>
  /** Ends what runs and the worker; later calls reject. Safe to call twice. */
  close(): Promise<void>
}

const maxCrashes = 3
const crashWindowMs = 60_000

export interface ConnectionOptions extends ThreadOptions {
  /** The worker crashed, with all it was doing. */
  onLost?: (reason: string) => void
}

export function openConnection<S extends object>(options: ConnectionOptions): Connection<S> {
  const lifeline = new Lifeline(options)
  return {
    service: serviceOf<S>(lifeline),
    async selfTest() {
      return (await (await lifeline.thread()).ask('selfTest')) as SelfTest[]
    },
    async ping() {
      await (await lifeline.thread()).ask('ping')
    },
    rest: () => lifeline.rest(),
    close: () => lifeline.close(),
  }
}

/** An object whose every property is a call; it is no promise, whatever `await` may ask. */
function serviceOf<S extends object>(lifeline: Lifeline): S {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  return new Proxy({} as S, {
    get(_, name) {
      if (typeof name !== 'string' || name === 'then') return undefined
      let method = methods.get(name)
      if (!method) {
        method = (...args) => lifeline.call(name, args)
        methods.set(name, method)
      }
      return method
    },
  })
}

/** The thread behind a connection: none, one that starts, or one that runs. */
class Lifeline {
  readonly #options: ConnectionOptions
  #thread: Promise<WorkerThread> | undefined
  #closing: Promise<void> | undefined
  #calls = 0
  #resting: { thread: WorkerThread; ended: Promise<void> } | undefined
  #crashes: { at: number; reason: string }[] = []

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  async call(method: string, args: unknown[]): Promise<unknown> {
    const signal = args.at(-1) instanceof AbortSignal ? (args.at(-1) as AbortSignal) : undefined
    // A signal that was left out may still stand there as undefined.
    const plain = signal || args.at(-1) === undefined ? args.slice(0, -1) : args
    this.#calls++
    try {
      const thread = await (signal ? abortable(this.thread(), signal) : this.thread())
      return await thread.call(method, plain, signal)
    } finally {
      this.#calls--
    }
  }

  thread(): Promise<WorkerThread> {
    if (this.#closing) return Promise.reject(this.#error('was closed'))
    this.#thread ??= this.#mayStart() ? this.#start() : undefined
    return this.#thread ?? Promise.reject(this.#error(this.#restReason()))
  }

  async rest(): Promise<void> {
    const thread = await this.#thread?.catch(() => undefined)
    if (!thread || this.#calls > 0 || thread.hasProcesses || this.#closing) return
    this.#thread = undefined
    this.#resting = { thread, ended: thread.end() }
    await this.#resting.ended
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  #mayStart(): boolean {
    const since = Date.now() - crashWindowMs
    this.#crashes = this.#crashes.filter(({ at }) => at > since)
    return this.#crashes.length < maxCrashes
  }

  #restReason(): string {
    const last = this.#crashes.at(-1)?.reason ?? ''
    return `failed ${maxCrashes} times within a minute and rests; wait a minute, then try again. Last: ${last}`
  }

  async #start(): Promise<WorkerThread> {
    try {
      const { startThread } = await import('./thread.ts')
      // Two of them would not know of each other what they have open.
      await this.#resting?.ended
      const thread = await startThread(this.#options)
      void thread.gone.then((error) => {
        if (this.#resting?.thread !== thread) this.#lost(error)
      })
      return thread
    } catch (thrown) {
      this.#lost(thrown)
      throw thrown
    }
  }

  #lost(reason: unknown): void {
    this.#thread = undefined
    this.#crashes.push({ at: Date.now(), reason: errorMessage(reason) })
    if (!this.#closing) this.#options.onLost?.(errorMessage(reason))
  }

  async #end(): Promise<void> {
    await this.#resting?.ended
    const thread = await this.#thread?.catch(() => undefined)
    await thread?.end()
  }

  #error(what: string): CodiError {
    return new CodiError('worker', `The ${this.#options.name} worker ${what}`)
  }
}
