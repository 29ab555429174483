/**
 * What crosses the worker line. Calls and their answers are Comlink's; notes go one way on the same channel. Errors
 * are answers, not throws: Comlink would keep only their name, message and stack, and `kind` decides exit statuses.
 */
import { CodiError, type ErrorKind, toCodiError } from '../base/errors.ts'

/** The object that a worker exposes through Comlink. */
export interface Remote {
  /** The handshake: builds the service. Its answer means that the worker may be used, and terminated. */
  start(options: unknown): Promise<Outcome>
  /** `id` names the call for `cancel`; the service method gets `args` and a signal behind them. */
  call(id: number, method: string, args: unknown[]): Promise<Outcome>
  cancel(id: number): void
  selfTest(): Promise<Outcome>
  ping(): Promise<Outcome>
  /** Cancels what runs, waits for it, closes the service. Nothing is called afterwards. */
  stop(): Promise<Outcome>
}

export type Outcome = { ok: true; value: unknown } | { ok: false; failure: Failure }

export interface Failure {
  kind: ErrorKind
  message: string
  stack: string
}

/**
 * `hello` is the worker's first message: what was sent before it has listeners may be lost. `group` names a process
 * group that the worker started, which must not outlive it, and what ends it; undefined when it has ended.
 */
export type Note =
  | { note: 'hello' }
  | { note: 'event'; event: unknown }
  | { note: 'group'; leader: number; endSignal: 'SIGPWR' | 'SIGKILL' | undefined }

export function isNote(message: unknown): message is Note {
  return typeof message === 'object' && message !== null && 'note' in message
}

/** Runs `work` and catches whatever it throws: the worker's one final catch. */
export async function toOutcome(work: () => unknown): Promise<Outcome> {
  try {
    return { ok: true, value: await work() }
  } catch (thrown) {
    const { kind, message, stack } = toCodiError(thrown)
    return { ok: false, failure: { kind, message, stack: stack ?? '' } }
  }
}

/** The value, or the error of the other side thrown here as a CodiError that keeps its own stack. */
export function fromOutcome(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value
  const error = new CodiError(outcome.failure.kind, outcome.failure.message)
  error.stack = outcome.failure.stack
  throw error
}
