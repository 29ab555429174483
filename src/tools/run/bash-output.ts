/** Reads on in what a background shell writes. */
import { Type } from '@sinclair/typebox'
import { maxSeekChars } from '../../base/cut-border.ts'
import { formatBytes, oneLine } from '../../base/text.ts'
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
  async request(given) {
    const what = waitSeconds(given) > 0 ? 'wait for' : 'look at'
    return { summary: `${what} background shell ${shellId(given.id)}`, paths: [], hosts: [] }
  },
  async run(given, context) {
    const seconds = waitSeconds(given)
    const output = await context.services.sandbox.shellOutput(
      {
        id: shellId(given.id),
        maxBytes,
        waitMs: seconds * 1000,
        ...(given.from === undefined ? {} : { from: Math.max(0, given.from) }),
        ...(given.until === undefined ? {} : { until: given.until }),
      },
      context.signal,
    )
    const sought = given.until === undefined ? '' : soughtText(given.until, { output, seconds })
    return {
      content: outputText(output, sought),
      detail: outputDetail(output),
      data: outputData(output),
    }
  },
}

function waitSeconds({ wait, until }: { wait?: number; until?: string }): number {
  const seconds = wait ?? (until === undefined ? 0 : untilWaitSeconds)
  return Math.min(Math.max(seconds, 0), maxWaitSeconds)
}

export function outputText({ state, ...output }: ShellOutput, note = ''): string {
  const ended = state.status !== 'running'
  const leftovers = leftoverText(state.leftovers)
  const parts = [
    `[${shellText(state)}]`,
    note,
    output.dropped > 0 ? `[${formatBytes(output.dropped)} before this are no longer kept]` : '',
    output.skipped > 0
      ? `[${formatBytes(output.skipped)} before this were skipped; from: ${output.from - output.skipped} reads them]`
      : '',
    plainOutput(output.text).trimEnd() || (ended ? '(no more output)' : '(no new output)'),
    moreText(state, output),
    ended && leftovers !== '' ? `[${leftovers}]` : '',
    ...sandboxText(state),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

/** What became of the text that was waited for, where the output does not show it. */
function soughtText(
  text: string,
  { output, seconds }: { output: ShellOutput; seconds: number },
): string {
  const shown = JSON.stringify(oneLine(text, 60))
  if (output.text.includes(text)) return ''
  if (output.found) return `[${shown} is in what came before this]`
  const when = output.state.status === 'running' ? `within ${seconds} s` : 'until its end'
  return `[${shown} did not appear ${when}]`
}

export function outputDetail({ state, text: shown }: ShellOutput) {
  return {
    type: 'output' as const,
    text: shown,
    // Of one that was killed nobody needs to see a failure: its end was wanted.
    exitCode: state.status === 'killed' ? 0 : state.exitCode,
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

/** The word that is still being written is held back (base/cut-border.ts), and comes by itself. */
function moreText(state: ShellOutput['state'], { from, to }: Omit<ShellOutput, 'state'>): string {
  const isHeld = state.status === 'running' && state.outputBytes - to < maxSeekChars
  const isFull = to - from >= maxBytes - maxSeekChars
  if (to >= state.outputBytes || (isHeld && !isFull)) return ''
  return `[more follows; from: ${to} reads on]`
}
