/** How a run ended, as the object that programs read. */

import type { LoopOutcome } from '../agent/ending.ts'
import { errorMessage, toCodiError } from '../base/errors.ts'
import type { RunResult } from '../contract/event.ts'
import { noUsage } from '../contract/message.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'

interface Started {
  provider: string
  model: string
  session: string | undefined
}

export function resultOf(outcome: LoopOutcome, started: Started): RunResult {
  return {
    schema: 'codi.result/1',
    ok: outcome.stop === 'end',
    text: outcome.text,
    session: started.session ?? null,
    provider: started.provider,
    model: started.model,
    turns: outcome.turns,
    calls: outcome.calls.map(({ denial: _denial, ...call }) => call),
    usage: outcome.usage,
    costUsd: outcome.costUsd,
    stopReason: outcome.stop,
    error: outcome.failure ?? null,
    exitCode: exitCodeOf(outcome.stop, outcome.failure?.kind),
  }
}

/** A run that could not begin: no key, no disk, a model that is not there. */
export function failedResult(thrown: unknown, started: Started, aborted: boolean): RunResult {
  const error = toCodiError(thrown)
  const stop = aborted ? 'interrupted' : 'error'
  return {
    schema: 'codi.result/1',
    ok: false,
    text: '',
    session: started.session ?? null,
    provider: started.provider,
    model: started.model,
    turns: 0,
    calls: [],
    usage: { ...noUsage },
    costUsd: null,
    stopReason: stop,
    error: { kind: error.kind, message: errorMessage(error) },
    exitCode: aborted ? exitCodes.interrupted : exitCodeOf(stop, error.kind),
  }
}
