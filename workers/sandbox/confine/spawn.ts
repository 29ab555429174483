/** Starts a process for a backend: the one place where a command of the sandbox comes to life. */
import { closeSync } from 'node:fs'
import { CodiError, toCodiError } from '../../../src/base/errors.ts'
import type { Child, CommandStart, Process } from './command.ts'
import { openPipes, readPipe } from './pipes.ts'
import { startInTerminal } from './terminal.ts'

const ownStderr = 2

export function startProcess(process: Process): Child {
  const inherits = process.output === 'inherit' || process.output === 'stderr'
  const pipes = process.output === 'pipe' ? openPipes() : undefined
  const [stdout, stderr] = pipes?.map(({ write }) => write) ?? []
  const output = inherits ? 'inherit' : 'pipe'
  const merged = process.output === 'stderr' ? ownStderr : undefined
  let started = false
  try {
    if (process.output === 'terminal') return startInTerminal(process)
    const child = Bun.spawn([...process.argv], {
      cwd: process.cwd,
      env: process.env,
      stdio: [
        stdinOf(process.stdin),
        stdout ?? merged ?? output,
        stderr ?? output,
        ...(process.descriptors ?? []),
      ],
      // A session of its own: no terminal to talk to, and one group to signal.
      detached: !inherits,
    })
    started = true
    return {
      pid: child.pid,
      stdout: pipes ? readPipe(pipes[0].read) : streamOf(child.stdout),
      stderr: pipes ? readPipe(pipes[1].read) : streamOf(child.stderr),
      exited: child.exited,
      get exitCode() {
        return child.exitCode
      },
      get signalCode() {
        return child.signalCode === null ? null : String(child.signalCode)
      },
    }
  } catch (thrown) {
    const error = toCodiError(thrown)
    throw new CodiError(error.kind, `Cannot start ${process.argv[0]}: ${error.message}`, {
      cause: thrown,
    })
  } finally {
    for (const { read, write } of pipes ?? []) {
      closeSync(write)
      if (!started) closeSync(read)
    }
  }
}

function streamOf(output: unknown): ReadableStream<Uint8Array> {
  return output instanceof ReadableStream ? output : emptyStream()
}

function stdinOf(stdin: CommandStart['stdin']): 'ignore' | 'inherit' | Blob {
  return typeof stdin === 'string' ? stdin : new Blob([new Uint8Array(stdin)])
}

export function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() })
}
