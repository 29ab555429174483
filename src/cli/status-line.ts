/** One line on a terminal for work that takes long, drawn over itself and gone before anything else is printed. */
import { formatCount } from '../base/text.ts'
import type { AppEvent } from '../contract/event.ts'
import type { Output } from '../terminal/output.ts'
import { openStyle } from '../terminal/style.ts'

/** Work that is over sooner is not worth a line. */
const showAfterMs = 400
const drawEveryMs = 100

const words: Record<string, string> = { index: 'reading the code', vectors: 'making it searchable' }

/** Takes every event; those that are no progress end the line. */
export function statusLine(output: Output): { event(event: AppEvent): void; clear(): void } {
  const style = openStyle(output.errorColor)
  let startedAt: number | undefined
  let drawnAt = 0
  let shown = false

  function clear(): void {
    if (shown) output.err('\r\x1b[K')
    shown = false
  }

  return {
    event(event) {
      if (event.type !== 'progress') return clear()
      const now = performance.now()
      startedAt ??= now
      if (event.done >= event.total) return clear()
      if (now - startedAt < showAfterMs || now - drawnAt < drawEveryMs) return
      drawnAt = now
      shown = true
      const count = `${formatCount(event.done)} of ${formatCount(event.total)} files`
      const left = timeLeft(event, now - startedAt)
      output.err(
        `\r\x1b[K${style.dim(`codi: ${words[event.what] ?? event.what}: ${count}${left}`)}`,
      )
    },
    clear,
  }
}

function timeLeft(event: { done: number; total: number }, elapsedMs: number): string {
  if (event.done === 0) return ''
  const seconds = Math.round(((elapsedMs / event.done) * (event.total - event.done)) / 1000)
  return seconds < 2 ? '' : `, about ${seconds} s left`
}
