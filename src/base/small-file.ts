/**
 * Reads a file that should be small and whose place others decide (settings, instructions): never more than a limit,
 * and never a device or pipe, where a read could last for ever.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { CodiError } from './errors.ts'
import { formatBytes } from './text.ts'

/** Throws a system error, or a CodiError of kind `invalid` for what is no regular file or has more than `maxBytes`. */
export function readSmallFile(path: string, maxBytes: number): string {
  const { text, isCut } = readStart(path, maxBytes)
  if (isCut) throw new CodiError('invalid', `It is larger than ${formatBytes(maxBytes)}`)
  return text
}

/** The first `maxBytes` of a regular file as text; throws like `readSmallFile`, but not for its size. */
export function readStart(path: string, maxBytes: number): { text: string; isCut: boolean } {
  // Opening a pipe waits for its other end, unless it is told not to.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const info = fstatSync(fd)
    if (!info.isFile()) {
      const what = info.isDirectory() ? 'a directory' : 'a device, pipe or socket'
      throw new CodiError('invalid', `It is ${what}, not a regular file`)
    }
    const buffer = Buffer.alloc(Math.min(info.size, maxBytes))
    let length = 0
    while (length < buffer.length) {
      const read = readSync(fd, buffer, length, buffer.length - length, null)
      if (read === 0) break
      length += read
    }
    return { text: buffer.toString('utf8', 0, length), isCut: info.size > maxBytes }
  } finally {
    closeSync(fd)
  }
}
