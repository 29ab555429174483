/**
 * Any provider, made patient: what may pass by itself is tried again, with growing pauses, jitter and the host's own
 * Retry-After, a bounded number of times and for a bounded time. Every new attempt is announced by a `retry` event,
 * which makes void what was streamed before. Cancelling ends a pause at once.
 */
import { delay } from '../base/async.ts'
import { formatDuration } from '../base/text.ts'
import type {
  FailureKind,
  ModelEvent,
  ModelRequest,
  Provider,
  ProviderFailure,
} from '../contract/provider.ts'
import { cancelledFailure } from './failure.ts'

export interface Patience {
  /** Requests sent for one answer, the first included. */
  maxAttempts: number
  /** No attempt begins later than this after the first. */
  maxTotalMs: number
  firstPauseMs: number
  maxPauseMs: number
  /** A host that asks for a longer pause is told to the person instead of waited for. */
  maxRetryAfterMs: number
}

const usual: Patience = {
  maxAttempts: 5,
  maxTotalMs: 5 * 60_000,
  firstPauseMs: 500,
  maxPauseMs: 20_000,
  maxRetryAfterMs: 60_000,
}

/** A server on this machine that is not there will hardly come within a minute. */
const localUnreachable = { maxAttempts: 3, firstPauseMs: 100 }

const passing: ReadonlySet<FailureKind> = new Set([
  'rate_limit',
  'overloaded',
  'server',
  'unreachable',
  'stall',
  'truncated',
])

export function resilient(
  provider: Provider,
  options: { local: boolean; patience?: Partial<Patience> },
): Provider {
  const patience = { ...usual, ...options.patience }
  return {
    ...provider,
    stream: (request, signal) =>
      stream(provider, request, { patience, local: options.local, signal }),
  }
}

async function* stream(
  provider: Provider,
  request: ModelRequest,
  { patience, local, signal }: { patience: Patience; local: boolean; signal: AbortSignal },
): AsyncGenerator<ModelEvent> {
  const start = performance.now()
  for (let attempt = 1; ; attempt++) {
    let ending: Extract<ModelEvent, { type: 'error' }> | undefined
    for await (const event of provider.stream(request, signal)) {
      if (event.type === 'error') ending = event
      else yield event
    }
    if (!ending) return
    const { failure, usage } = ending
    const pauseMs = pauseBefore(failure, { attempt, patience, local })
    const late = pauseMs !== undefined && performance.now() - start + pauseMs > patience.maxTotalMs
    if (pauseMs === undefined || late || signal.aborted) {
      yield { ...ending, failure: spent(failure, { attempt, patience }) }
      return
    }
    const plain = { ...failure, message: withoutAdvice(failure.message) }
    const counted = usage ? { usage } : {}
    yield { type: 'retry', attempt: attempt + 1, delayMs: pauseMs, failure: plain, ...counted }
    try {
      await delay(pauseMs, signal)
    } catch {
      yield { type: 'error', failure: cancelledFailure() }
      return
    }
  }
}

/** What a person should do is said once codi has given up. */
function withoutAdvice(message: string): string {
  return message.replace(/; (?:wait a little|try again|start |check )[^;()]*$/, '')
}

/** Undefined when it is not worth another attempt. */
function pauseBefore(
  failure: ProviderFailure,
  { attempt, patience, local }: { attempt: number; patience: Patience; local: boolean },
): number | undefined {
  if (!passing.has(failure.kind) || failure.permanent) return undefined
  const here =
    local && failure.kind === 'unreachable' ? { ...patience, ...localUnreachable } : patience
  if (attempt >= Math.min(here.maxAttempts, patience.maxAttempts)) return undefined
  const asked = failure.retryAfterMs
  if (asked !== undefined && asked > patience.maxRetryAfterMs) return undefined
  const grown = Math.min(here.firstPauseMs * 2 ** (attempt - 1), patience.maxPauseMs)
  // Between the half and the whole, so that many clients do not come back at the same moment.
  const jittered = grown / 2 + Math.random() * (grown / 2)
  return Math.round(asked === undefined ? jittered : asked + jittered / 4)
}

/** The last failure says how often it was tried, or how long the host wants to be left alone. */
function spent(
  failure: ProviderFailure,
  { attempt, patience }: { attempt: number; patience: Patience },
): ProviderFailure {
  const asked = failure.retryAfterMs
  if (asked !== undefined && asked > patience.maxRetryAfterMs && passing.has(failure.kind)) {
    return {
      ...failure,
      message: `${failure.message}; it asks to wait ${formatDuration(asked)} before the next request`,
    }
  }
  if (attempt === 1) return failure
  return { ...failure, message: `${failure.message} (tried ${attempt} times)` }
}
