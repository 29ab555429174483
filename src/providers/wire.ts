/** What every wire is given, and the loop that sends a request again without a field that the host refuses. */

import { CodiError } from '../base/errors.ts'
import { type Environment, isLoopback } from '../base/outgoing-proxy.ts'
import type { ModelEvent, ModelRequest } from '../contract/provider.ts'
import { type Attempt, runAttempt } from './attempt.ts'
import { toFailure } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import type { Host } from './hosts.ts'
import type { Http } from './http.ts'

export interface WireSettings {
  host: Host
  /** Without a slash at its end. */
  baseUrl: string
  apiKey: string | undefined
  /** The key is to be sent as a bearer token. */
  bearer?: boolean | undefined
  /** The key was stored by `codi login`. */
  stored?: boolean | undefined
  http: Http
  env: Environment
  /** The window that a person asked for. */
  contextWindow?: number | undefined
}

/** A field that some hosts or models refuse, and how they say so. */
export interface Refusal {
  /** What is left out then. */
  drops: string
  said: RegExp
  /** Holds for this conversation only, not for every later request to the model. */
  once?: true
}

const maxDrops = 4

/**
 * Sends; when the host refuses a field that can be left out, sends again without it. What was refused is remembered in
 * `dropped`, by model.
 */
export async function* sendAdapting(
  options: {
    request: ModelRequest
    refusals: readonly Refusal[]
    dropped: Map<string, Set<string>>
    attempt(dropped: ReadonlySet<string>): Attempt
  },
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const { model } = options.request
  const now = new Set(options.dropped.get(model))
  for (let round = 0; ; round++) {
    let refusal: Refusal | undefined
    for await (const event of runAttempt(options.attempt(now), signal)) {
      if (event.type === 'error' && event.failure.kind === 'bad_request' && round < maxDrops) {
        const { message } = event.failure
        refusal = options.refusals.find((each) => !now.has(each.drops) && each.said.test(message))
        if (refusal) break
      }
      yield event
    }
    if (!refusal) return
    now.add(refusal.drops)
    if (!refusal.once) {
      options.dropped.set(model, new Set([...(options.dropped.get(model) ?? []), refusal.drops]))
    }
  }
}

export function failureContext(settings: WireSettings, model: string): FailureContext {
  const { host, baseUrl, apiKey, env } = settings
  const local = isLoopback(new URL(baseUrl).hostname)
  return {
    hostName: host.name,
    providerId: host.id,
    baseUrl,
    keyName: host.keys.find((name) => env[name]?.trim()) ?? host.keys[0],
    apiKey,
    model,
    ...(settings.stored ? { stored: true } : {}),
    ...(local ? { startHint: 'start the server, or check --base-url' } : {}),
  }
}

/** Runs a request that is no stream (a list of models); failures become CodiErrors. */
export async function askHost<T>(
  context: FailureContext,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await ask(AbortSignal.any([signal, AbortSignal.timeout(listLimitMs)]))
  } catch (thrown) {
    if (signal.aborted) throw new CodiError('cancelled', 'Interrupted', { cause: thrown })
    if (thrown instanceof CodiError) throw thrown
    const failure =
      thrown instanceof Error && thrown.name === 'TimeoutError'
        ? { kind: 'unreachable' as const, message: `${context.hostName} did not answer in time` }
        : toFailure(thrown, context, false)
    throw new CodiError(errorKind(failure.kind), failure.message, { cause: thrown })
  }
}

const listLimitMs = 20_000

function errorKind(kind: string): 'credentials' | 'unreachable' | 'provider' {
  if (kind === 'credentials') return 'credentials'
  return kind === 'unreachable' || kind === 'stall' ? 'unreachable' : 'provider'
}
