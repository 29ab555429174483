/** Lines out of a file too large to load: reads up to the wanted ones and no further, a fixed amount at a time. */
import type { FileHandle } from 'node:fs/promises'
import { cancelled } from '../../base/async.ts'
import { decodeText } from '../../base/encoding.ts'
import { CodiError } from '../../base/errors.ts'
import { maxLineChars, type Page, type PageOptions, pageBuilder } from './read-file-page.ts'

const chunkBytes = 1024 * 1024
/** Enough of a long line to show its beginning and to say that it goes on. */
const keptLineBytes = maxLineChars * 4 + 4
const headBytes = 64 * 1024
const newline = 10

export interface StreamOptions extends PageOptions {
  signal: AbortSignal
  /** For messages. */
  name: string
}

/** Undefined for what is not text. */
export async function streamLines(
  handle: FileHandle,
  options: StreamOptions,
): Promise<(Page & { encoding: string }) | undefined> {
  const head = new Uint8Array(headBytes)
  const { bytesRead } = await handle.read(head, 0, headBytes, 0)
  const decoded = await decodeText(head.subarray(0, bytesRead), { partial: true })
  if (!decoded) return undefined
  const { encoding, bom } = decoded.format
  if (encoding.startsWith('utf-16')) {
    throw new CodiError(
      'unsupported',
      `${options.name} is ${encoding} and too large to convert; use bash: iconv -f ${encoding} -t utf-8 '${options.name}'`,
    )
  }
  const decode = await lineDecoder(encoding)
  const page = pageBuilder(options)
  let isFull = false
  const range = { start: bom ? 3 : 0, skipLines: options.offset - 1, signal: options.signal }
  const total = await eachLine(handle, range, (line) => {
    isFull = !page.add(decode(line.bytes), line.missingBytes)
    return !isFull
  })
  return { first: options.offset, lines: page.lines, total, hasMore: isFull, encoding }
}

interface RawLine {
  /** At most `keptLineBytes`, without line end. */
  bytes: Uint8Array
  missingBytes: number
}

/** Answers how many lines there are; undefined when `take` wanted no more. */
async function eachLine(
  handle: FileHandle,
  range: { start: number; skipLines: number; signal: AbortSignal },
  take: (line: RawLine) => boolean,
): Promise<number | undefined> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  let position = range.start
  let number = 0
  /** Of a line that began in an earlier chunk: its first bytes, and how many it has so far. */
  let begun = Buffer.alloc(0)
  let begunLength = 0

  function endLine(rest: Buffer): boolean {
    number++
    if (number <= range.skipLines) return true
    const room = Math.max(0, keptLineBytes - begun.length)
    const kept =
      begunLength === 0 ? rest.subarray(0, room) : Buffer.concat([begun, rest.subarray(0, room)])
    return take(rawLine(kept, begunLength + rest.length))
  }

  for (;;) {
    if (range.signal.aborted) throw cancelled()
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position)
    if (bytesRead === 0) break
    position += bytesRead
    const filled = chunk.subarray(0, bytesRead)
    let from = 0
    for (let at = filled.indexOf(newline); at >= 0; at = filled.indexOf(newline, from)) {
      if (!endLine(filled.subarray(from, at))) return undefined
      from = at + 1
      if (begunLength > 0) begun = Buffer.alloc(0)
      begunLength = 0
    }
    const rest = filled.subarray(from)
    const room = Math.max(0, keptLineBytes - begun.length)
    if (rest.length > 0 && room > 0) begun = Buffer.concat([begun, rest.subarray(0, room)])
    begunLength += rest.length
  }
  if (begunLength > 0 && !endLine(Buffer.alloc(0))) return undefined
  return number
}

function rawLine(kept: Buffer, length: number): RawLine {
  const isWhole = length === kept.length
  const bytes = isWhole && kept.at(-1) === 13 ? kept.subarray(0, -1) : kept
  return { bytes, missingBytes: length - kept.length }
}

async function lineDecoder(encoding: string): Promise<(bytes: Uint8Array) => string> {
  if (encoding.startsWith('utf-8')) {
    return (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  }
  const iconv = await import('iconv-lite')
  return (bytes) => iconv.decode(bytes, encoding)
}
