/**
 * What a power cut leaves of the files that a process wrote: its writes are recorded by `faulty-io.c`, and for any moment
 * the directory is made again as a disk may have it then: without what was not flushed, with all of it, or with a part,
 * torn at the border of a sector.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const sectorBytes = 512

export interface DiskWrite {
  /** write, truncate, flush (of a file), flush of the directory, unlink; a word of the process itself (in `path`) */
  op: 'w' | 't' | 's' | 'd' | 'u' | 'm'
  inode: number
  offset: number
  path: string
  data: Buffer
}

/** What of the writes that were not flushed is on the disk. */
export type Cut = 'nothing' | 'all' | { part: () => boolean }

/** Undefined where there is no compiler. */
export function buildFaultyIo(directory: string): string | undefined {
  const compiler = Bun.which('cc') ?? Bun.which('gcc')
  if (!compiler || process.platform !== 'linux') return undefined
  const library = join(directory, 'faulty-io.so')
  const source = join(import.meta.dir, 'faulty-io.c')
  const built = Bun.spawnSync([compiler, '-O1', '-shared', '-fPIC', '-o', library, source, '-ldl'])
  return built.exitCode === 0 ? library : undefined
}

export function readWrites(log: Buffer): DiskWrite[] {
  const writes: DiskWrite[] = []
  for (let at = 0; at + 29 <= log.length; ) {
    const op = String.fromCharCode(log[at] ?? 0) as DiskWrite['op']
    const number = (offset: number) => Number(log.readBigUInt64LE(at + offset))
    const [inode, offset, length] = [number(1), number(9), number(17)]
    const nameEnd = at + 29 + log.readUInt32LE(at + 25)
    const path = log.subarray(at + 29, nameEnd).toString()
    const dataEnd = op === 'w' ? nameEnd + length : nameEnd
    writes.push({ op, inode, offset, path, data: log.subarray(nameEnd, dataEnd) })
    at = dataEnd
  }
  return writes
}

interface Inode {
  flushed: Buffer
  waiting: DiskWrite[]
}

export interface Disk {
  apply(write: DiskWrite): void
  /** Makes `directory` anew as it may be after a power cut now. */
  restore(directory: string, cut: Cut): void
}

export function openDisk(): Disk {
  const inodes = new Map<number, Inode>()
  const names = new Map<string, number>()
  let flushedNames = new Map<string, number>()

  return {
    apply(write) {
      if (write.op === 'm') return
      if (write.op === 'd') {
        flushedNames = new Map(names)
        return
      }
      const name = basename(write.path)
      if (write.op === 'u') {
        names.delete(name)
        return
      }
      let inode = inodes.get(write.inode)
      // An inode that was freed may come back under the number it had.
      if (!inode || (names.get(name) !== write.inode && !write.path.endsWith(' (deleted)'))) {
        inode = { flushed: Buffer.alloc(0), waiting: [] }
        inodes.set(write.inode, inode)
        names.set(name, write.inode)
      }
      if (write.op === 's') {
        inode.flushed = applied(inode.flushed, inode.waiting)
        inode.waiting = []
      } else inode.waiting.push(write)
    },
    restore(directory, cut) {
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory, { recursive: true })
      const present = cut === 'nothing' ? flushedNames : names
      for (const [name, number] of present) {
        const inode = inodes.get(number)
        if (!inode) continue
        const kept = inode.waiting.flatMap((write) => partOf(write, cut))
        const path = join(directory, name)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, applied(inode.flushed, kept))
      }
    },
  }
}

function partOf(write: DiskWrite, cut: Cut): DiskWrite[] {
  if (cut === 'nothing') return []
  if (cut === 'all') return [write]
  if (write.op === 't') return cut.part() ? [write] : []
  const sectors: DiskWrite[] = []
  for (let at = 0; at < write.data.length; ) {
    const border = sectorBytes - ((write.offset + at) % sectorBytes)
    const end = Math.min(write.data.length, at + border)
    if (cut.part())
      sectors.push({ ...write, offset: write.offset + at, data: write.data.subarray(at, end) })
    at = end
  }
  return sectors
}

function applied(content: Buffer, writes: readonly DiskWrite[]): Buffer {
  let result = Buffer.from(content)
  for (const { op, offset, data } of writes) {
    const size = op === 't' ? offset : Math.max(result.length, offset + data.length)
    if (size > result.length) result = Buffer.concat([result, Buffer.alloc(size - result.length)])
    else if (op === 't') result = result.subarray(0, size)
    if (op === 'w') data.copy(result, offset)
  }
  return result
}
