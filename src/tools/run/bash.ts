/** Runs one shell command of the model, to its end or into the background. */
import { Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { formatDuration } from '../../base/text.ts'
import type { Tool } from '../../contract/tool.ts'
import { backgroundAfterMs, checkBackground, shellHelp } from './background.ts'
import text from './bash.md' with { type: 'text' }
import {
  checkCommand,
  clampTimeout,
  commandRequest,
  didFail,
  endingText,
  keptText,
  maxTimeoutMs,
  plainOutput,
  runShell,
  sandboxText,
} from './run-command.ts'
import { carryOut, checkTry, orderRequest, settled, triedText, tryOrder } from './tried.ts'
import { escalateInput, wideningOf } from './widening.ts'

const input = Type.Object({
  command: Type.String(),
  cwd: Type.Optional(Type.String()),
  timeout: Type.Optional(
    Type.Number({ description: 'milliseconds until it is killed, at most 600000' }),
  ),
  background: Type.Optional(Type.Boolean()),
  tty: Type.Optional(Type.Boolean()),
  try: Type.Optional(Type.Boolean()),
  escalate: Type.Optional(escalateInput),
  description: Type.Optional(Type.String()),
})

const maxOutputBytes = 30_000

export const bash: Tool<typeof input> = {
  name: 'bash',
  text,
  input,
  effect: 'execute',
  async request(given, context) {
    const cwd = await checkCommand(context, given)
    const order = tryOrder(given.command)
    if (order) return orderRequest(order, context)
    if (given.try) await checkTry(context, given)
    const widening = await wideningOf(given.escalate, cwd.absolute)
    const tried = given.try ? 'wanted' : given.background || !context.tries ? undefined : 'may'
    return { ...commandRequest(given.command, cwd, widening), ...(tried ? { tried } : {}) }
  },
  async run(given, context) {
    const cwd = await checkCommand(context, given)
    const order = tryOrder(given.command)
    if (order) return carryOut(order, context)
    const isTried = context.approved?.access?.tried === true
    if (given.try && !isTried)
      throw new CodiError('unsupported', 'Nothing allows this command on a copy; nothing was run')
    if (given.background) await checkBackground(context)
    // In the background nothing is timed, its first second included.
    const timeoutMs = clampTimeout(given.background ? undefined : given.timeout, maxTimeoutMs)
    const afterMs = isTried ? undefined : backgroundAfterMs(given, context)
    const finished = await runShell(context, {
      tool: 'bash',
      command: given.command,
      cwd,
      timeoutMs,
      maxOutputBytes,
      ...(given.tty ? { tty: true } : {}),
      ...(afterMs === undefined ? {} : { background: { afterMs } }),
    })
    const { result } = finished
    const output = plainOutput(result.output).trimEnd()
    const wanted = given.try === true
    const about = { command: given.command, cwd: cwd.absolute }
    const outcome =
      !isTried || result.cancelled
        ? { lines: [], failed: false }
        : wanted
          ? { lines: await triedText(result.tried, context), failed: false }
          : await settled(result.tried, context, about)
    const parts = [
      result.shell === undefined
        ? endingText(result, timeoutMs)
        : movedText(given, { id: result.shell, ms: result.durationMs }),
      output || (result.shell === undefined ? '(no output)' : '(no output yet)'),
      keptText(finished),
      ...sandboxText(result),
      ...outcome.lines,
    ]
    return {
      content: parts.filter((part) => part !== '').join('\n'),
      detail: {
        type: 'output',
        text: result.output,
        exitCode: result.exitCode,
        ...(result.shell === undefined ? {} : { shell: result.shell }),
      },
      data: {
        exitCode: result.exitCode,
        signal: result.signal,
        timedOut: result.timedOut,
        cancelled: result.cancelled,
        durationMs: result.durationMs,
        outputBytes: result.outputBytes,
        truncated: result.truncated,
        keptAs: finished.keptAs ?? null,
        shell: result.shell ?? null,
        ...(isTried ? { tried: result.tried ?? null } : {}),
      },
      isError: outcome.failed || (result.shell === undefined && didFail(result)),
    }
  },
}

function movedText(
  given: { background?: boolean; timeout?: number },
  { id, ms }: { id: string; ms: number },
): string {
  const timeout =
    given.background && given.timeout !== undefined
      ? '; timeout does not count in the background'
      : ''
  return given.background
    ? `[runs in the background as ${id}${timeout}; ${shellHelp(id)}]`
    : `[still runs after ${formatDuration(ms)} and was moved to the background as ${id}; ${shellHelp(id)}]`
}
