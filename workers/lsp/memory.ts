/** Resident memory of processes together with all that they started: from /proc on Linux, from ps elsewhere. */
import { readdir, readFile } from 'node:fs/promises'
import { runProgram } from '../../src/base/process.ts'

interface ProcessRow {
  pid: number
  parent: number
  bytes: number
}

const psTimeoutMs = 5000
/** Some arm64 kernels have larger pages; there less is seen than is used, and nothing is stopped wrongly. */
const pageBytes = 4096

/** Bytes by root pid; a root that has ended is left out. Empty where the system does not tell. */
export async function treeMemory(
  roots: readonly number[],
  platform: NodeJS.Platform = process.platform,
): Promise<Map<number, number>> {
  const rows = platform === 'linux' ? await procRows() : await psRows()
  const own = new Map(rows.map((row) => [row.pid, row]))
  const children = Map.groupBy(rows, (row) => row.parent)
  const sums = new Map<number, number>()
  for (const root of roots) {
    const first = own.get(root)
    if (!first) continue
    let bytes = 0
    const todo = [first]
    for (let row = todo.pop(); row; row = todo.pop()) {
      bytes += row.bytes
      todo.push(...(children.get(row.pid) ?? []))
    }
    sums.set(root, bytes)
  }
  return sums
}

async function procRows(): Promise<ProcessRow[]> {
  const names = await readdir('/proc').catch(() => [])
  const pids = names.filter((name) => /^\d+$/.test(name))
  const rows = await Promise.all(
    pids.map(async (pid) => {
      // A process may end between two looks.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // The name in parentheses may hold anything; after it: state, parent, …, pages as the 22nd.
      const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
      return stat === ''
        ? []
        : [{ pid: Number(pid), parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes }]
    }),
  )
  return rows.flat()
}

async function psRows(): Promise<ProcessRow[]> {
  const argv = ['ps', '-axo', 'pid=,ppid=,rss=']
  const said = await runProgram(argv, { timeoutMs: psTimeoutMs }).catch(() => undefined)
  return (said?.stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, kilobytes] = line.trim().split(/\s+/).map(Number)
    if (!pid || parent === undefined || kilobytes === undefined) return []
    return [{ pid, parent, bytes: kilobytes * 1024 }]
  })
}
