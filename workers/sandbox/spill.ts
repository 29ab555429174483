/** The file that takes a whole output, up to a cap. A disk that fails ends the file, never the command. */
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage } from '../../src/base/errors.ts'
import { formatBytes } from '../../src/base/text.ts'

export interface Spill {
  /** Writes at once: the command waits for the disk rather than memory growing. */
  add(bytes: Uint8Array): void
  /** Says why the file holds less than everything; undefined while it holds all. */
  readonly note: string | undefined
  /** What was written, piece by piece, while it is not closed. */
  chunks(): Iterable<Uint8Array>
  close(): void
}

const maxSpillBytes = 256 * 1024 * 1024
const chunkBytes = 256 * 1024

export function openSpill(path: string, maxBytes = maxSpillBytes): Spill {
  let file: number | undefined
  let written = 0
  let note: string | undefined

  function guarded(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      note = `only ${formatBytes(written)} could be kept (${errorMessage(thrown)})`
      close()
    }
  }

  function close(): void {
    if (file !== undefined) closeSync(file)
    file = undefined
  }

  guarded(() => {
    mkdirSync(dirname(path), { recursive: true })
    file = openSync(path, 'w+', 0o600)
  })
  return {
    add(bytes) {
      guarded(() => {
        const room = Math.min(bytes.length, maxBytes - written)
        let done = 0
        while (file !== undefined && done < room) {
          const count = writeSync(file, bytes, done, room - done)
          done += count
          written += count
        }
        if (file === undefined || room === bytes.length) return
        note = `only the first ${formatBytes(maxBytes)} were kept`
        close()
      })
    },
    get note() {
      return note
    },
    *chunks() {
      for (let from = 0; file !== undefined && from < written; ) {
        const bytes = new Uint8Array(Math.min(chunkBytes, written - from))
        const count = readSync(file, bytes, 0, bytes.length, from)
        if (count === 0) return
        yield bytes.subarray(0, count)
        from += count
      }
    },
    close,
  }
}
