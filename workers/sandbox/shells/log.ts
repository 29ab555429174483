/**
 * What a background shell wrote, to be read from any byte: its first part in a file without a name, which is gone with
 * this process however that ends, and its last part in memory. What lies between them once the file is full is dropped.
 */
import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createRing } from '../ring.ts'

export interface ShellLog {
  add(bytes: Uint8Array): void
  /** Bytes that were written and that nobody kept. */
  miss(bytes: number): void
  readonly totalBytes: number
  /** From `from` on, or from where something is kept again; at most `maxBytes`. */
  read(from: number, maxBytes: number): { bytes: Uint8Array; from: number }
  close(): void
}

export interface LogLimits {
  fileBytes: number
  memoryBytes: number
}

const defaultLimits: LogLimits = { fileBytes: 16 * 1024 * 1024, memoryBytes: 256 * 1024 }

/** The file at `path` is made only when there is more than memory takes. */
export function openLog(path: string, limits: LogLimits = defaultLimits): ShellLog {
  const ring = createRing(limits.memoryBytes)
  let total = 0
  /** Bytes of the ring: all there were until now, or the last of them. */
  let inMemory = 0
  let file: number | undefined
  let inFile = 0
  let takesMore = true

  function toFile(bytes: Uint8Array): void {
    if (!takesMore) return
    try {
      file ??= openUnnamed(path)
      const room = Math.min(bytes.length, limits.fileBytes - inFile)
      for (let done = 0; done < room; ) {
        const count = writeSync(file, bytes, done, room - done, inFile)
        done += count
        inFile += count
      }
      takesMore = room === bytes.length
    } catch {
      // A full disk: the end of the output is still in memory, and what was dropped is told.
      takesMore = false
    }
  }

  function fromFile(from: number, maxBytes: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(maxBytes, inFile - from))
    if (file === undefined) return bytes.subarray(0, 0)
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from))
  }

  return {
    add(bytes) {
      if (file !== undefined) toFile(bytes)
      else if (inMemory + bytes.length > limits.memoryBytes) {
        if (inMemory === total) toFile(ring.bytes())
        toFile(bytes)
      }
      ring.add(bytes)
      total += bytes.length
      inMemory = Math.min(inMemory + bytes.length, limits.memoryBytes)
    },
    miss(bytes) {
      if (bytes === 0) return
      if (file === undefined && inMemory > 0) toFile(ring.bytes())
      takesMore = false
      ring.clear()
      inMemory = 0
      total += bytes
    },
    get totalBytes() {
      return total
    },
    read(from, maxBytes) {
      if (from < inFile) return { bytes: fromFile(from, maxBytes), from }
      const start = Math.max(from, total - inMemory)
      const offset = start - (total - inMemory)
      return { bytes: ring.bytes().subarray(offset, offset + maxBytes), from: start }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      inFile = 0
      takesMore = false
      ring.clear()
      inMemory = 0
    },
  }
}

function openUnnamed(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return file
}
