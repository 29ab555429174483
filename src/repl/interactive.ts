/**
 * The REPL at a terminal: one editor that is always there, one piece of work at a time, questions in between. Whatever
 * happens the terminal is given back as it was. Idle means idle: no timer runs while codi waits for a key.
 */
import { errorMessage } from '../base/errors.ts'
import type { App } from '../contract/app.ts'
import { openHistory } from '../terminal/history.ts'
import { openEditor } from '../terminal/input.ts'
import { openInterrupts } from '../terminal/interrupts.ts'
import { openKeyReader } from '../terminal/key-reader.ts'
import type { Key } from '../terminal/keys.ts'
import { type Live, openScreen } from '../terminal/screen.ts'
import { openAsks } from './ask.ts'
import type { Command } from './command.ts'
import { noticeLine, openFace } from './face.ts'
import { openHints } from './hints.ts'
import { busyRows, idleRows, promptTitle, sentText } from './prompt-view.ts'
import type { ReplIo } from './repl-io.ts'
import { standingText } from './resumed.ts'
import { askGoal, resumedTasks } from './resumed-tasks.ts'
import { onProcessSignals, suspendProcess } from './signals.ts'
import { openSources } from './sources.ts'
import { openTranscript } from './transcript.ts'
import { askTrust } from './trust-question.ts'
import { openTypeAhead } from './type-ahead.ts'
import { openWork } from './work.ts'

/** After work of this length a person is called back. */
const longWorkMs = 20_000
/** A letter typed this soon after another one belongs to what is being typed, not to a question that came up. */
const typingMs = 700
const followDelayMs = 150

export async function runInteractive(app: App, io: ReplIo): Promise<number> {
  const { output, env } = io
  const ended = Promise.withResolvers<number>()
  const screen = openScreen({ output, live })
  const face = openFace(output, screen.print)
  let commands: Command[] = []
  const interrupts = openInterrupts()
  let typedAt = 0
  let leaving = false

  const editor = openEditor({
    history: openHistory(io.historyFile),
    complete: openSources(app, loadCommands),
    onChange: screen.touch,
    isBusy: () => work.startedAt !== undefined,
  })
  const hints = openHints({
    editor,
    commands: () => commands,
    progress: () => transcript.progress,
  })
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
    // A background shell may ask while nothing runs: then a no stops nothing.
    interrupt: () => {
      if (work.startedAt !== undefined) interrupt()
    },
    hasDraft: () => !editor.isEmpty,
  })

  const work = openWork({
    app,
    face,
    screen,
    transcript,
    typeAhead,
    commands: loadCommands,
    onUnsent: (text) => {
      editor.setText([text, editor.text].filter((part) => part !== '').join('\n'))
    },
    onLeave: leave,
    edit: editFileOutside,
    onDone: () => {
      app.sessions.labelSoon()
      callBack('codi is done')
    },
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
    screen.print(standingText(app.sessions.standing(app.sessionId), face))
    for (const line of resumedTasks(app)) screen.print(noticeLine(face, 'info', line))
  }
  screen.refresh()
  const trusting = new AbortController()
  askTrust(app, {
    face,
    person: asks.person,
    say: (level, text) => screen.print(noticeLine(face, level, text)),
    signal: trusting.signal,
  })
    .then(() =>
      io.initialPrompt === undefined
        ? askGoal(app, { person: asks.person, signal: trusting.signal })
        : false,
    )
    .then((goesOn) => {
      const text = '/goal resume'
      if (goesOn && work.startedAt === undefined) work.submit({ text, shown: text, later: true })
    })
    .catch((thrown) => screen.print(noticeLine(face, 'error', errorMessage(thrown))))
  // The prompt stands; what takes long begins behind it, and behind what was typed while codi started.
  const behind = setTimeout(() => app.followFiles(), followDelayMs)
  if (io.initialPrompt !== undefined) {
    const text = io.initialPrompt
    work.submit({ text, shown: text, later: false })
  }

  try {
    return await ended.promise
  } finally {
    clearTimeout(behind)
    trusting.abort()
    await work.end()
    unsubscribe()
    stopSignals()
    app.person = before
    screen.close()
    keys.close()
  }

  function live(): Live {
    const height = screen.maxRows
    if (asks.open && takesKeys()) {
      const question = asks.open.rows()
      return question.cursor
        ? { rows: question.rows, cursor: question.cursor }
        : { rows: question.rows }
    }
    if (work.startedAt !== undefined) {
      return busyRows(editor, {
        face,
        activity: asks.open ? 'a question waits for you' : transcript.activity,
        startedAt: work.startedAt,
        tail: transcript.tail,
        todo: transcript.todo,
        waiting: typeAhead.waiting,
        hint: hints.text,
        height,
      })
    }
    return idleRows(editor, { face, title: promptTitle(app, env), hint: hints.text, height })
  }

  /** False while the person is in the middle of typing, or cannot have read the question yet. */
  function takesKeys(): boolean {
    const isTyping = !editor.isEmpty && Date.now() - typedAt < typingMs
    return asks.canAnswer && !isTyping
  }

  function onKey(key: Key): void {
    if (leaving) return
    if (commands.length === 0) loadCommands()
    if (asks.open && (isEnd(key) || (takesKeys() && asks.open.wants(key)))) {
      interrupts.forget()
      asks.open.press(key)
      screen.refresh()
      return
    }
    if (key.type === 'text') typedAt = Date.now()
    // Only one Ctrl+C after the other leaves.
    if (!(key.type === 'chord' && key.chord === 'ctrl+c')) interrupts.forget()
    hints.forget()
    const event = editor.press(key)
    switch (event.type) {
      case 'submit':
        hints.forget()
        work.submit(event)
        break
      case 'interrupt':
        interrupt()
        break
      case 'escape':
        if (work.startedAt !== undefined) stopWork()
        break
      case 'end-of-input':
        if (work.startedAt === undefined) leave(0)
        else hints.say('codi works; Esc interrupts, Ctrl+C twice leaves')
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

  /** A person who looked elsewhere meanwhile is called back. */
  function callBack(text: string): void {
    if (work.startedAt === undefined || Date.now() - work.startedAt < longWorkMs) return
    output.out(`\x1b]9;${text}\x07\x07`)
  }

  function interrupt(): void {
    const again = interrupts.again()
    const isBusy = work.startedAt !== undefined
    if (again && (isBusy || editor.isEmpty)) {
      leave(130)
      return
    }
    if (isBusy) stopWork()
    else if (editor.isEmpty) hints.say('Ctrl+C again leaves')
    else editor.clear()
    screen.touch()
  }

  function stopWork(): void {
    asks.abort()
    work.stop()
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
      screen.print(noticeLine(face, 'error', errorMessage(thrown)))
    }
    keys.resume()
    screen.refresh()
  }

  async function editFileOutside(path: string): Promise<void> {
    screen.erase()
    keys.pause()
    try {
      const { editFile } = await import('./external-editor.ts')
      await editFile(path, { env, cwd: app.workspace.root })
    } finally {
      keys.resume()
      screen.refresh()
    }
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

/** What stops a run stops it also while a question cannot be answered yet. */
function isEnd(key: Key): boolean {
  return key.type === 'chord' && (key.chord === 'ctrl+c' || key.chord === 'escape')
}
