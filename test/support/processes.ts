/**
 * Whether a process with a certain word in its command line runs: the numbers of sandboxed processes mean nothing
 * outside their sandbox.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** Twelve digits that no other process has in its command line: `sleep 300.000123456789`. */
export function uniqueSeconds(): string {
  const digits = crypto.getRandomValues(new Uint32Array(2)).join('').padStart(12, '0').slice(0, 12)
  return `300.${digits}`
}

export function isRunning(word: string): boolean {
  return commandLines().some((line) => line.includes(word))
}

/** Resolves when it runs (or does not): there is no event for it. Rejects after four seconds. */
export async function untilRunning(word: string, running: boolean): Promise<void> {
  const end = performance.now() + 4000
  while (isRunning(word) !== running) {
    if (performance.now() > end) {
      throw new Error(`sleep ${word} ${running ? 'never ran' : 'still runs'}`)
    }
    await Bun.sleep(20)
  }
}

/** Of `sleep` alone: a shell that was given the word in its text may end later. */
function commandLines(): string[] {
  if (process.platform !== 'linux') {
    return Bun.spawnSync(['ps', '-axo', 'args=']).stdout.toString().split('\n').filter(isSleep)
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter(isSleep)
}

function isSleep(line: string): boolean {
  return /^(\S*\/)?sleep /.test(line)
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    // It ended meanwhile.
    return ''
  }
}
