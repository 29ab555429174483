/**
 * Starts a process in a terminal of its own, for programs that will not work without: what they draw is read as one
 * stream, and nothing is ever typed.
 */
import type { Child, Process } from './command.ts'

const columns = 120
const rows = 40
const terminalName = 'xterm-256color'

/** Throws what Bun.spawn throws. */
export function startInTerminal(process: Process): Child {
  const screen = openScreen()
  const child = Bun.spawn([...process.argv], {
    cwd: process.cwd,
    env: { ...process.env, TERM: terminalName },
    // The first three are the terminal.
    stdio: ['ignore', 'ignore', 'ignore', ...(process.descriptors ?? [])],
    terminal: {
      cols: columns,
      rows,
      name: terminalName,
      data: (_, bytes) => screen.add(bytes),
      exit: () => screen.end(),
    },
  })
  screen.onEnd = () => child.terminal?.close()
  return {
    pid: child.pid,
    stdout: screen.stream,
    stderr: new ReadableStream({ start: (controller) => controller.close() }),
    exited: child.exited,
    get exitCode() {
      return child.exitCode
    },
    get signalCode() {
      return child.signalCode === null ? null : String(child.signalCode)
    },
  }
}

/** The stream ends with the last process that holds the terminal, or when nobody reads it any more. */
function openScreen() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const screen = {
    onEnd: () => {},
    stream: new ReadableStream<Uint8Array>({
      start(given) {
        controller = given
      },
      cancel() {
        controller = undefined
        screen.onEnd()
      },
    }),
    add(bytes: Uint8Array) {
      // The buffer is used again for what comes next.
      controller?.enqueue(bytes.slice())
    },
    end() {
      controller?.close()
      controller = undefined
      screen.onEnd()
    },
  }
  return screen
}
