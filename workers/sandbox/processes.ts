/** What runs on this machine: `/proc` on Linux, `ps` elsewhere. */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessRow {
  pid: number
  parent: number
  group: number
  /** 0 where the system does not tell. */
  session: number
  /** Ended, and waiting for its parent to look. */
  zombie: boolean
}

export function listProcesses(): ProcessRow[] {
  return process.platform === 'linux' ? fromProc() : fromPs()
}

/** `NAME=value` strings that a process was started with; undefined where that cannot be read. */
export function initialEnvironment(pid: number): string[] | undefined {
  const environment = process.platform === 'linux' ? readQuietly(`/proc/${pid}/environ`) : undefined
  return environment?.split('\0').filter((entry) => entry !== '')
}

export function groupExists(leader: number): boolean {
  try {
    return process.kill(-leader, 0)
  } catch {
    return false
  }
}

function fromProc(): ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0)
    if (first < 0x30 || first > 0x39) continue
    const row = parseStat(readQuietly(`/proc/${name}/stat`) ?? '')
    if (row) rows.push(row)
  }
  return rows
}

/** `pid (name) state ppid pgrp session …`; the name may hold blanks and parentheses. */
function parseStat(stat: string): ProcessRow | undefined {
  const end = stat.lastIndexOf(')')
  if (end < 0) return undefined
  const [state, parent, group, session] = stat.slice(end + 2).split(' ', 4)
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    zombie: state === 'Z' || state === 'X',
  }
}

function fromPs(): ProcessRow[] {
  const listing = Bun.spawnSync(['ps', '-axo', 'pid=,ppid=,pgid=,stat=']).stdout.toString()
  return listing.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/)
    if (!state) return []
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: 0,
      zombie: state.startsWith('Z'),
    }
  })
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // It ended meanwhile, or belongs to someone else.
    return undefined
  }
}
