/**
 * Keys from a terminal in raw mode, with a life: open, pause (for an editor, for Ctrl+Z), resume, close. The only timer
 * is the short one that tells a lone Esc from the start of a sequence, and only while one is open.
 */
import type { Env } from './color-level.ts'
import { type Key, openKeyDecoder } from './keys.ts'
import type { Output } from './output.ts'
import { enterRawMode, restoreTerminal, type Stdin } from './raw-mode.ts'

export interface KeyReader {
  pause(): void
  resume(): void
  close(): void
}

const escapeMs = 40

export function openKeyReader(options: {
  stdin: Stdin
  output: Output
  env: Env
  onKey: (key: Key) => void
  /** The terminal was closed, or its input ended. */
  onEnd: () => void
}): KeyReader {
  const { stdin, output, env } = options
  let decoder = openKeyDecoder()
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = false
  resume()
  return { pause, resume, close: pause }

  function resume(): void {
    if (reading) return
    reading = true
    decoder = openKeyDecoder()
    enterRawMode(stdin, output, env)
    stdin.on('data', onData)
    stdin.on('end', onEnd)
    stdin.on('error', onEnd)
    stdin.resume()
  }

  function pause(): void {
    if (!reading) return
    reading = false
    clearTimeout(timer)
    stdin.off('data', onData)
    stdin.off('end', onEnd)
    stdin.off('error', onEnd)
    stdin.pause()
    restoreTerminal(stdin, output, env)
  }

  function onData(chunk: Uint8Array | string): void {
    clearTimeout(timer)
    deliver(decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
    if (decoder.isWaiting && reading) timer = setTimeout(() => deliver(decoder.settle()), escapeMs)
  }

  function deliver(keys: Key[]): void {
    for (const key of keys) options.onKey(key)
  }

  function onEnd(): void {
    pause()
    options.onEnd()
  }
}
