/**
 * Everything that a command started, also what left its group, session and parents. On Linux this process adopts the
 * orphans of commands while one runs, so that whatever is left hangs below it; the marker in the environment tells to
 * which command an orphan belongs. Elsewhere it is the group and the descendants that can be seen.
 */
import { delay } from '../../src/base/async.ts'
import { sendSignal } from '../../src/base/signal.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { markerVariable } from './launch.ts'
import { openProcessCalls, type ProcessCalls } from './process-calls.ts'
import { groupExists, initialEnvironment, listProcesses, type ProcessRow } from './processes.ts'

export interface TreeKeeper {
  /** Before the command starts: from now on orphans are adopted. */
  watch(marker: string): Tree
}

export interface Tree {
  /**
   * Names the process that is the root of the tree, once it runs. With `SIGPWR` it is codi's helper, which passes
   * SIGTERM on and ends everything by itself when it gets this signal.
   */
  root(pid: number, endSignal: 'SIGPWR' | 'SIGKILL'): void
  /** True when nothing of the tree is alive. */
  isGone(): boolean
  /** To the group and to everything that left it. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void
  /** Kills until nothing is left, or `limitMs` passed. Answers how many were alive. */
  kill(limitMs: number): Promise<number>
  release(): void
}

const killStepMs = 2
/** For a helper to end what it keeps; then it is ended itself, and the tree is walked. */
const helperLimitMs = 700

export function openTreeKeeper(groups: ProcessGroups): TreeKeeper {
  let running = 0
  let calls: ProcessCalls | undefined | false = false

  return {
    watch(marker) {
      if (calls === false) calls = openProcessCalls()
      const adopts = calls?.adoptOrphans(true) ?? false
      running++
      return openTree(marker, {
        calls: adopts ? calls : undefined,
        isOnly: () => running === 1,
        groups,
        release() {
          running--
          if (running === 0 && calls) calls.adoptOrphans(false)
        },
      })
    },
  }
}

interface Kept {
  /** Absent where orphans cannot be adopted. */
  calls: ProcessCalls | undefined
  /** No other command runs: an orphan that hides its origin can be nobody else's. */
  isOnly(): boolean
  groups: ProcessGroups
  release(): void
}

function openTree(marker: string, { calls, isOnly, groups, release }: Kept): Tree {
  let leader = 0
  let byHelper = false
  /** What was once seen of the tree stays known when it becomes an orphan or a zombie. */
  const known = new Set<number>()

  function members(): ProcessRow[] {
    if (leader === 0 || nothingLeft()) return []
    const rows = listProcesses()
    const own = rows.find((row) => row.pid === process.pid)
    const found = new Set<number>()
    for (const row of rows) if (isRoot(row, own)) found.add(row.pid)
    addDescendants(found, rows)
    for (const pid of found) known.add(pid)
    return rows.filter((row) => found.has(row.pid))
  }

  /** A cheap look that spares the walk through all processes after most commands. */
  function nothingLeft(): boolean {
    if (calls) return !calls.hasChildren()
    return process.platform !== 'linux' && !groupExists(leader)
  }

  function isRoot(row: ProcessRow, own: ProcessRow | undefined): boolean {
    if (row.pid === process.pid) return false
    if (row.pid === leader || row.group === leader || row.session === leader) return true
    const orphan = calls ? row.parent === process.pid : row.parent === 1
    if (!orphan) return false
    const environment = initialEnvironment(row.pid)
    if (known.has(row.pid) || environment?.some(isMarked)) return true
    return calls !== undefined && isOnly() && own !== undefined && isDaemon(row, own, environment)
  }

  function isMarked(entry: string): boolean {
    return entry.startsWith(`${markerVariable}=`) && entry.includes(marker)
  }

  /** Ends zombies that came to this process; the root is Bun's to wait for. */
  function alive(): ProcessRow[] {
    return members().filter(
      (row) => !(row.zombie && (row.pid === leader || calls?.reap(row.pid) || !calls)),
    )
  }

  function send(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (byHelper && signal === 'SIGTERM') {
      sendSignal(leader, signal)
      return
    }
    const rows = members()
    if (leader !== 0) sendSignal(-leader, signal)
    for (const row of rows) if (row.group !== leader) sendSignal(row.pid, signal)
  }

  return {
    root(pid, endSignal) {
      leader = pid
      byHelper = endSignal === 'SIGPWR'
      groups.started(pid, endSignal)
    },
    isGone: () => alive().length === 0,
    signal: send,
    async kill(limitMs) {
      const start = performance.now()
      const end = start + limitMs
      const count = alive().length
      if (byHelper && count > 0 && sendSignal(leader, 'SIGPWR')) {
        while (performance.now() < start + Math.min(limitMs, helperLimitMs)) {
          await delay(killStepMs)
          if (alive().length === 0) return count
        }
      }
      for (send('SIGKILL'); performance.now() < end; send('SIGKILL')) {
        await delay(killStepMs)
        if (alive().length === 0) break
      }
      return count
    },
    release() {
      if (leader !== 0) groups.ended(leader)
      release()
    },
  }
}

function addDescendants(found: Set<number>, rows: ProcessRow[]): void {
  const children = new Map<number, number[]>()
  for (const row of rows) {
    const siblings = children.get(row.parent)
    if (siblings) siblings.push(row.pid)
    else children.set(row.parent, [row.pid])
  }
  const open = [...found]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child) || child === process.pid) continue
      found.add(child)
      open.push(child)
    }
  }
}

/**
 * An orphan that hides where it came from. A child that codi itself started shares codi's session, or leads its own
 * and has at least codi's PATH.
 */
function isDaemon(row: ProcessRow, own: ProcessRow, environment: string[] | undefined): boolean {
  if (row.session === own.session) return false
  if (row.session !== row.pid) return true
  return !row.zombie && environment?.some((entry) => entry.startsWith('PATH=')) === false
}
