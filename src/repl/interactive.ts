/**
 * The REPL at a terminal: one editor that is always there, one piece of work at a time, questions in between. Whatever
 * happens the terminal is given back as it was. Idle means idle: no timer runs while codi waits for a key.
 */
import { homedir } from 'node:os'
import { errorMessage } from '../base/errors.ts'
import type { App, RunInput } from '../contract/app.ts'
import type { RunResult } from '../contract/event.ts'
import { openHistory } from '../terminal/history.ts'
import { openEditor } from '../terminal/input.ts'
import { openKeyReader } from '../terminal/key-reader.ts'
import type { Key } from '../terminal/keys.ts'
import { type Live, openScreen } from '../terminal/screen.ts'
import { openAsks } from './ask.ts'
import type { Command, CommandContext, CommandOutcome } from './command.ts'
import { noticeLine, openFace } from './face.ts'
import { openHints } from './hints.ts'
import { busyRows, idleRows, sentText } from './prompt-view.ts'
import type { ReplIo } from './repl-io.ts'
import { onProcessSignals, suspendProcess } from './signals.ts'
import { openSources } from './sources.ts'
import { footer, openTranscript } from './transcript.ts'
import { openTypeAhead } from './type-ahead.ts'

const secondInterruptMs = 2000
const tickMs = 1000
/** How long work that was interrupted by leaving may take to end cleanly. */
const leaveGraceMs = 1500
const longTurnMs = 20_000
/** A letter typed this soon after another one belongs to what is being typed, not to a question that came up. */
const typingMs = 700

interface Work {
  controller: AbortController
  startedAt: number
  tick: ReturnType<typeof setInterval>
}

export async function runInteractive(app: App, io: ReplIo): Promise<number> {
  const { output, env } = io
  const ended = Promise.withResolvers<number>()
  const screen = openScreen({ output, live })
  const face = openFace(output, screen.print)
  let commands: Command[] = []
  let work: Work | undefined
  let working: Promise<void> = Promise.resolve()
  let interruptedAt = 0
  let typedAt = 0
  let leaving = false

  const editor = openEditor({
    history: openHistory(io.historyFile),
    complete: openSources(app, loadCommands),
    onChange: screen.touch,
    isBusy: () => work !== undefined,
  })
  const hints = openHints({ editor, commands: () => commands })
  const typeAhead = openTypeAhead(app)
  const transcript = openTranscript(face, {
    onDelivered: (text) => screen.print(`\n${sentText(typeAhead.delivered(text), face)}\n`),
  })
  const asks = openAsks({
    face,
    root: app.workspace.root,
    onChange: screen.touch,
    gap: transcript.gap,
    onAsk: (callId) => {
      if (callId !== undefined) transcript.changeShown(callId)
      callBack('codi has a question')
    },
    interrupt: () => interrupt(),
  })

  const before = app.person
  app.person = asks.person
  const unsubscribe = app.bus.subscribe((event) => {
    transcript.event(event)
    screen.touch()
  })
  const keys = openKeyReader({
    stdin: io.stdin,
    output,
    env,
    onKey,
    onEnd: () => leave(129),
  })
  const stopSignals = onProcessSignals({
    onInterrupt: interrupt,
    onEnd: leave,
    onContinue: () => {
      keys.resume()
      screen.refresh()
    },
  })
  if (app.sessionId !== undefined) {
    screen.print(noticeLine(face, 'info', `Resumed conversation ${app.sessionId}`))
  }
  screen.refresh()
  if (io.initialPrompt !== undefined) begin(io.initialPrompt, io.initialPrompt)

  try {
    return await ended.promise
  } finally {
    clearInterval(work?.tick)
    work?.controller.abort()
    await settleWithin(working, leaveGraceMs)
    clearInterval(work?.tick)
    unsubscribe()
    stopSignals()
    app.person = before
    screen.close()
    keys.close()
  }

  function live(): Live {
    const height = screen.maxRows
    if (asks.open && !isTyping()) {
      const question = asks.open.rows()
      return question.cursor
        ? { rows: question.rows, cursor: question.cursor }
        : { rows: question.rows }
    }
    if (work) {
      return busyRows(editor, {
        face,
        activity: asks.open ? 'a question waits for you' : transcript.activity,
        startedAt: work.startedAt,
        tail: transcript.tail,
        waiting: typeAhead.waiting,
        hint: hints.text,
        height,
      })
    }
    return idleRows(editor, { face, title: title(), hint: hints.text, height })
  }

  function title(): string[] {
    const { provider, model } = app.model
    const name = provider === model ? provider : `${provider}/${model}`
    return [name, app.gate.mode, shortPath(app.workspace.root)]
  }

  function shortPath(path: string): string {
    const home = env.HOME || homedir()
    return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
  }

  /** True while the person is in the middle of typing: a question must not take those keys. */
  function isTyping(): boolean {
    return !editor.isEmpty && Date.now() - typedAt < typingMs
  }

  function onKey(key: Key): void {
    if (leaving) return
    if (commands.length === 0) loadCommands()
    if (asks.open && !(key.type === 'text' && isTyping())) {
      interruptedAt = 0
      asks.open.press(key)
      screen.refresh()
      return
    }
    if (key.type === 'text') typedAt = Date.now()
    // Only one Ctrl+C after the other leaves.
    if (!(key.type === 'chord' && key.chord === 'ctrl+c')) interruptedAt = 0
    hints.forget()
    const event = editor.press(key)
    switch (event.type) {
      case 'submit':
        submit(event)
        break
      case 'interrupt':
        interrupt()
        break
      case 'escape':
        if (work) stopWork()
        break
      case 'end-of-input':
        leave(0)
        break
      case 'suspend':
        suspend()
        break
      case 'clear-screen':
        screen.clear()
        break
      case 'external-editor':
        void outside()
        break
      case 'toggle-thinking':
        transcript.showThinking = !transcript.showThinking
        hints.say(transcript.showThinking ? 'Thoughts are shown' : 'Thoughts are hidden')
        break
      default:
    }
    if (!leaving) screen.refresh()
  }

  function submit(event: { text: string; shown: string; later: boolean }): void {
    if (event.text.trim() === '') return
    if (!work) begin(event.text, event.shown)
    else void whileBusy(event)
  }

  /** Type-ahead: some commands run at once, other lines wait, text goes to the run under way. */
  async function whileBusy(event: { text: string; shown: string; later: boolean }): Promise<void> {
    const { classify } = await import('./dispatch.ts')
    const { findCommand } = await import('./command-words.ts')
    const submitted = classify(event.text)
    await loadCommands()
    if (submitted.kind === 'search' || submitted.kind === 'command') {
      const row = submitted.kind === 'command' ? findCommand(submitted.name, commands) : undefined
      if (submitted.kind === 'search' || row?.whileBusy || !row) {
        await perform(event.text)
        screen.touch()
        return
      }
    }
    if (submitted.kind === 'prompt') await typeAhead.send(event, say)
    else typeAhead.keep(event)
    screen.touch()
  }

  function begin(text: string, shown: string): void {
    screen.endLine()
    screen.print(`${sentText(shown, face)}`)
    hints.forget()
    work = {
      controller: new AbortController(),
      startedAt: Date.now(),
      tick: setInterval(screen.touch, tickMs),
    }
    working = workOn(text).catch((thrown) => say('error', errorMessage(thrown)))
    screen.touch()
  }

  async function workOn(text: string): Promise<void> {
    const mine = work as Work
    const outcome = await perform(text)
    clearInterval(mine.tick)
    work = undefined
    transcript.gap()
    screen.endLine()
    screen.print('\n')
    const interrupted = mine.controller.signal.aborted
    if (outcome.exit !== undefined) leave(outcome.exit)
    if (leaving) return
    if (interrupted) {
      const unsent = typeAhead.takeBack()
      if (unsent !== '') editor.setText([unsent, editor.text].filter((part) => part).join('\n'))
    } else {
      const next = typeAhead.next()
      if (next) begin(next.text, next.shown)
    }
    screen.touch()
  }

  async function perform(text: string): Promise<CommandOutcome> {
    const { classify, dispatch } = await import('./dispatch.ts')
    await loadCommands()
    const outcome = await dispatch(classify(text), context())
    if (outcome.exit !== undefined && work) leave(outcome.exit)
    return outcome
  }

  function context(): CommandContext {
    const signal = work?.controller.signal ?? new AbortController().signal
    return {
      app,
      face,
      signal,
      commands,
      say,
      run: (input, options) => run(input, signal, options),
      queue: (text) => {
        if (work) typeAhead.queue(text)
        else begin(text, text)
      },
      clearScreen: screen.clear,
    }
  }

  async function run(
    input: RunInput,
    signal: AbortSignal,
    options?: { quiet: boolean },
  ): Promise<RunResult> {
    const started = Date.now()
    screen.print('\n')
    transcript.begin(options)
    typeAhead.isOpen = true
    try {
      const result = await app.run(input, signal)
      transcript.gap()
      screen.endLine()
      screen.print(`\n${footer(result, face, Date.now() - started)}`)
      callBack('codi is done')
      return result
    } finally {
      typeAhead.isOpen = false
    }
  }

  function say(level: 'info' | 'warning' | 'error', text: string): void {
    transcript.gap()
    screen.endLine()
    screen.print(noticeLine(face, level, text))
  }

  /** A person who looked elsewhere meanwhile is called back. */
  function callBack(text: string): void {
    if (!work || Date.now() - work.startedAt < longTurnMs) return
    output.out(`\x1b]9;${text}\x07\x07`)
  }

  function interrupt(): void {
    const now = Date.now()
    const again = interruptedAt > 0 && now - interruptedAt < secondInterruptMs
    interruptedAt = now
    if (again && (work || editor.isEmpty)) {
      leave(130)
      return
    }
    if (work) stopWork()
    else if (editor.isEmpty) hints.say('Ctrl+C again leaves')
    else editor.clear()
    screen.touch()
  }

  function stopWork(): void {
    asks.abort()
    work?.controller.abort()
    screen.touch()
  }

  function leave(code: number): void {
    if (leaving) return
    leaving = true
    ended.resolve(code)
  }

  function suspend(): void {
    screen.erase()
    keys.pause()
    suspendProcess(() => {
      keys.resume()
      screen.refresh()
    })
  }

  async function outside(): Promise<void> {
    screen.erase()
    keys.pause()
    try {
      const { editOutside } = await import('./external-editor.ts')
      editor.setText(await editOutside(editor.text, { env, cwd: app.workspace.root }))
    } catch (thrown) {
      say('error', errorMessage(thrown))
    }
    keys.resume()
    screen.refresh()
  }

  async function loadCommands(): Promise<Command[]> {
    if (commands.length === 0) {
      const { commandTable } = await import('./commands.ts')
      commands = commandTable()
      if (editor.raw.text.startsWith('/')) screen.touch()
    }
    return commands
  }
}

/** Waits for the promise, but no longer than `ms`. */
async function settleWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, limit])
  clearTimeout(timer)
}
