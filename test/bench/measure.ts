/** Running a program and weighing it: wall time, CPU time and memory, from the outside, by /proc. */
import { readdirSync, readFileSync } from 'node:fs'

export interface RunOptions {
  cwd: string
  env: Record<string, string>
  stdin?: string
}

export interface Weight {
  wallMs: number
  cpuMs: number
  stdoutBytes: number
}

/** One whole run, from exec to exit. Throws when it fails: a figure of a failed run would be a lie. */
export async function weigh(argv: string[], options: RunOptions): Promise<Weight> {
  const started = performance.now()
  const child = Bun.spawn(argv, {
    cwd: options.cwd,
    env: options.env,
    stdin: options.stdin === undefined ? 'ignore' : Buffer.from(options.stdin),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  const wallMs = performance.now() - started
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed (exit ${exitCode}): ${stderr}`)
  const cpuMs = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000
  return { wallMs, cpuMs, stdoutBytes: stdout.length }
}

/**
 * The peak of the resident memory of a run and its children, in bytes. The peak that the kernel hands to a parent
 * counts the parent's own pages (before exec), so /proc is read all the while instead.
 */
export async function peakMemory(argv: string[], options: RunOptions): Promise<number> {
  const child = Bun.spawn(argv, {
    cwd: options.cwd,
    env: options.env,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  })
  let running = true
  const ended = child.exited.then(() => {
    running = false
  })
  let peak = 0
  while (running) {
    peak = Math.max(peak, treeMemory(child.pid))
    await Promise.race([ended, Bun.sleep(2)])
  }
  return peak
}

/** Resident bytes of the process and everything below it. */
export function treeMemory(pid: number): number {
  return processTree(pid).reduce((sum, id) => sum + residentBytes(id), 0)
}

/** User and system time of the process and everything alive below it, in milliseconds (in steps of 10). */
export function treeCpuMs(pid: number): number {
  return processTree(pid).reduce((sum, id) => sum + cpuTicks(id) * 10, 0)
}

export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const id = Number(name)
    if (!Number.isInteger(id)) continue
    const parent = Number(statFields(id)[1])
    children.set(parent, [...(children.get(parent) ?? []), id])
  }
  const below = (id: number): number[] => [id, ...(children.get(id) ?? []).flatMap(below)]
  return below(pid)
}

function residentBytes(pid: number): number {
  try {
    const line = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(line?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function cpuTicks(pid: number): number {
  const fields = statFields(pid)
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

/** The fields after the name, which may hold spaces: state, parent … */
function statFields(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
