/**
 * A file of JSON lines, read as it streams: memory holds one line, however long the file is. A line that is no JSON
 * object is reported as broken and never stops the reading.
 */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { isJsonObject, type JsonObject } from '../../base/json.ts'
import { parseForeign } from './fields.ts'

export interface JsonLine {
  /** Counted from 1, blank ones too. */
  number: number
  /** Undefined: broken. */
  value: JsonObject | undefined
}

/** A line beyond this is broken: nobody writes such a message. */
const maxLineBytes = 128 * 1024 * 1024

export async function* jsonLines(path: string, signal: AbortSignal): AsyncGenerator<JsonLine> {
  for await (const { number, text } of textLines(path, signal)) {
    if (text === undefined) yield { number, value: undefined }
    else if (text.trim() !== '') {
      const value = parseForeign(text)
      yield { number, value: isJsonObject(value) ? value : undefined }
    }
  }
}

/** Lines without their ends; the text of one that is too long is undefined. */
export async function* textLines(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<{ number: number; text: string | undefined }> {
  let pieces: Buffer[] = []
  let bytes = 0
  let number = 0
  const take = (last: Buffer) => {
    number++
    const whole = pieces.length === 0 ? last : Buffer.concat([...pieces, last])
    const text = bytes + last.length > maxLineBytes ? undefined : decode(whole, number)
    pieces = []
    bytes = 0
    return { number, text }
  }
  for await (const chunk of fileBytes(path, signal)) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield take(chunk.subarray(from, end))
      from = end + 1
    }
    bytes += chunk.length - from
    if (bytes > maxLineBytes) pieces = []
    else if (from < chunk.length) pieces.push(chunk.subarray(from))
  }
  if (bytes > 0) {
    // What was counted is in the pieces already.
    const length = bytes
    bytes = length > maxLineBytes ? length : 0
    yield take(Buffer.alloc(0))
  }
}

/** What the file holds; Codex compresses what has not been used for long. */
export async function* fileBytes(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = createReadStream(path, {
    highWaterMark: 256 * 1024,
    ...(signal ? { signal } : {}),
  })
  // A failure of the one ends the other, whose reader is told.
  const bytes = path.endsWith('.zst') ? pipeline(file, createZstdDecompress(), () => {}) : file
  try {
    for await (const chunk of bytes) yield chunk as Buffer
  } finally {
    file.destroy()
  }
}

function decode(line: Buffer, number: number): string {
  const text = line.toString('utf8').replace(/\r$/, '')
  return number === 1 ? text.replace(/^\ufeff/, '') : text
}
