/**
 * A graph's file: named for its space, the database it belongs to and a hash of its own bytes, so that a torn or
 * damaged file is known before the addon reads it (which would crash), and two processes never write the same one.
 */
import { closeSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface GraphFiles {
  /** The newest whole file; damaged ones are removed. */
  find(): string | undefined
  /** Keeps what `write` writes, in place of what was kept before; false where the disk does not take it. */
  keep(write: (file: string) => void): boolean
}

const blockBytes = 1024 * 1024
/** A file of this age that is not finished was left by a process that was killed. */
const abandonedMs = 10 * 60_000

export function graphFiles(options: {
  directory: string
  /** The space: embedder and dimensions. */
  space: string
  /** The database whose chunk ids the labels are. */
  epoch: string
}): GraphFiles {
  const { directory } = options
  const database = `hnsw-${options.epoch.replace(/[^\w]/g, '').slice(0, 12)}-`
  const prefix = `${database}${options.space}-`

  const named = (start: string) =>
    readdirSync(directory).filter((name) => name.startsWith(start) && name.endsWith('.bin'))

  return {
    find() {
      removeForeign(directory, database)
      const newestFirst = named(prefix)
        .map((name) => join(directory, name))
        .sort((a, b) => changedAt(b) - changedAt(a))
      for (const file of newestFirst) {
        if (file === join(directory, `${prefix}${hashOf(file)}.bin`)) return file
        rmSync(file, { force: true })
      }
      return undefined
    },
    keep(write) {
      const temporary = join(directory, `hnsw-${process.pid}-${crypto.randomUUID()}.tmp`)
      try {
        write(temporary)
        const name = `${prefix}${hashOf(temporary)}.bin`
        renameSync(temporary, join(directory, name))
        for (const other of named(prefix))
          if (other !== name) rmSync(join(directory, other), { force: true })
        return true
      } catch {
        // Without its file the graph is built again by the next process.
        rmSync(temporary, { force: true })
        return false
      }
    },
  }
}

/** Graphs of databases that are gone, and what killed processes left. */
function removeForeign(directory: string, database: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('hnsw-')) continue
    const path = join(directory, name)
    const foreign = name.endsWith('.bin') && !name.startsWith(database)
    const abandoned = name.endsWith('.tmp') && Date.now() - changedAt(path) > abandonedMs
    if (foreign || abandoned) rmSync(path, { force: true })
  }
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** In blocks, so that a large file is never in memory whole. */
function hashOf(file: string): string {
  let hash = 0n
  const block = new Uint8Array(blockBytes)
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch {
    return 'none'
  }
  try {
    for (;;) {
      const bytes = readSync(handle, block)
      if (bytes === 0) return hash.toString(36)
      hash = Bun.hash.xxHash64(block.subarray(0, bytes), hash)
    }
  } finally {
    closeSync(handle)
  }
}
