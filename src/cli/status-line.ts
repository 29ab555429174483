/** One line on a terminal for work that takes long, drawn over itself and gone before anything else is printed. */
import type { AppEvent } from '../contract/event.ts'
import type { Output } from '../terminal/output.ts'
import { openProgressMeter } from '../terminal/progress-meter.ts'
import { openStyle } from '../terminal/style.ts'

/** Work that is over sooner is not worth a line. */
const showAfterMs = 400
const drawEveryMs = 100
/** Without a terminal each state is a line of its own. */
const lineEveryMs = 5_000

/** Takes every event; those that are no progress end the line. Off a terminal it prints lines, and few. */
export function statusLine(output: Output): { event(event: AppEvent): void; clear(): void } {
  const style = openStyle(output.errorColor)
  const meter = openProgressMeter()
  const drawn = output.stderrIsTerminal
  let last = performance.now()
  let shown = false

  function clear(): void {
    if (shown) output.err('\r\x1b[K')
    shown = false
  }

  return {
    event(event) {
      if (event.type !== 'progress') return clear()
      const text = meter.text(event)
      if (text === '') return clear()
      const now = performance.now()
      if (meter.elapsedMs < showAfterMs || now - last < (drawn ? drawEveryMs : lineEveryMs)) return
      last = now
      shown = drawn
      const line = `codi: ${text}`
      output.err(drawn ? `\r\x1b[K${style.dim(line)}` : `${line}\n`)
    },
    clear,
  }
}
