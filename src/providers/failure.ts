/**
 * Anything that can go wrong on a wire, as one ProviderFailure: a kind for programs and one line for a person that
 * says what happened and what to do. No key is ever part of it.
 */
import { CodiError, isAbort } from '../base/errors.ts'
import type { JsonValue } from '../base/json.ts'
import { formatDuration } from '../base/text.ts'
import type { FailureKind, ProviderFailure } from '../contract/provider.ts'
import { brief, type FailureContext, sentence } from './failure-context.ts'
import { hostFailure } from './host-failure.ts'
import { networkFailure } from './network-failure.ts'

const maxCauses = 6

/** Thrown inside a wire when the failure is already known. */
export class WireError extends Error {
  override readonly name = 'WireError'

  constructor(
    readonly failure: ProviderFailure,
    options?: { cause?: unknown },
  ) {
    super(failure.message, options)
  }
}

/** Any thrown value. `streaming` tells that an answer had begun. */
export function toFailure(
  thrown: unknown,
  context: FailureContext,
  streaming: boolean,
): ProviderFailure {
  if (thrown instanceof WireError) return thrown.failure
  if (thrown instanceof CodiError && thrown.kind === 'cancelled') return cancelledFailure()
  const status = property(thrown, 'status')
  if (typeof status === 'number') {
    return hostFailure({ status, ...bodyOf(thrown), ...headersOf(thrown) }, context)
  }
  // The innermost cause says most; an SDK wraps it in words of its own.
  for (const cause of causes(thrown).toReversed()) {
    if (cause instanceof WireError) return cause.failure
    // A login that could not be renewed says itself what to do.
    if (
      cause instanceof CodiError &&
      (cause.kind === 'credentials' || cause.kind === 'unreachable')
    )
      return { kind: cause.kind, message: cause.message }
    const failure = networkFailure(cause, context, streaming)
    if (failure) return failure
  }
  if (isAbort(thrown)) return cancelledFailure()
  return failure(
    'protocol',
    `${context.hostName} could not be understood: ${brief(messageOf(thrown), context)}`,
  )
}

export function cancelledFailure(): ProviderFailure {
  return failure('cancelled', 'Interrupted')
}

export function stallFailure(context: FailureContext, stallMs: number): ProviderFailure {
  return failure(
    'stall',
    `${context.hostName} sent nothing for ${formatDuration(stallMs)}; try again, or raise stallSeconds`,
  )
}

export function endlessFailure(context: FailureContext): ProviderFailure {
  return failure('protocol', `The answer of ${context.hostName} does not end; check --base-url`)
}

/** The body is no answer of this wire at all. */
export function foreignBodyFailure(text: string, context: FailureContext): ProviderFailure {
  const sample = brief(text.replace(/<[^>]*>/g, ' '), context)
  return failure(
    'protocol',
    `${context.baseUrl} did not answer like ${context.hostName}${sample ? ` but: ${sample}` : ''}; check --base-url`,
  )
}

function failure(kind: FailureKind, message: string): ProviderFailure {
  return { kind, message: sentence(message) }
}

function causes(thrown: unknown): unknown[] {
  const chain: unknown[] = []
  let cause = thrown
  while (chain.length < maxCauses && cause !== undefined && cause !== null) {
    chain.push(cause)
    cause = property(cause, 'cause')
  }
  return chain
}

function bodyOf(thrown: unknown): { body: JsonValue | undefined } {
  const parsed = property(thrown, 'error')
  if (parsed !== undefined) return { body: parsed as JsonValue }
  return { body: messageOf(thrown).replace(/^\d{3}\s*/, '') }
}

function headersOf(thrown: unknown): { headers?: Headers } {
  const headers = property(thrown, 'headers')
  return headers instanceof Headers ? { headers } : {}
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
