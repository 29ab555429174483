/**
 * What codi is doing: one submitted text at a time, from its echo to the prompt that follows it. Text submitted
 * meanwhile goes to the run under way or waits; an interrupt gives the unsent part back.
 */
import { settledWithin } from '../base/async.ts'
import { errorMessage } from '../base/errors.ts'
import type { App, RunInput } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import type { Screen } from '../terminal/screen.ts'
import type { Command, CommandContext, CommandOutcome } from './command.ts'
import { type Face, type NoticeLevel, noticeLine } from './face.ts'
import { sentText } from './prompt-view.ts'
import { footer, openItemsLine, type Transcript } from './transcript.ts'
import type { TypeAhead } from './type-ahead.ts'

export interface Work {
  /** When the work under way began; undefined while codi waits for the person. */
  readonly startedAt: number | undefined
  submit(typed: { text: string; shown: string; later: boolean }): void
  /** Interrupts what is under way. */
  stop(): void
  /** Interrupts it and waits a little for its clean end. */
  end(): Promise<void>
}

/** The elapsed time is drawn once a second, and only while there is work. */
const tickMs = 1000
/** How long work that was interrupted by leaving may take to end cleanly. */
const leaveGraceMs = 1500

interface Running {
  controller: AbortController
  startedAt: number
  tick: ReturnType<typeof setInterval>
}

export function openWork(options: {
  app: App
  face: Face
  screen: Screen
  transcript: Transcript
  typeAhead: TypeAhead
  commands: () => Promise<readonly Command[]>
  /** Text that an interrupt kept from being sent. */
  onUnsent: (text: string) => void
  onLeave: (code: number) => void
  /** Gives the terminal to the person's editor for a file. */
  edit: (path: string) => Promise<void>
  /** A run has ended. */
  onDone: () => void
}): Work {
  const { app, face, screen, transcript, typeAhead } = options
  let running: Running | undefined
  let settled: Promise<void> = Promise.resolve()
  return {
    get startedAt() {
      return running?.startedAt
    },
    submit(typed) {
      if (typed.text.trim() === '') return
      if (!running) begin(typed.text, typed.shown)
      else whileBusy(typed).catch((thrown) => say('error', errorMessage(thrown)))
    },
    stop() {
      running?.controller.abort()
    },
    async end() {
      clearInterval(running?.tick)
      running?.controller.abort()
      await settledWithin(settled, leaveGraceMs)
    },
  }

  function begin(text: string, shown: string): void {
    screen.endLine()
    screen.print(sentText(shown, face))
    const mine = {
      controller: new AbortController(),
      startedAt: Date.now(),
      tick: setInterval(screen.touch, tickMs),
    }
    running = mine
    settled = workOn(text, mine).catch((thrown) => say('error', errorMessage(thrown)))
    screen.touch()
  }

  async function workOn(text: string, mine: Running): Promise<void> {
    const outcome = await perform(text)
    clearInterval(mine.tick)
    running = undefined
    transcript.gap()
    screen.endLine()
    screen.print('\n')
    if (outcome.exit !== undefined) return
    if (outcome.draft !== undefined) options.onUnsent(outcome.draft)
    if (mine.controller.signal.aborted) {
      const unsent = typeAhead.takeBack()
      if (unsent !== '') options.onUnsent(unsent)
    } else {
      const next = typeAhead.next()
      if (next) begin(next.text, next.shown)
    }
    screen.touch()
  }

  /** Some commands run at once, other lines wait, text goes to the run under way. */
  async function whileBusy(typed: { text: string; shown: string; later: boolean }): Promise<void> {
    const { classify } = await import('./dispatch.ts')
    const { findCommand } = await import('./command-words.ts')
    const submitted = classify(typed.text)
    if (submitted.kind === 'prompt') {
      await typeAhead.send(typed, say)
    } else if (submitted.kind === 'command') {
      const row = findCommand(submitted.name, await options.commands())
      if (!row || runsWhileBusy(row, submitted.args)) await perform(typed.text)
      else typeAhead.keep(typed)
    } else if (submitted.kind === 'search') {
      await perform(typed.text)
    } else {
      typeAhead.keep(typed)
    }
    screen.touch()
  }

  async function perform(text: string): Promise<CommandOutcome> {
    const { classify, dispatch } = await import('./dispatch.ts')
    const outcome = await dispatch(classify(text), context(await options.commands()))
    if (outcome.exit !== undefined) options.onLeave(outcome.exit)
    return outcome
  }

  function context(commands: readonly Command[]): CommandContext {
    const signal = running?.controller.signal ?? new AbortController().signal
    return {
      app,
      face,
      signal,
      commands,
      say,
      run: (input, how) => run(input, signal, how),
      queue: (text) => typeAhead.queue(text),
      clearScreen: screen.clear,
      edit: options.edit,
    }
  }

  async function run(
    input: RunInput,
    signal: AbortSignal,
    how?: { quiet: boolean },
  ): Promise<RunResult> {
    const started = Date.now()
    screen.print('\n')
    transcript.begin({ quiet: false, ...how, todo: app.todo.items })
    typeAhead.isOpen = true
    try {
      const result = await app.run(input, signal)
      transcript.gap()
      screen.endLine()
      const ms = app.settings.footer ? Date.now() - started : undefined
      screen.print(`\n${footer(result, face, ms)}`)
      screen.print(openItemsLine(app.todo.items, face))
      options.onDone()
      return result
    } finally {
      typeAhead.isOpen = false
    }
  }

  function say(level: NoticeLevel, text: string): void {
    transcript.gap()
    screen.endLine()
    screen.print(noticeLine(face, level, text))
  }
}

function runsWhileBusy({ whileBusy = false }: Command, args: string): boolean {
  return typeof whileBusy === 'function' ? whileBusy(args) : whileBusy
}
