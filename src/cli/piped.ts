/** Piped input: read to its end within bounds, and never waited for when the prompt is already there. */
import { fstatSync } from 'node:fs'
import { abortable } from '../base/async.ts'
import { CodiError } from '../base/errors.ts'
import { formatBytes } from '../base/text.ts'

/** With a prompt at hand, input that has not begun after this time is left alone. */
const firstByteMs = 1000
/** More does not fit into any model; what comes after is left out and said. */
const maxBytes = 4 * 1024 * 1024

export interface Piped {
  text: string | undefined
  note: string | undefined
}

/** True when stdin is a pipe, a file or a socket: something may come. */
export function stdinIsPiped(): boolean {
  try {
    const stat = fstatSync(0)
    return stat.isFIFO() || stat.isFile() || stat.isSocket()
  } catch {
    return false
  }
}

/** Rejects with kind `cancelled` as soon as the signal fires, also while a silent pipe is waited for. */
export async function readPiped(options: { wait: boolean; signal: AbortSignal }): Promise<Piped> {
  const input = Bun.stdin.stream()[Symbol.asyncIterator]()
  const next = () => abortable(input.next(), options.signal)
  // Not waited for: where a read is pending it settles only when the other side writes or closes.
  const stop = () => void input.return?.()
  const chunks: Uint8Array[] = []
  let bytes = 0
  let chunk = options.wait ? await next() : await withinDeadline(next())
  if (chunk === undefined) {
    stop()
    return { text: undefined, note: 'stdin gave nothing within a second and was left alone' }
  }
  while (!chunk.done && bytes < maxBytes) {
    chunks.push(chunk.value)
    bytes += chunk.value.length
    chunk = await next()
  }
  if (!chunk.done) stop()
  return {
    text: decode(Buffer.concat(chunks).subarray(0, maxBytes)),
    note:
      bytes > maxBytes
        ? `stdin is longer than ${formatBytes(maxBytes)}: the rest was left out`
        : undefined,
  }
}

/** All of it, as bytes: for what is data and no prompt. */
export function readPipedBytes(signal: AbortSignal): Promise<ArrayBuffer> {
  return abortable(Bun.stdin.arrayBuffer(), signal)
}

async function withinDeadline<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), firstByteMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function decode(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  if (utf16) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes.includes(0))
    throw new CodiError('usage', 'stdin is binary data; give codi text, or the path of the file')
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  return text.trim() === '' ? undefined : text
}
