/**
 * Reads the beginning of a connection piece by piece, at most `maxBytes` ahead (`before` was read already); then gives the
 * socket back, paused, with what was read too much.
 */
import type { Socket } from 'node:net'

export interface ByteReader {
  /** Waits until `count` bytes lie ready, and shows all that do without taking them. Throws a ConnectionLost. */
  need(count: number): Promise<Buffer>
  /** Takes `count` bytes off. */
  take(count: number): Promise<Buffer>
  /** Takes everything up to and with `mark`. */
  takeThrough(mark: string): Promise<Buffer>
  /** Stops reading; the bytes that nobody took. The first call counts: from then on the socket is somebody else's. */
  release(): Buffer
}

/** The other side ended, broke, said too much or nothing for too long. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'

  constructor(
    message: string,
    readonly saidTooMuch = false,
  ) {
    super(message)
  }
}

/** Whoever sends byte by byte makes every byte be looked at again and again. */
const maxPieces = 1000

export function readBytes(
  socket: Socket,
  limits: { maxBytes: number; timeoutMs: number },
  before: Buffer = Buffer.alloc(0),
): ByteReader {
  let ready = before
  let lost: ConnectionLost | undefined
  let wake = () => {}

  let pieces = 0
  let released = false
  function onData(chunk: Buffer): void {
    ready = Buffer.concat([ready, chunk])
    if (++pieces > maxPieces) lose('it came in too many pieces', true)
    if (ready.length >= limits.maxBytes) socket.pause()
    wake()
  }
  function lose(why: string, saidTooMuch = false): void {
    lost ??= new ConnectionLost(why, saidTooMuch)
    wake()
  }
  const onEnd = () => lose('it ended')
  const onError = () => lose('it broke')
  const timer = setTimeout(() => lose('it was silent for too long'), limits.timeoutMs)
  socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
  // An end is told once, and may have been before.
  if (socket.readableEnded || socket.destroyed) onEnd()
  socket.resume()

  async function until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (ready.length >= limits.maxBytes) lose('it sent too much', true)
      if (lost) throw lost
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  function cut(count: number): Buffer {
    const taken = ready.subarray(0, count)
    ready = ready.subarray(count)
    if (ready.length < limits.maxBytes) socket.resume()
    return taken
  }

  return {
    async need(count) {
      await until(() => ready.length >= count)
      return ready
    },
    async take(count) {
      await until(() => ready.length >= count)
      return cut(count)
    },
    async takeThrough(mark) {
      await until(() => ready.includes(mark))
      return cut(ready.indexOf(mark) + mark.length)
    },
    release() {
      if (released) return ready
      released = true
      clearTimeout(timer)
      socket.pause()
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError)
      return ready
    },
  }
}
