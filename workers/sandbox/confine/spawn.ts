/** Starts a process for a backend: the one place where a command of the sandbox comes to life. */
import { CodiError, toCodiError } from '../../../src/base/errors.ts'
import type { Child, CommandStart, Process } from './command.ts'
import { startInTerminal } from './terminal.ts'

export function startProcess(process: Process): Child {
  const inherits = process.output === 'inherit'
  const output = inherits ? 'inherit' : 'pipe'
  try {
    if (process.output === 'terminal') return startInTerminal(process)
    const child = Bun.spawn([...process.argv], {
      cwd: process.cwd,
      env: process.env,
      stdio: [stdinOf(process.stdin), output, output, ...(process.descriptors ?? [])],
      // A session of its own: no terminal to talk to, and one group to signal.
      detached: !inherits,
    })
    return {
      pid: child.pid,
      stdout: child.stdout instanceof ReadableStream ? child.stdout : emptyStream(),
      stderr: child.stderr instanceof ReadableStream ? child.stderr : emptyStream(),
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
  }
}

function stdinOf(stdin: CommandStart['stdin']): 'ignore' | 'inherit' | Blob {
  return typeof stdin === 'string' ? stdin : new Blob([new Uint8Array(stdin)])
}

export function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() })
}
