/** How much memory servers use: when somebody asks, and now and then while any runs, so that a big one is told. */
import { treeMemory } from './memory.ts'

export interface MemoryWatch<T> {
  /** Safe to call twice. */
  begin(): void
  end(): void
  /** Bytes of each that runs; those that the system does not tell are left out. */
  look(): Promise<Map<T, number>>
}

export interface MemoryWatchOptions<T> {
  everyMs: number
  limitBytes: number
  running(): Map<number, T>
  /** Called for each that is above the limit, one after another. */
  grown(one: T, bytes: number): Promise<void>
}

export function createMemoryWatch<T>(options: MemoryWatchOptions<T>): MemoryWatch<T> {
  let timer: Timer | undefined

  async function look(): Promise<Map<T, number>> {
    const running = options.running()
    const found = new Map<T, number>()
    if (running.size === 0) return found
    const memory = await treeMemory([...running.keys()])
    for (const [pid, one] of running) {
      const bytes = memory.get(pid)
      if (bytes !== undefined) found.set(one, bytes)
    }
    return found
  }

  async function check(): Promise<void> {
    for (const [one, bytes] of await look())
      if (bytes > options.limitBytes) await options.grown(one, bytes)
  }

  return {
    begin() {
      timer ??= setInterval(() => void check(), options.everyMs)
    },
    end() {
      clearInterval(timer)
      timer = undefined
    },
    look,
  }
}
