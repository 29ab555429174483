/**
 * Questions to the person at the live prompt. What is asked about goes to the scrollback, the answers stand in the live
 * rows and take one key. Text that is being typed when a question appears goes on: it can never answer by accident.
 */
import { neutralize } from '../base/text.ts'
import type { Answer, PermissionOffer, Person, Question } from '../contract/permission.ts'
import { type Choice, openPicker } from '../terminal/choice.ts'
import { type Editor, openEditor } from '../terminal/input.ts'
import type { Key } from '../terminal/keys.ts'
import { permissionChoices, permissionLines } from '../terminal/permission-text.ts'
import { choiceKeys } from '../terminal/question.ts'
import type { Face } from './face.ts'
import { editorRows, type Rows } from './prompt-view.ts'

/** Nobody reads a question and answers it faster than this. */
const readableAfterMs = 300

export interface Asks {
  person: Person
  /** The question on the screen. */
  readonly open: Modal | undefined
  /** False while a key cannot be meant for the question, which has only just come up. */
  readonly canAnswer: boolean
  /** Ends the question on the screen and the run. */
  abort(): void
}

export interface Modal {
  /** False for text that cannot answer: it is the beginning of something else that is being typed. */
  wants(key: Key): boolean
  press(key: Key): void
  rows(): Rows
}

export function openAsks(options: {
  face: Face
  root: string
  /** Something to draw has changed. */
  onChange: () => void
  /** Ends the unfinished line of the answer, so that the question stands on its own. */
  gap: () => void
  /** A question has come up (to call the person back); `callId` of a permission whose change has been shown. */
  onAsk: (callId: string | undefined) => void
  interrupt: () => void
  /** Text stands in the prompt: an Enter may have been meant for that. */
  hasDraft: () => boolean
}): Asks {
  const { face } = options
  const { style, glyphs } = face
  let open: { modal: Modal; cancel: () => void; since: number } | undefined
  let turn: Promise<unknown> = Promise.resolve()
  return {
    person: {
      permission: (request, offer, signal) =>
        inTurn(signal, { answer: 'abort' } as Answer, (done) => {
          options.onAsk(request.preview === undefined ? undefined : request.callId)
          options.gap()
          const lines = permissionLines(request, offer, { style, root: options.root })
          face.print(`\n${lines.join('\n')}\n`)
          return permissionModal(offer, (answer) => {
            face.print(style.dim(`  ${answerText(answer, offer)}\n`))
            done(answer)
            if (answer.answer === 'abort') options.interrupt()
          })
        }),
      question: (question, signal) =>
        inTurn<string | undefined>(signal, undefined, (done) => {
          options.onAsk(undefined)
          options.gap()
          face.print(`\n${style.yellow('?')} ${style.bold(neutralize(question.text))}\n`)
          return questionModal(question, (answer) => {
            const said = answer === undefined ? 'no answer' : answer
            face.print(style.dim(`  ${glyphs.arrow} ${neutralize(said)}\n`))
            done(answer)
          })
        }),
    },
    get open() {
      return open?.modal
    },
    get canAnswer() {
      return open !== undefined && Date.now() - open.since >= readableAfterMs
    },
    abort() {
      open?.cancel()
    },
  }

  /** One question at a time; an aborted run takes its question away. */
  function inTurn<T>(
    signal: AbortSignal,
    whenAborted: T,
    show: (done: (value: T) => void) => Modal,
  ): Promise<T> {
    const answered = turn.then(
      () =>
        new Promise<T>((resolve) => {
          if (signal.aborted) return resolve(whenAborted)
          const onAbort = () => {
            face.print(style.dim('  no longer asked\n'))
            finish(whenAborted)
          }
          const finish = (value: T) => {
            clearTimeout(readable)
            signal.removeEventListener('abort', onAbort)
            open = undefined
            resolve(value)
            options.onChange()
          }
          signal.addEventListener('abort', onAbort, { once: true })
          const readable = setTimeout(options.onChange, readableAfterMs)
          open = { modal: show(finish), cancel: () => finish(whenAborted), since: Date.now() }
          options.onChange()
        }),
    )
    turn = answered.catch(() => undefined)
    return answered
  }

  function permissionModal(offer: PermissionOffer, done: (answer: Answer) => void): Modal {
    const picker = openPicker(permissionChoices(offer), { initial: 0 })
    let reason: Editor | undefined
    return { wants: (key) => reason !== undefined || picker.wants(key), press, rows }

    function press(key: Key): void {
      if (reason) reasonKey(key, reason)
      else if (key.type === 'chord' && (key.chord === 'escape' || key.chord === 'ctrl+c')) {
        done({ answer: 'abort' })
        return
      } else {
        const isEnter = key.type === 'chord' && key.chord === 'enter'
        if (isEnter && options.hasDraft()) return
        const picked = picker.press(key)?.value
        if (picked === 'deny') reason = plainEditor()
        else if (picked !== undefined) {
          done({ answer: picked })
          return
        }
      }
      options.onChange()
    }

    function reasonKey(key: Key, editor: Editor): void {
      const event = editor.press(key)
      if (event.type === 'submit') {
        const text = event.text.trim()
        done(text === '' ? { answer: 'deny' } : { answer: 'deny', reason: text })
      } else if (event.type === 'escape') reason = undefined
      else if (event.type === 'interrupt') done({ answer: 'abort' })
    }

    function rows(): Rows {
      if (!reason) {
        const kept = options.hasDraft()
          ? ['your text is kept; answer with a letter, not with Enter']
          : []
        const choices = bars(picker.rows({ style, columns: face.columns - 4 }))
        return { rows: [...choices, ...bars(kept.map((row) => style.dim(row)))] }
      }
      return editorRows(reason, {
        face,
        first: `${style.yellow(glyphs.bar)}  why not? `,
        rest: `${style.yellow(glyphs.bar)}  `,
        height: 4,
      })
    }
  }

  function questionModal(question: Question, done: (answer: string | undefined) => void): Modal {
    const keys = choiceKeys(question)
    const choices = question.choices.slice(0, 9).map(
      (choice, index): Choice<string> => ({
        key: keys[index] ?? String(index + 1),
        label: neutralize(choice),
        value: choice,
      }),
    )
    const picker = choices.length > 0 ? openPicker(choices, { initial: 0 }) : undefined
    const editor = plainEditor()
    return { wants: () => true, press, rows }

    function press(key: Key): void {
      // An answer in own words begins with the first letter typed; until then keys pick.
      if (picker && editor.isEmpty) {
        const picked = picker.press(key)
        if (picked) {
          done(picked.value)
          return
        }
      }
      if (key.type === 'chord' && key.chord === 'ctrl+c') {
        done(undefined)
        options.interrupt()
        return
      }
      if (question.closed && key.type !== 'chord') return
      const event = editor.press(key)
      if (event.type === 'submit') done(event.text.trim() === '' ? undefined : event.text.trim())
      else if (event.type === 'escape') done(undefined)
      else options.onChange()
    }

    function rows(): Rows {
      const prefix = `${style.yellow(glyphs.bar)}  `
      const typed = editorRows(editor, { face, first: prefix, rest: prefix, height: 6 })
      if (!picker) return typed
      const list = bars(
        choices.length === 0 ? [] : picker.rows({ style, columns: face.columns - 4 }),
      )
      if (question.closed) return { rows: list }
      if (editor.isEmpty) return { rows: [...list, style.dim(`${prefix}or type an answer`)] }
      const row = (typed.cursor?.row ?? 0) + list.length
      return { rows: [...list, ...typed.rows], cursor: { row, column: typed.cursor?.column ?? 0 } }
    }
  }

  function bars(rows: string[]): string[] {
    return rows.map((row) => `${style.yellow(glyphs.bar)}  ${row}`)
  }

  function plainEditor(): Editor {
    return openEditor({
      history: { add: () => undefined, entries: () => [] },
      complete: () => undefined,
      onChange: options.onChange,
      isBusy: () => false,
    })
  }
}

function answerText(answer: Answer, { ofTry }: PermissionOffer): string {
  if (ofTry) return answer.answer === 'once' ? 'applied' : 'thrown away'
  switch (answer.answer) {
    case 'once':
      return 'allowed once'
    case 'session':
      return 'allowed for this session'
    case 'project':
      return 'allowed, always in this project'
    case 'user':
      return 'allowed, always'
    case 'try':
      return 'tried on a copy'
    case 'deny':
      return answer.reason ? `refused: ${neutralize(answer.reason)}` : 'refused'
    case 'abort':
      return 'refused and stopped'
  }
}
