/**
 * Messages from a server's stdout: a header with a length, then JSON of that length. Lines of other text before a header
 * are passed over; what cannot be read, or is beyond the limit, is reported once and reading ends, so that nobody waits
 * for an answer that cannot come.
 */
import type { Readable } from 'node:stream'
import type { DataCallback, Disposable, Event, Message, MessageReader } from 'vscode-jsonrpc/node'
import { formatBytes, oneLine } from '../../src/base/text.ts'

const maxMessageBytes = 64 * 1024 * 1024
const maxHeaderBytes = 8 * 1024
const shownChars = 80
const headerEnd = '\r\n\r\n'
const nothing: Disposable = { dispose: () => {} }
const never: Event<never> = () => nothing

/** `refuse` is called with the reason when what comes is no message. */
export function createMessageReader(
  stdout: Readable,
  refuse: (reason: string) => void,
): MessageReader {
  let chunks: Buffer[] = []
  let heldBytes = 0
  /** Of the message that is coming; undefined while its header is. */
  let bodyBytes: number | undefined
  let stopped = false

  function stop(reason: string): void {
    end()
    refuse(reason)
  }

  function end(): void {
    stopped = true
    chunks = []
  }

  function held(): Buffer {
    const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    chunks = [all]
    return all
  }

  function drop(bytes: number): void {
    const rest = held().subarray(bytes)
    chunks = [rest]
    heldBytes = rest.length
  }

  /** False when more must come first. */
  function readHeader(): boolean {
    const all = held()
    const end = all.subarray(0, maxHeaderBytes).indexOf(headerEnd)
    const header = all.toString('latin1', 0, end < 0 ? Math.min(all.length, maxHeaderBytes) : end)
    if (end < 0) {
      if (all.length >= maxHeaderBytes) stop(noMessage(header))
      return false
    }
    const length = /^content-length: *(\d+)\s*$/im.exec(header)?.[1]
    if (length === undefined) {
      stop(noMessage(header))
      return false
    }
    bodyBytes = Number(length)
    if (bodyBytes > maxMessageBytes) {
      stop(
        `it sent a message of ${formatBytes(bodyBytes)}, more than ${formatBytes(maxMessageBytes)}`,
      )
      return false
    }
    drop(end + headerEnd.length)
    return true
  }

  function readAll(deliver: DataCallback): void {
    while (!stopped && heldBytes > 0) {
      if (bodyBytes === undefined && !readHeader()) return
      if (bodyBytes === undefined || heldBytes < bodyBytes) return
      const body = held().toString('utf8', 0, bodyBytes)
      drop(bodyBytes)
      bodyBytes = undefined
      const message = parse(body)
      if (message) deliver(message)
      else stop(noMessage(body))
    }
  }

  return {
    onError: never,
    onClose: never,
    onPartialMessage: never,
    listen(deliver) {
      stdout.on('data', (chunk: Buffer) => {
        if (stopped) return
        chunks.push(chunk)
        heldBytes += chunk.length
        // A long body is put together once, when all of it is there.
        if (bodyBytes === undefined || heldBytes >= bodyBytes) readAll(deliver)
      })
      return { dispose: end }
    },
    dispose: end,
  }
}

function parse(body: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(body)
    const isMessage = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isMessage ? (value as Message) : undefined
  } catch {
    return undefined
  }
}

function noMessage(text: string): string {
  return `it wrote what is no message of the protocol: ${JSON.stringify(oneLine(text, shownChars))}`
}
