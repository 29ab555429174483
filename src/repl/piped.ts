/**
 * The REPL fed by lines: commands, prompts and the answers to questions, in order, each read only when it is wanted.
 * stdout gets the answers and what commands print; calls, questions and notices go to stderr. At the end of the input a
 * question is a denial and the REPL ends, with the status of the last line that failed. Ctrl+C stops what runs; where
 * nothing runs, or soon after, it ends the REPL.
 */
import { openItems } from '../app/todo-text.ts'
import { CodiError } from '../base/errors.ts'
import type { App, RunInput } from '../contract/app.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import type { Answer, Person } from '../contract/permission.ts'
import { openInterrupts } from '../terminal/interrupts.ts'
import { permissionChoices, permissionLines } from '../terminal/permission-text.ts'
import { chosen, questionLines } from '../terminal/question.ts'
import { untrustedNotice } from '../terminal/trust-text.ts'
import { callLines } from './call-view.ts'
import type { CommandContext } from './command.ts'
import { commandTable } from './commands.ts'
import { classify, dispatch } from './dispatch.ts'
import { type Face, noticeLine, openFace } from './face.ts'
import { type LineReader, openLineReader } from './line-reader.ts'
import type { ReplIo } from './repl-io.ts'
import { resumedTasks } from './resumed-tasks.ts'
import { onProcessSignals } from './signals.ts'
import { openTranscript } from './transcript.ts'

export async function runPiped(app: App, io: ReplIo): Promise<number> {
  const { output } = io
  const lines = openLineReader(io.stdin)
  const commands = commandTable()
  const face = openFace(output, output.out)
  const errorFace = openFace(output, output.err, { stream: 'stderr' })
  /** A person at a terminal that cannot be drawn on (TERM=dumb) sees a prompt and what happens. */
  const isPerson = io.stdin.isTTY === true && output.stderrIsTerminal
  const answer = output.stdoutIsTerminal ? terminalAnswer(face) : rawAnswer(output.out)
  const queued: string[] = []
  let controller = new AbortController()
  let isRunning = false
  let ended: number | undefined
  const interrupts = openInterrupts()
  let status = 0

  const before = app.person
  /** Calls that run now: what asks without one is a background shell. */
  const running = new Set<string>()
  const { root } = app.workspace
  app.person = linePerson(errorFace, lines, { root, running, pause: answer.pause })
  const unsubscribe = app.bus.subscribe((event) => {
    if (event.type === 'call_start') running.add(event.id)
    if (event.type === 'call_end') running.delete(event.id)
    answer.event(event)
    progress(event)
  })
  const stopSignals = onProcessSignals({
    onInterrupt: interrupt,
    onEnd: end,
    onContinue: () => undefined,
  })
  try {
    if (app.untrusted()) errorFace.print(noticeLine(errorFace, 'warning', untrustedNotice))
    if (app.sessionId !== undefined) {
      for (const line of resumedTasks(app)) errorFace.print(noticeLine(errorFace, 'info', line))
    }
    if (io.initialPrompt !== undefined) await perform(io.initialPrompt)
    while (ended === undefined) {
      const text = queued.shift() ?? (await nextText())
      if (text === undefined) break
      await perform(text)
    }
    return ended ?? status
  } finally {
    stopSignals()
    unsubscribe()
    lines.close()
    app.person = before
  }

  /** A line, with those that a backslash joins to it; undefined at the end. */
  async function nextText(): Promise<string | undefined> {
    if (controller.signal.aborted && ended === undefined) controller = new AbortController()
    if (isPerson) output.err('codi> ')
    let text = await lines.next(controller.signal)
    while (text?.endsWith('\\')) {
      const more = await lines.next(controller.signal)
      text = `${text.slice(0, -1)}\n${more ?? ''}`
      if (more === undefined) break
    }
    return text
  }

  async function perform(text: string): Promise<void> {
    isRunning = true
    const outcome = await dispatch(classify(text), context())
    isRunning = false
    if (outcome.failed !== undefined) status = outcome.failed
    if (outcome.exit !== undefined) ended = outcome.exit === 0 ? status : outcome.exit
    for (const left of app.takeUndelivered()) queued.push(left)
  }

  function context(): CommandContext {
    return {
      app,
      face,
      signal: controller.signal,
      commands,
      say: (level, line) => errorFace.print(noticeLine(errorFace, level, line)),
      run,
      queue: (text) => void queued.push(text),
      clearScreen: () => undefined,
      async edit(path) {
        const message = `There is no terminal for an editor here; edit ${path} yourself`
        throw new CodiError('unsupported', message)
      },
    }
  }

  async function run(input: RunInput, options?: { quiet: boolean }): Promise<RunResult> {
    answer.begin(options?.quiet ?? false)
    const result = await app.run(input, controller.signal)
    answer.end(result)
    if (!result.ok) {
      const why = result.error?.message ?? `stopped: ${result.stopReason}`
      errorFace.print(noticeLine(errorFace, 'error', why))
    }
    const open = openItems(app.todo.items)
    if (open !== undefined) errorFace.print(noticeLine(errorFace, 'info', open))
    return result
  }

  /** What happens meanwhile, for a person; a script's stderr gets what must not be missed. */
  function progress(event: AppEvent): void {
    if (event.type === 'notice' && event.level !== 'info') {
      errorFace.print(noticeLine(errorFace, event.level, event.text))
    } else if (event.type === 'permission' && !event.decision.allow) {
      const what = `denied: ${event.request.summary}: ${event.decision.reason}`
      errorFace.print(noticeLine(errorFace, 'warning', what))
    } else if (output.stderrIsTerminal && !output.stdoutIsTerminal && event.type === 'call_end') {
      errorFace.print(`${callLines({ summary: event.name, end: event }, errorFace).join('\n')}\n`)
    }
  }

  function interrupt(): void {
    const again = interrupts.again()
    if (!isRunning || again) end(130)
    controller.abort()
  }

  function end(code: number): void {
    ended = code
    controller.abort()
    lines.close()
  }
}

interface AnswerWriter {
  event(event: AppEvent): void
  begin(quiet: boolean): void
  end(result: RunResult): void
  /** Ends a line that has begun: something else comes. */
  pause(): void
}

/** Into a pipe: the final answer as it is, when it is complete; what was said on the way stays out. */
function rawAnswer(out: (text: string) => void): AnswerWriter {
  let isQuiet = false
  return {
    event: () => undefined,
    begin(quiet) {
      isQuiet = quiet
    },
    end(result) {
      if (isQuiet || result.text === '') return
      out(result.text.endsWith('\n') ? result.text : `${result.text}\n`)
    },
    pause: () => undefined,
  }
}

function terminalAnswer(face: Face): AnswerWriter {
  const transcript = openTranscript(face)
  return {
    // Notices go to stderr in this REPL.
    event: (event) => event.type === 'notice' || transcript.event(event),
    begin: (quiet) => transcript.begin({ quiet }),
    end: () => transcript.gap(),
    pause: () => transcript.gap(),
  }
}

const answerWords: Record<string, Answer['answer']> = {
  y: 'once',
  yes: 'once',
  once: 'once',
  s: 'session',
  session: 'session',
  p: 'project',
  project: 'project',
  u: 'user',
  user: 'user',
  t: 'try',
  try: 'try',
  apply: 'once',
  discard: 'deny',
  always: 'user',
  n: 'deny',
  no: 'deny',
  deny: 'deny',
  a: 'abort',
  abort: 'abort',
}

/**
 * Answers come from the next lines: `y`, `s`, `p`, `u`, `t`, `n [reason]`, `a`; the text or number of a choice. What asks out
 * of turn, a background shell, gets none of them: they are prompts, or answers to something else.
 */
function linePerson(
  face: Face,
  lines: LineReader,
  { root, running, pause }: { root: string; running: ReadonlySet<string>; pause(): void },
): Person {
  return {
    async permission(request, offer, signal) {
      if (request.ofCommand && !running.has(request.callId)) return undefined
      pause()
      const { style } = face
      const question = permissionLines(request, offer, { style, root })
      const offered = permissionChoices(offer)
      const choices = offered
        .map(({ key, label }) => (key === 'n' ? `n ${label} [reason]` : `${key} ${label}`))
        .join(', ')
      face.print(`${question.join('\n')}\n  ${choices}\n`)
      while (true) {
        const line = await lines.next(signal)
        if (line === undefined) return undefined
        const [word = '', ...rest] = line.trim().split(/\s+/)
        const meant = answerWords[word.toLowerCase()]
        const answer = offered.find(({ value }) => value === meant)?.value
        const reason = rest.join(' ')
        if (answer === 'deny') return reason === '' ? { answer } : { answer, reason }
        if (answer !== undefined) return { answer }
        face.print(noticeLine(face, 'warning', `"${line.trim()}" is no answer: ${choices}`))
      }
    },
    async question(question, signal) {
      pause()
      face.print(`${questionLines(question).join('\n')}\n`)
      const line = await lines.next(signal)
      const answer = line === undefined ? undefined : chosen(line, question)
      if (line !== undefined && answer === undefined && question.closed)
        face.print(
          noticeLine(face, 'warning', `"${line.trim()}" is none of ${question.choices.join(', ')}`),
        )
      return answer
    },
  }
}
