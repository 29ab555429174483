/** A program in a pseudo-terminal: type into it, wait for what appears, weigh it while it waits. */
import { type RunOptions, treeCpuMs, treeMemory } from './measure.ts'

const patienceMs = 60_000

export interface TerminalProgram {
  readonly startedAt: number
  type(text: string): void
  /** Resolves with the moment at which `pattern` is in what was printed since the last call. */
  seen(pattern: RegExp): Promise<number>
  memory(): number
  cpuMs(): number
  /** Kills it and waits for its end. */
  close(): Promise<void>
}

export function startInTerminal(argv: string[], options: RunOptions): TerminalProgram {
  let printed = ''
  let onPrint = () => {}
  const decoder = new TextDecoder()
  const startedAt = performance.now()
  const child = Bun.spawn(argv, {
    cwd: options.cwd,
    env: { ...options.env, TERM: 'xterm-256color' },
    terminal: {
      cols: 100,
      rows: 30,
      data(_terminal, bytes) {
        printed += decoder.decode(bytes, { stream: true })
        onPrint()
      },
    },
  })
  return {
    startedAt,
    type: (text) => void child.terminal?.write(text),
    seen(pattern) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(
            new Error(
              `${pattern} was not printed; the last was ${JSON.stringify(printed.slice(-500))}`,
            ),
          )
        }, patienceMs)
        onPrint = () => {
          const found = pattern.exec(Bun.stripANSI(printed))
          if (!found) return
          clearTimeout(timer)
          onPrint = () => {}
          printed = ''
          resolve(performance.now())
        }
        onPrint()
      })
    },
    memory: () => treeMemory(child.pid),
    cpuMs: () => treeCpuMs(child.pid),
    async close() {
      child.kill('SIGKILL')
      await child.exited
      child.terminal?.close()
    },
  }
}
