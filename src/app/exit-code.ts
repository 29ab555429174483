/** From how a run ended to the exit status that scripts rely on. */
import type { RunStop } from '../contract/event.ts'

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  limit: 4,
  credentials: 5,
  unreachable: 6,
  findings: 7,
  interrupted: 130,
} as const

const byStop: Record<RunStop, number> = {
  end: exitCodes.done,
  length: exitCodes.limit,
  refused: exitCodes.failed,
  denied: exitCodes.denied,
  max_turns: exitCodes.limit,
  max_cost: exitCodes.limit,
  budget: exitCodes.limit,
  timeout: exitCodes.limit,
  loop: exitCodes.failed,
  interrupted: exitCodes.interrupted,
  error: exitCodes.failed,
}

/** By kind of a CodiError, and of a provider's failure. */
const byError: Readonly<Record<string, number>> = {
  usage: exitCodes.usage,
  denied: exitCodes.denied,
  limit: exitCodes.limit,
  budget: exitCodes.limit,
  cancelled: exitCodes.interrupted,
  credentials: exitCodes.credentials,
  unreachable: exitCodes.unreachable,
  stall: exitCodes.unreachable,
  truncated: exitCodes.unreachable,
  rate_limit: exitCodes.unreachable,
  overloaded: exitCodes.unreachable,
  server: exitCodes.unreachable,
}

export function exitCodeOf(stop: RunStop, kind: string | undefined): number {
  if (stop !== 'error') return byStop[stop]
  return byError[kind ?? ''] ?? exitCodes.failed
}
