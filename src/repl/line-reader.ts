/** Lines of standard input, each when it is asked for; a pipe that delivers faster is made to wait. */
import type { Stdin } from '../terminal/raw-mode.ts'

export interface LineReader {
  /** Without its line end; undefined at the end of the input, after `close`, and when the signal fires. */
  next(signal: AbortSignal): Promise<string | undefined>
  close(): void
}

/** A line beyond this is cut into several: no input can fill the memory. */
const maxLineChars = 4 * 1024 * 1024

export function openLineReader(stdin: Stdin): LineReader {
  const decoder = new TextDecoder()
  let held = ''
  let ended = false
  let wake: (() => void) | undefined
  stdin.on('data', onData)
  stdin.on('end', onEnd)
  stdin.on('error', onEnd)
  stdin.pause()
  return { next, close }

  async function next(signal: AbortSignal): Promise<string | undefined> {
    const stop = () => wake?.()
    signal.addEventListener('abort', stop, { once: true })
    try {
      while (!signal.aborted) {
        const line = takeLine()
        if (line !== undefined) return line
        if (ended) return undefined
        stdin.resume()
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        stdin.pause()
      }
      return undefined
    } finally {
      wake = undefined
      signal.removeEventListener('abort', stop)
    }
  }

  function takeLine(): string | undefined {
    const newline = held.indexOf('\n')
    if (newline >= 0 || held.length > maxLineChars) {
      const end = newline >= 0 ? newline : maxLineChars
      const line = held.slice(0, end).replace(/\r$/, '')
      held = held.slice(newline >= 0 ? end + 1 : end)
      return line
    }
    if (!ended || held === '') return undefined
    const line = held
    held = ''
    return line
  }

  function onData(chunk: Uint8Array | string): void {
    held += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    wake?.()
  }

  function onEnd(): void {
    held += decoder.decode()
    ended = true
    wake?.()
  }

  function close(): void {
    ended = true
    held = ''
    stdin.off('data', onData)
    stdin.off('end', onEnd)
    stdin.off('error', onEnd)
    stdin.pause()
    wake?.()
  }
}
