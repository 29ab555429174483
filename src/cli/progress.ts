/** What happens during a one-shot run, as lines for people on stderr: calls, notices, denials. */
import { neutralize, oneLine } from '../base/text.ts'
import type { AppEvent } from '../contract/event.ts'
import { changesText } from '../terminal/change-list.ts'
import type { Output } from '../terminal/output.ts'
import { glyphsFor, openStyle, type Paint } from '../terminal/style.ts'
import { statusLine } from './status-line.ts'

const lineChars = 160

export interface ProgressOptions {
  output: Output
  /** False: only what must not be missed (warnings and errors). */
  calls: boolean
  quiet: boolean
}

export interface ProgressLines {
  event(event: AppEvent): void
  /** What was drawn over itself is gone: the next line begins on an empty one. */
  close(): void
}

export function progressLines(options: ProgressOptions): ProgressLines {
  const { output } = options
  const style = openStyle(output.errorColor)
  const glyphs = glyphsFor(output.unicode)
  // Made safe before it is painted: a name may hold the colours that hide what follows it.
  const say = (paint: Paint, text: string) => output.err(`${paint(neutralize(text))}\n`)
  const status = options.calls ? statusLine(output) : undefined
  return { event: take, close: () => status?.clear() }

  function take(event: AppEvent): void {
    status?.event(event)
    switch (event.type) {
      case 'call_start':
        if (options.calls) say(style.dim, `${glyphs.call} ${oneLine(event.summary, lineChars)}`)
        return
      case 'call_end':
        if (options.calls && !event.ok)
          say(style.dim, `  ${glyphs.failed} ${oneLine(event.output, lineChars)}`)
        return
      case 'permission':
        if (!event.decision.allow && !options.quiet)
          say(
            style.yellow,
            `codi: denied: ${oneLine(event.request.summary, 80)}: ${event.decision.reason}`,
          )
        return
      case 'notice':
        if (!options.quiet || event.level === 'error') say(style.yellow, `codi: ${event.text}`)
        return
      case 'changes':
        if (options.calls) say(style.dim, `${changesText(event)}; codi undo takes it back`)
        return
      case 'retract':
        if (options.calls)
          say(style.dim, `${glyphs.retry} what was said above is void: ${event.reason}`)
        return
      default:
        return
    }
  }
}
