/** Runs one shell command of the model to its end. */
import { Type } from '@sinclair/typebox'
import type { Tool } from '../../contract/tool.ts'
import text from './bash.md' with { type: 'text' }
import {
  checkCommand,
  clampTimeout,
  commandRequest,
  didFail,
  endingText,
  keptText,
  plainOutput,
  runShell,
} from './run-command.ts'

const input = Type.Object({
  command: Type.String(),
  cwd: Type.Optional(Type.String()),
  timeout: Type.Optional(
    Type.Number({ description: 'milliseconds, default 120000, at most 600000' }),
  ),
  description: Type.Optional(Type.String()),
})

const defaultTimeoutMs = 120_000
const maxOutputBytes = 30_000

export const bash: Tool<typeof input> = {
  name: 'bash',
  text,
  input,
  effect: 'execute',
  async request(given, context) {
    return commandRequest(given.command, await checkCommand(context, given))
  },
  async run(given, context) {
    const cwd = await checkCommand(context, given)
    const timeoutMs = clampTimeout(given.timeout, defaultTimeoutMs)
    const finished = await runShell(context, {
      tool: 'bash',
      command: given.command,
      cwd,
      timeoutMs,
      maxOutputBytes,
    })
    const { result } = finished
    const output = plainOutput(result.output).trimEnd()
    const parts = [endingText(result, timeoutMs), output || '(no output)', keptText(finished)]
    return {
      content: parts.filter((part) => part !== '').join('\n'),
      detail: { type: 'output', text: result.output, exitCode: result.exitCode },
      data: {
        exitCode: result.exitCode,
        signal: result.signal,
        timedOut: result.timedOut,
        cancelled: result.cancelled,
        durationMs: result.durationMs,
        outputBytes: result.outputBytes,
        truncated: result.truncated,
        keptAs: finished.keptAs ?? null,
      },
      isError: didFail(result),
    }
  },
}
