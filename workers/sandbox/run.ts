/**
 * Runs one command to its end: exit, timeout or abort; or until it becomes a background shell. The answer comes when
 * nothing of its process tree is alive; what it left in the background ends with it.
 */
import { unfinishedTail } from '../../src/base/cut-border.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { CommandRequest, CommandResult } from '../../src/contract/sandbox-service.ts'
import { type CommandTools, type RunningCommand, startCommand } from './command.ts'
import type { Shells } from './shells/shells.ts'

export interface RunTools extends CommandTools {
  shells: Shells
  signal?: AbortSignal
}

type Stop = 'timeout' | 'abort' | 'background'

const maxTimerMs = 2 ** 31 - 1

export async function runCommand(
  request: CommandRequest,
  { shells, signal, ...tools }: RunTools,
): Promise<CommandResult> {
  checkNumbers(request)
  if (signal?.aborted) throw new CodiError('cancelled', 'Interrupted')
  const command = await startCommand(request, tools)
  let shell: string | undefined
  try {
    const stop = await endOrStop(command, request, { shells, signal })
    if (stop === 'background') {
      shell = shells.take(request, command)
      const { output, ...rest } = soFar(command)
      const shown = output.slice(0, output.length - unfinishedTail(output))
      const { capture } = command
      return { ...rest, output: shown, ...notEnded, shell, ...(capture ? { capture } : {}) }
    }
    if (stop) await command.end()
    const { exitCode, signal: by, ...end } = await command.settle(() => soFar(command).output)
    return {
      exitCode,
      signal: by,
      timedOut: stop === 'timeout',
      cancelled: stop === 'abort',
      ...soFar(command),
      ...(end.leftovers === 0 || stop ? {} : { leftovers: end.leftovers }),
      ...(end.blocked.length === 0 ? {} : { blocked: end.blocked }),
      ...(end.warnings.length === 0 ? {} : { warnings: end.warnings }),
      ...(end.capture ? { capture: end.capture } : {}),
    }
  } finally {
    if (shell === undefined) command.release()
  }
}

const notEnded = { exitCode: null, signal: null, timedOut: false, cancelled: false }

/** What it wrote until its end, or its move. */
function soFar(command: RunningCommand) {
  const { text, bytes, truncated, note } = command.recorder.result()
  return {
    durationMs: performance.now() - command.startedAt,
    output: text,
    outputBytes: bytes,
    truncated,
    ...(note === undefined ? {} : { spillNote: note }),
  }
}

function checkNumbers({ timeoutMs, maxOutputBytes, background }: CommandRequest): void {
  const afterMs = background?.afterMs ?? 1
  for (const [name, value] of Object.entries({ timeoutMs, maxOutputBytes, afterMs })) {
    if (Number.isFinite(value) && value > 0) continue
    throw new CodiError('invalid', `${name} is ${value}; give a number above 0`)
  }
}

/** What stopped the command before its own end; undefined when nothing had to. */
function endOrStop(
  command: RunningCommand,
  { timeoutMs, background }: CommandRequest,
  { shells, signal }: { shells: Shells; signal: AbortSignal | undefined },
): Promise<Stop | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle('timeout'), Math.min(timeoutMs, maxTimerMs))
    const mover = background && setTimeout(move, Math.min(background.afterMs, maxTimerMs))
    const onAbort = () => settle('abort')
    function move(): void {
      if (shells.hasRoom()) settle('background')
    }
    function settle(stop: Stop | undefined): void {
      clearTimeout(timer)
      clearTimeout(mover)
      signal?.removeEventListener('abort', onAbort)
      resolve(stop)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    void command.exited.then(() => settle(undefined))
  })
}
