/**
 * Events as lines: the answer streams as Markdown, each call becomes a line when it ends, and what is under way is told
 * in `activity` for the live rows. Nothing printed is taken back; text that a retry made void is followed by a word
 * that says so.
 */
import { openItems, todoProgress } from '../app/todo-text.ts'
import { tookParts } from '../app/usage-text.ts'
import { neutralize, oneLine } from '../base/text.ts'
import type { AppEvent, RunResult, RunStop } from '../contract/event.ts'
import type { TodoItem } from '../contract/tool.ts'
import { changesText } from '../terminal/change-list.ts'
import { type MarkdownStream, openMarkdown } from '../terminal/markdown.ts'
import { openProgressMeter } from '../terminal/progress-meter.ts'
import { callLines } from './call-view.ts'
import { type Face, noticeLine, plainLines } from './face.ts'

export interface Transcript {
  event(event: AppEvent): void
  /** Forgets what the last run left open. */
  begin(options?: { quiet: boolean; todo?: readonly TodoItem[] }): void
  /** Ends an unfinished line and separates what follows from it. */
  gap(): void
  showThinking: boolean
  /** The change of this call has been shown with its question: its end need not show it again. */
  changeShown(callId: string): void
  /** What codi does now, for the status row; empty: it waits for the model. */
  readonly activity: string
  /** How far work in the background is; empty when there is none. */
  readonly progress: string
  /** How far the todo list is: `3/7 · now: …`; empty without one. */
  readonly todo: string
  /** The last lines of what a running command printed. */
  readonly tail: string[]
}

interface RunningCall {
  summary: string
  output: string
}

/** Of the output of a running call; only its last lines are ever shown. */
const maxTailChars = 4000
const tailLines = 3

export function openTranscript(
  face: Face,
  options: { onDelivered?: (text: string) => void } = {},
): Transcript {
  const { style, glyphs } = face
  let markdown: MarkdownStream | undefined
  let thinking: MarkdownStream | undefined
  let last: 'nothing' | 'text' | 'call' | 'thinking' = 'nothing'
  let phase = ''
  let progress = ''
  const meter = openProgressMeter()
  let quiet = false
  let todo = ''
  let showThinking = false
  const calls = new Map<string, RunningCall>()
  const shown = new Set<string>()
  return {
    event,
    begin(begin: { quiet: boolean; todo?: readonly TodoItem[] } = { quiet: false }) {
      endText()
      calls.clear()
      shown.clear()
      phase = ''
      last = 'nothing'
      quiet = begin.quiet
      todo = todoProgress(begin.todo ?? [])
    },
    gap: endText,
    changeShown(callId) {
      shown.add(callId)
    },
    get showThinking() {
      return showThinking
    },
    set showThinking(value) {
      showThinking = value
    },
    get activity() {
      const running = [...calls.values()].at(-1)
      if (!running) return phase || progress
      const others = calls.size > 1 ? ` (and ${calls.size - 1} more)` : ''
      return `${oneLine(neutralize(running.summary), 200)}${others}`
    },
    get progress() {
      return progress
    },
    get todo() {
      return neutralize(todo)
    },
    get tail() {
      const running = [...calls.values()].at(-1)
      if (!running?.output) return []
      return plainLines(running.output).slice(-tailLines)
    },
  }

  function event(event: AppEvent): void {
    switch (event.type) {
      case 'turn_start':
        phase = ''
        break
      case 'text':
        if (!quiet) text(event.text)
        phase = 'answering'
        break
      case 'thinking':
        phase = 'thinking'
        if (showThinking) think(event.text)
        break
      case 'retract':
        endText()
        calls.clear()
        face.print(style.dim(`${glyphs.retry} ${neutralize(event.reason)}; asking again\n`))
        break
      case 'call_pending':
        phase = `preparing ${neutralize(event.name)}`
        break
      case 'call_start':
        calls.set(event.id, { summary: event.summary, output: '' })
        break
      case 'call_output': {
        const call = calls.get(event.id)
        if (call) call.output = (call.output + event.text).slice(-maxTailChars)
        break
      }
      case 'call_end':
        callEnd(event)
        break
      case 'notice':
        endText()
        face.print(noticeLine(face, event.level, event.text))
        break
      case 'progress':
        progress = neutralize(meter.text(event))
        break
      case 'delivered':
        endText()
        options.onDelivered?.(event.text)
        last = 'nothing'
        break
      case 'changes':
        endText()
        face.print(
          style.dim(
            `${glyphs.call} ${changesText(event)}; /undo takes ${event.files === 1 ? 'it' : 'them'} back\n`,
          ),
        )
        break
      case 'turn_end':
        endText()
        phase = ''
        break
      case 'result':
        endText()
        calls.clear()
        break
      default:
    }
  }

  function text(added: string): void {
    if (!markdown) {
      endText()
      if (last !== 'nothing') face.print('\n')
      markdown = openMarkdown({ columns: () => face.columns, style, glyphs, color: face.color })
    }
    last = 'text'
    face.print(markdown.push(added))
  }

  function think(added: string): void {
    if (!thinking) {
      endText()
      if (last !== 'nothing') face.print('\n')
      thinking = openMarkdown({
        columns: () => face.columns - 2,
        style,
        glyphs,
        color: face.color,
      })
    }
    last = 'thinking'
    face.print(dimLines(thinking.push(added)))
  }

  function dimLines(added: string): string {
    return added === '' ? '' : style.dim(Bun.stripANSI(added))
  }

  function endText(): void {
    if (markdown) face.print(markdown.end())
    if (thinking) face.print(dimLines(thinking.end()))
    markdown = undefined
    thinking = undefined
  }

  function callEnd(end: Extract<AppEvent, { type: 'call_end' }>): void {
    const started = calls.get(end.id)
    calls.delete(end.id)
    phase = ''
    if (end.ok && end.detail?.type === 'todo') todo = todoProgress(end.detail.items)
    endText()
    if (last === 'text' || last === 'thinking') face.print('\n')
    last = 'call'
    const lines = callLines(
      { summary: started?.summary ?? end.name, end, changeShown: shown.has(end.id) },
      face,
    )
    face.print(`${lines.join('\n')}\n`)
  }
}

/** What is left on the todo list, as a line of its own; empty where nothing is. */
export function openItemsLine(items: readonly TodoItem[], { style, glyphs }: Face): string {
  const open = openItems(items)
  return open === undefined ? '' : style.dim(`${glyphs.todoOpen} ${neutralize(open)}\n`)
}

/** Why a run ended, where it was not simply done; and what it took, where its time is given. */
export function footer(result: RunResult, face: Face, ms: number | undefined): string {
  const { style, glyphs } = face
  const parts = ms === undefined ? [] : tookParts(result, ms)
  const took =
    parts.length === 0 ? '' : style.dim(`${glyphs.rule} ${parts.join(` ${glyphs.separator} `)}\n`)
  const why = endLine(result)
  if (why === undefined) return took
  const paint = result.stopReason === 'interrupted' ? style.yellow : style.red
  return `${paint(`${glyphs.failed} ${neutralize(why)}`)}\n${took}`
}

function endLine(result: RunResult): string | undefined {
  if (result.stopReason === 'interrupted') return 'Interrupted'
  if (result.error) return result.error.message
  return stopWordings[result.stopReason]
}

const stopWordings: Partial<Record<RunStop, string>> = {
  length: 'The answer was cut at the output limit; say "go on" to continue',
  refused: 'The model refused to answer',
  denied: 'Stopped: a permission was refused',
  max_turns: 'Stopped at the limit of turns; say "go on" to continue',
  max_cost: 'Stopped at the cost limit; raise it with --max-cost',
  budget: 'Stopped: a budget is spent; /usage shows it',
  timeout: 'Stopped at the time limit; raise it with --timeout',
  loop: 'Stopped: the same call was repeated without progress; say what to do differently',
  error: 'The run failed',
}
