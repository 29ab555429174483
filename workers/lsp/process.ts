/**
 * The process of one language server: in a group of its own, so that its helpers end with it and Ctrl+C in the
 * terminal does not reach it; the last lines of stderr are kept for the day it dies.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { oneLine } from '../../src/base/text.ts'
import type { Enclosure } from '../../src/contract/enclosure.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'

export interface ServerProcess {
  readonly pid: number | undefined
  readonly stdin: ChildProcessWithoutNullStreams['stdin']
  readonly stdout: ChildProcessWithoutNullStreams['stdout']
  /** Resolves with the reason when the process is gone or could not be started. */
  readonly ended: Promise<string>
  /** With a reason, that is what `ended` says. */
  kill(reason?: string): void
}

const maxStderrChars = 8000
const shownStderrChars = 400

export interface ProcessOptions {
  cwd: string
  groups: ProcessGroups
  /** What fences it in. */
  enclosure?: Enclosure | undefined
}

export function startProcess(
  argv: string[],
  { cwd, groups, enclosure }: ProcessOptions,
): ServerProcess {
  const [program = '', ...args] = [...(enclosure?.argv ?? []), ...argv]
  const child = spawn(program, args, {
    cwd,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(enclosure?.descriptors ?? [])],
    ...(enclosure ? { env: enclosure.env } : {}),
  }) as ChildProcessWithoutNullStreams
  const ended = Promise.withResolvers<string>()
  let stderr = ''
  let killedFor: string | undefined

  const kill = (reason?: string) => {
    killedFor ??= reason
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The whole group has ended already.
    }
  }
  if (child.pid !== undefined) groups.started(child.pid)
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxStderrChars)
  })
  // A write to a server that died is told by its end.
  child.stdin.on('error', () => {})
  child.on('error', (error) => ended.resolve(`it cannot be started: ${error.message}`))
  child.on('close', (code, signal) => {
    kill()
    if (child.pid !== undefined) groups.ended(child.pid)
    const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`
    const said = lastWords(stderr)
    ended.resolve(killedFor ?? (said === '' ? `it ${how}` : `it ${how}: ${said}`))
  })
  return { pid: child.pid, stdin: child.stdin, stdout: child.stdout, ended: ended.promise, kill }
}

/** The line that names an error, for a stack trace under it says little; else the last lines. */
function lastWords(stderr: string): string {
  const named = stderr.split('\n').findLast((line) => /^\s*(\w*error|panic|fatal)\b/i.test(line))
  return oneLine(named ?? stderr.slice(-shownStderrChars), shownStderrChars)
}
