/** Reads on in what a background shell writes. */
import { Type } from '@sinclair/typebox'
import { formatBytes } from '../../base/text.ts'
import type { ShellOutput } from '../../contract/sandbox-service.ts'
import { shellId } from '../../contract/shell-text.ts'
import type { Tool } from '../../contract/tool.ts'
import { shellText } from './background.ts'
import text from './bash-output.md' with { type: 'text' }
import { leftoverText, plainOutput, sandboxText } from './run-command.ts'

const input = Type.Object({
  id: Type.String(),
  wait: Type.Optional(Type.Number()),
  until: Type.Optional(Type.String({ description: 'the text' })),
  from: Type.Optional(Type.Integer({ description: 'byte to begin at, instead' })),
})

const maxBytes = 30_000
const maxWaitSeconds = 600
/** For a text that was asked for without a time. */
const untilWaitSeconds = 30

export const bashOutput: Tool<typeof input> = {
  name: 'bash_output',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const seconds = given.wait ?? (given.until === undefined ? 0 : untilWaitSeconds)
    const output = await context.services.sandbox.shellOutput(
      {
        id: shellId(given.id),
        maxBytes,
        waitMs: Math.min(Math.max(seconds, 0), maxWaitSeconds) * 1000,
        ...(given.from === undefined ? {} : { from: Math.max(0, given.from) }),
        ...(given.until === undefined ? {} : { until: given.until }),
      },
      context.signal,
    )
    return { content: outputText(output), detail: outputDetail(output), data: outputData(output) }
  },
}

export function outputText({ state, ...output }: ShellOutput): string {
  const ended = state.status !== 'running'
  const leftovers = leftoverText(state.leftovers)
  const parts = [
    `[${shellText(state)}]`,
    output.dropped > 0 ? `[${formatBytes(output.dropped)} before this are no longer kept]` : '',
    output.skipped > 0
      ? `[${formatBytes(output.skipped)} before this were skipped; from: ${output.from - output.skipped} reads them]`
      : '',
    plainOutput(output.text).trimEnd() || (ended ? '(no more output)' : '(no new output)'),
    output.to < state.outputBytes ? `[more follows; from: ${output.to} reads on]` : '',
    ended && leftovers !== '' ? `[${leftovers}]` : '',
    ...sandboxText(state),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

export function outputDetail({ state, text: shown }: ShellOutput) {
  return {
    type: 'output' as const,
    text: shown,
    exitCode: state.exitCode,
    ...(state.status === 'running' ? { shell: state.id } : {}),
  }
}

export function outputData({ state, from, to, skipped, dropped }: ShellOutput) {
  return {
    shell: state.id,
    status: state.status,
    exitCode: state.exitCode,
    signal: state.signal,
    outputBytes: state.outputBytes,
    from,
    to,
    skipped,
    dropped,
  }
}
