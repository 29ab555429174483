/**
 * One worker thread, from its start to its end. It keeps the process alive only while a call is pending, and every
 * call ends: with the worker's answer, with the abort, or with the end of the thread.
 */
import { wrap } from 'comlink'
import { cancelled, settledWithin } from '../base/async.ts'
import { CodiError, errorMessage, toCodiError } from '../base/errors.ts'
import { sendSignal } from '../base/signal.ts'
import { openEndpoint } from './endpoint.ts'
import { fromOutcome, isNote, type Outcome, type Remote } from './protocol.ts'

export interface ThreadOptions {
  /** What people call it, in errors. */
  name: string
  entry: string | URL
  /** Sent in the handshake. */
  options: unknown
  onEvent: (event: unknown) => void
  /** How long an aborted call may still answer by itself before it is rejected as `cancelled`. */
  abortGraceMs: number
  /** How long `end` waits for the worker to stop by itself. */
  endLimitMs: number
}

const startLimitMs = 20_000
const closeLimitMs = 1000

/**
 * Starting several workers at once has crashed Bun, whoever asks for them: this queue is a state of the process, as
 * that fault is.
 */
const startQueue: { last: Promise<unknown> } = { last: Promise.resolve() }

export function startThread(options: ThreadOptions): Promise<WorkerThread> {
  const started = startQueue.last.then(() => WorkerThread.start(options))
  startQueue.last = started.catch(() => {})
  return started
}

export class WorkerThread {
  readonly #name: string
  readonly #abortGraceMs: number
  readonly #endLimitMs: number
  readonly #worker: Worker
  /** Held as long as the thread: Comlink drops the calls of a proxy that was collected. */
  readonly #remote: ReturnType<typeof wrap<Remote>>
  readonly #pending = new Set<(error: CodiError) => void>()
  /** Process groups that the worker started and that run, with what ends them. */
  readonly #groups = new Map<number, 'SIGPWR' | 'SIGKILL'>()
  readonly #hello = Promise.withResolvers<void>()
  readonly #gone = Promise.withResolvers<CodiError>()
  #end: CodiError | undefined
  #nextId = 0

  static async start(options: ThreadOptions): Promise<WorkerThread> {
    const thread = new WorkerThread(options)
    await thread.#handshake(options.options)
    return thread
  }

  private constructor({ name, entry, onEvent, abortGraceMs, endLimitMs }: ThreadOptions) {
    this.#name = name
    this.#abortGraceMs = abortGraceMs
    this.#endLimitMs = endLimitMs
    this.#worker = new Worker(entry, { ref: false, name })
    const endpoint = openEndpoint(this.#worker, (thrown) => {
      this.#fail(`sent what cannot be read (${errorMessage(thrown)})`)
      this.#worker.terminate()
    })
    endpoint.addEventListener('message', (event: Event) => {
      const message: unknown = 'data' in event ? event.data : undefined
      if (!isNote(message)) return
      if (message.note === 'hello') this.#hello.resolve()
      else if (message.note === 'event') onEvent(message.event)
      else if (message.endSignal) this.#groups.set(message.leader, message.endSignal)
      else this.#groups.delete(message.leader)
    })
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.#fail(`stopped (${crashReason(event.message)})`)
    })
    this.#worker.addEventListener('close', (event: Event) => {
      this.#fail(`ended with status ${'code' in event ? event.code : 'unknown'}`)
    })
    this.#remote = wrap<Remote>(endpoint)
    process.on('exit', this.#killGroups)
  }

  /** Resolves, with the reason, when the thread is gone: crashed, ended by itself or by `end`. */
  get gone(): Promise<CodiError> {
    return this.#gone.promise
  }

  /** True while a process that it started runs. */
  get hasProcesses(): boolean {
    return this.#groups.size > 0
  }

  call(method: string, args: unknown[], signal?: AbortSignal): Promise<unknown> {
    const id = this.#nextId++
    return this.#answer(() => this.#remote.call(id, method, args), {
      ...(signal ? { signal } : {}),
      onAbort: () => void this.#remote.cancel(id),
    })
  }

  ask(question: 'selfTest' | 'ping'): Promise<unknown> {
    return this.#answer(() => this.#remote[question]())
  }

  /** Cancels what runs, lets the service close, then terminates. Never rejects. */
  async end(): Promise<void> {
    if (!this.#end) {
      await settledWithin(
        this.#answer(() => this.#remote.stop()),
        this.#endLimitMs,
      )
      this.#fail('was closed')
    }
    const closed = Promise.withResolvers<void>()
    this.#worker.addEventListener('close', () => closed.resolve(), { once: true })
    this.#worker.terminate()
    await settledWithin(closed.promise, closeLimitMs)
  }

  async #handshake(options: unknown): Promise<void> {
    this.#worker.ref()
    const started = this.#hello.promise.then(() => this.#answer(() => this.#remote.start(options)))
    if (!(await settledWithin(Promise.race([started, this.#gone.promise]), startLimitMs))) {
      this.#fail(`did not start in ${startLimitMs / 1000} s`)
    }
    // A thread that is still loading must not be terminated: this one ends as soon as it has loaded.
    started.catch(() => this.#worker.terminate())
    if (this.#end) throw this.#end
    await started
  }

  #answer(
    ask: () => Promise<Outcome>,
    options?: { signal?: AbortSignal; onAbort: () => void },
  ): Promise<unknown> {
    const signal = options?.signal
    if (this.#end) return Promise.reject(this.#end)
    if (signal?.aborted) return Promise.reject(cancelled())
    return new Promise((resolve, reject) => {
      let grace: Timer | undefined
      const settle = () => {
        clearTimeout(grace)
        signal?.removeEventListener('abort', onAbort)
        this.#pending.delete(giveUp)
        if (this.#pending.size === 0) this.#worker.unref()
      }
      const giveUp = (error: CodiError) => {
        settle()
        reject(error)
      }
      const onAbort = () => {
        options?.onAbort()
        if (this.#abortGraceMs === 0) giveUp(cancelled())
        else grace = setTimeout(() => giveUp(cancelled()), this.#abortGraceMs)
      }
      this.#pending.add(giveUp)
      this.#worker.ref()
      signal?.addEventListener('abort', onAbort, { once: true })
      ask()
        .then(fromOutcome)
        .finally(settle)
        .then(resolve, (thrown) => reject(toCodiError(thrown)))
    })
  }

  /** A thread that is cut off cannot end what it started, and the end of this process does not do it either. */
  readonly #killGroups = () => {
    for (const [leader, signal] of this.#groups) {
      sendSignal(signal === 'SIGPWR' ? leader : -leader, signal)
    }
    this.#groups.clear()
  }

  /** The thread is lost: everything pending is told so. The first reason counts. */
  #fail(what: string): CodiError {
    const first = this.#end === undefined
    this.#end ??= new CodiError('worker', `The ${this.#name} worker ${what}`)
    if (!first) return this.#end
    this.#gone.resolve(this.#end)
    this.#killGroups()
    process.off('exit', this.#killGroups)
    const told = new CodiError('worker', `${this.#end.message}; try again`)
    for (const giveUp of [...this.#pending]) giveUp(told)
    return this.#end
  }
}

/** The line of Bun's report that says what was thrown, without the source around it. */
function crashReason(report: string): string {
  const lines = report.split('\n')
  const named = lines.find((line) => /^(?:\w*Error|error|\w*Message): /.test(line))
  return (named ?? lines.find((line) => line.trim() !== '') ?? 'no reason given').trim()
}
