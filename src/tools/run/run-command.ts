/**
 * One shell command through the sandbox service, with everything it wrote kept: what does not fit into the answer lies
 * in a file of the result store, where recall_result pages it.
 */
import { access, constants, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../../base/errors.ts'
import { formatBytes, formatDuration, oneLine, plural } from '../../base/text.ts'
import type { PendingCapture } from '../../contract/journal.ts'
import type { Widening } from '../../contract/permission.ts'
import type { CommandRequest, CommandResult } from '../../contract/sandbox-service.ts'
import type { ToolContext, ToolRequest } from '../../contract/tool.ts'
import { requireApproved } from '../files/approved.ts'
import { findDirectory, type Place } from '../search/search-place.ts'

export interface ShellCommand {
  tool: string
  command: string
  cwd: Place
  timeoutMs: number
  maxOutputBytes: number
  env?: Record<string, string>
  tty?: true
  background?: NonNullable<CommandRequest['background']>
}

export interface FinishedCommand {
  result: CommandResult
  /** Where the whole output is kept, when `result.output` is not all of it. */
  keptAs: string | undefined
}

export const maxTimeoutMs = 600_000
/** Linux takes at most 128 KB as one argument. */
const maxCommandBytes = 120_000
/** Runs that take longer are told how long. */
const longRunMs = 10_000

export async function runShell(
  context: ToolContext,
  shell: ShellCommand,
): Promise<FinishedCommand> {
  requireApproved(context, shell.cwd.absolute, shell.command)
  const spillPath = join(context.results.directory, `running-${crypto.randomUUID()}.log`)
  const about = { tool: shell.tool, callId: context.callId }
  const capture = await captureOf(context, shell)
  let how: CaptureEnd = { by: 'nothing', note: 'it did not end well', isOver: true }
  try {
    const result = await context.services.sandbox.run(
      {
        id: context.callId,
        command: shell.command,
        cwd: shell.cwd.absolute,
        timeoutMs: shell.timeoutMs,
        maxOutputBytes: shell.maxOutputBytes,
        spillPath,
        ...(shell.env ? { env: shell.env } : {}),
        ...(shell.tty ? { tty: true } : {}),
        ...(shell.background ? { background: shell.background } : {}),
        ...(context.approved?.access ? { access: context.approved.access } : {}),
        ...(capture ? { captureDirectory: capture.directory } : {}),
      },
      context.signal,
    )
    how = captureEnd(result)
    const kept = result.truncated && result.shell === undefined
    const keptAs = kept ? await adopt(context, spillPath, about) : undefined
    return { result, keptAs }
  } finally {
    await capture?.done(how)
    await rm(spillPath, { force: true })
  }
}

type CaptureEnd = Parameters<PendingCapture['done']>[0]

/** What it changes is recorded, unless it can change nothing, or only a copy. */
async function captureOf(
  context: ToolContext,
  { tool, command }: ShellCommand,
): Promise<PendingCapture | undefined> {
  const { readOnly, tried } = context.approved?.access ?? {}
  if (readOnly || tried) return undefined
  return context.changes?.capture({ callId: context.callId, tool, command })
}

function captureEnd({ capture, shell }: CommandResult): CaptureEnd {
  const { by, note } = capture ?? { by: 'nothing', note: 'nothing looked at what it changed' }
  return { by, note, isOver: shell === undefined, ...(shell === undefined ? {} : { shell }) }
}

/** A full disk must not cost the answer: then there is just nothing more to recall. */
async function adopt(
  context: ToolContext,
  path: string,
  about: { tool: string; callId: string },
): Promise<string | undefined> {
  try {
    return await context.results.adopt(path, about)
  } catch {
    return undefined
  }
}

/** The directory and the text of a command, checked. */
export async function checkCommand(
  context: ToolContext,
  given: { command: string; cwd?: string | undefined },
): Promise<Place> {
  if (given.command.trim() === '') throw new CodiError('invalid', 'The command is empty')
  if (given.command.includes('\0')) {
    throw new CodiError('invalid', 'The command holds a NUL byte, which no shell can be given')
  }
  if (Buffer.byteLength(given.command) > maxCommandBytes) {
    throw new CodiError(
      'invalid',
      `The command is longer than ${formatBytes(maxCommandBytes)}; write it to a file and run that`,
    )
  }
  const place = await findDirectory(context, given.cwd)
  try {
    await access(place.absolute, constants.X_OK)
  } catch (thrown) {
    throw new CodiError('io', `Cannot enter ${place.shown}: ${errorMessage(thrown)}`)
  }
  return place
}

/** What the gate and a person judge by. */
export function commandRequest(command: string, cwd: Place, widening?: Widening): ToolRequest {
  const where = cwd.shown === '.' ? '' : ` in ${cwd.shown}`
  return {
    summary: `run ${oneLine(command, 200)}${where}`,
    paths: [cwd.absolute],
    hosts: [],
    command,
    cwd: cwd.absolute,
    ...(widening ? { widening } : {}),
  }
}

export function clampTimeout(timeout: number | undefined, defaultMs: number): number {
  return Math.min(Math.max(Math.round(timeout ?? defaultMs), 1), maxTimeoutMs)
}

/** How it ended, where that is not simply well: empty after a quick success. */
export function endingText(result: CommandResult, timeoutMs: number): string {
  const took = formatDuration(result.durationMs)
  if (result.cancelled)
    return `[interrupted by the user after ${took}; all its processes were ended]`
  if (result.timedOut) {
    return `[timed out after ${formatDuration(timeoutMs)}, all its processes were ended; timeout (milliseconds, at most ${maxTimeoutMs}) can be raised]`
  }
  const parts: string[] = []
  if (result.exitCode === null) parts.push(`killed by ${result.signal ?? 'a signal'}`)
  else if (result.exitCode !== 0) parts.push(`exit code ${result.exitCode}`)
  const leftovers = leftoverText(result.leftovers)
  if (leftovers !== '') parts.push(leftovers)
  if (result.durationMs >= longRunMs) parts.push(`took ${took}`)
  return parts.length === 0 ? '' : `[${parts.join(', ')}]`
}

/** What became of processes that a command left behind; empty for none. */
export function leftoverText(leftovers: number | undefined): string {
  if (leftovers === undefined) return ''
  const what = plural(leftovers, 'background process', 'background processes')
  return `${what} ended with it (background: true, without &, keeps a command running)`
}

/** What the sandbox refused, and what was put right behind the command: a line each. */
export function sandboxText(of: Pick<CommandResult, 'blocked' | 'warnings'>): string[] {
  const blocked = (of.blocked ?? []).map((row) => `[sandbox: ${row.text}]`)
  return [...blocked, ...(of.warnings ?? []).map((text) => `[warning: ${text}]`)]
}

export function didFail(result: CommandResult): boolean {
  return result.exitCode !== 0 || result.timedOut || result.cancelled
}

/** Where the rest of a cut output is. */
export function keptText(finished: FinishedCommand): string {
  if (!finished.result.truncated) return ''
  const size = formatBytes(finished.result.outputBytes)
  if (finished.result.shell !== undefined) {
    return `[the output is ${size} so far; bash_output with from: 0 has all of it]`
  }
  return finished.keptAs === undefined
    ? `[the output was ${size}; the middle is left out and could not be kept]`
    : `[the output was ${size}; recall_result {"id":"${finished.keptAs}"} has ${shortfall(finished.result)}]`
}

function shortfall(result: CommandResult): string {
  return result.spillNote === undefined ? 'all of it' : `more of it (${result.spillNote})`
}

/** Output as a model should read it: no colours, and of a line that was redrawn only its last state. */
export function plainOutput(output: string): string {
  const plain = Bun.stripANSI(output).replace(/\r+\n/g, '\n')
  if (!plain.includes('\r')) return plain
  return plain
    .split('\n')
    .map((line) => line.split('\r').findLast((state) => state !== '') ?? '')
    .join('\n')
}
