/** Paths as the bytes that they are: names need not be UTF-8. Kept in text as latin1, a character a byte. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { errorCode } from '../../../src/base/errors.ts'

const slash = Buffer.from('/')

export function joinBytes(directory: Uint8Array, name: Uint8Array): Buffer {
  if (directory.length === 0) return Buffer.from(name)
  if (name.length === 0) return Buffer.from(directory)
  return Buffer.concat([directory, slash, name])
}

export function toBytes(path: string): Buffer {
  return Buffer.from(path)
}

/** The bytes as a text that can be stored; `fromLatin` has them back. */
export function toLatin(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1')
}

export function fromLatin(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** As a person reads it; what is no UTF-8 is replaced. */
export function shownBytes(path: Uint8Array): string {
  return Buffer.from(path).toString('utf8')
}

export function isText(path: Uint8Array): boolean {
  return Buffer.from(shownBytes(path)).equals(path)
}

export function parentOf(path: Buffer): { directory: Buffer; name: Buffer } {
  const at = path.lastIndexOf(0x2f)
  if (at < 0) return { directory: Buffer.alloc(0), name: path }
  return { directory: path.subarray(0, at), name: path.subarray(at + 1) }
}

export function isBelow(path: Buffer, directory: Buffer): boolean {
  if (directory.length === 0 || path.equals(directory)) return true
  return path[directory.length] === 0x2f && path.subarray(0, directory.length).equals(directory)
}

/** Undefined where there is nothing. */
export function statOf(path: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true })
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return undefined
    throw thrown
  }
}

/** In the order of their bytes. */
export function namesIn(directory: Buffer): Buffer[] {
  return readdirSync(directory, { encoding: 'buffer' }).sort(Buffer.compare)
}
