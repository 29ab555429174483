/**
 * What is typed while codi works. Text for the run under way is given to the App (steer: at its next call, queue: after
 * the turn); other lines wait here until the work is done. What did not arrive when a run is interrupted comes back.
 */
import type { App } from '../contract/app.ts'
import type { NoticeLevel } from './face.ts'
import { attachMentions } from './mentions.ts'

export interface Typed {
  text: string
  /** As it stood in the editor, with long pastes folded. */
  shown: string
}

export interface TypeAhead {
  /** True while a run can take text. */
  isOpen: boolean
  readonly waiting: { how: string; text: string }[]
  send(
    typed: Typed & { later: boolean },
    say: (level: NoticeLevel, text: string) => void,
  ): Promise<void>
  queue(text: string): void
  /** For when the work is done. */
  keep(typed: Typed): void
  /** The run has taken a text: what to show for it. */
  delivered(text: string): string
  /** The next line to work on: what the run ended without taking, then what was kept. */
  next(): Typed | undefined
  /** Everything unsent, as text to edit. */
  takeBack(): string
}

interface Sent extends Typed {
  how: 'steer' | 'queue'
  /** What the App was given: the text with its files. */
  given: string
}

export function openTypeAhead(app: App): TypeAhead {
  let sent: Sent[] = []
  let kept: Typed[] = []
  const typeAhead: TypeAhead = {
    isOpen: false,
    get waiting() {
      return [
        ...sent.map((row) => ({ how: row.how === 'steer' ? 'next' : 'later', text: row.shown })),
        ...kept.map((row) => ({ how: 'later', text: row.shown })),
      ]
    },
    async send(typed, say) {
      const { input, notices } = await attachMentions(typed.text, app.workspace)
      // An image cannot be slipped into a run under way; such a prompt waits for its own.
      if (!typeAhead.isOpen || input.images) {
        kept.push(typed)
        return
      }
      for (const notice of notices) say(notice.level, notice.text)
      deliver({ ...typed, how: typed.later ? 'queue' : 'steer', given: input.text })
    },
    queue(text) {
      if (typeAhead.isOpen) deliver({ text, shown: text, how: 'queue', given: text })
      else kept.push({ text, shown: text })
    },
    keep(typed) {
      kept.push(typed)
    },
    delivered(text) {
      const found = sent.find((row) => row.given === text)
      sent = sent.filter((row) => row !== found)
      return found?.shown ?? text
    },
    next() {
      recover()
      return kept.shift()
    },
    takeBack() {
      recover()
      const texts = kept.map((row) => row.text)
      kept = []
      return texts.join('\n')
    },
  }
  return typeAhead

  function deliver(row: Sent): void {
    sent.push(row)
    app.deliver(row.how, row.given)
  }

  function recover(): void {
    const left = app.takeUndelivered()
    const back = left.map(
      (given): Typed => sent.find((row) => row.given === given) ?? { text: given, shown: given },
    )
    sent = []
    kept = [...back, ...kept]
  }
}
