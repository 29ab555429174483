/**
 * What ended a command before it had a result. Whoever asked for JSON gets the object of a failed run, always one;
 * anybody else gets the error itself, which main words.
 */
import { exitCodes } from '../app/exit-code.ts'
import { failedResult } from '../app/run-result.ts'
import { printableJson } from '../base/json.ts'
import { openMasker } from '../base/mask/masker.ts'
import type { Output } from '../terminal/output.ts'
import { type Arguments, flagValue } from './args.ts'

/** Answers the exit status, or throws what was thrown. */
export function failureStatus(
  thrown: unknown,
  context: { args: Arguments; output: Output; signal: AbortSignal },
): number {
  const { args, output, signal } = context
  const format = flagValue(args, 'output-format')
  // An export into a pipe is no answer of a model: an object of another kind would be taken for it.
  if ((format !== 'json' && format !== 'jsonl') || args.command === 'export') throw thrown
  const started = {
    provider: flagValue(args, 'provider') ?? '',
    model: flagValue(args, 'model') ?? '',
    session: undefined,
  }
  const result = failedResult(thrown, started, signal.aborted)
  if (result.error) {
    const { mask } = openMasker({ env: process.env })
    result.error = { ...result.error, message: mask(result.error.message) }
  }
  output.out(`${printableJson(format === 'json' ? result : { type: 'result', ...result })}\n`)
  return result.exitCode === exitCodes.done ? exitCodes.failed : result.exitCode
}
