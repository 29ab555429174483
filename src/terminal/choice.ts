/** Picking one of a few answers with one key, or with the arrows and Enter. Draws nothing itself. */
import type { Key } from './keys.ts'
import type { Style } from './style.ts'
import { textWidth } from './width.ts'

export interface Choice<T> {
  /** The key that picks it at once. */
  key: string
  label: string
  value: T
}

export interface Picker<T> {
  /** False for text that is no answer: whoever types it means something else. */
  wants(key: Key): boolean
  /** The value picked; undefined while nothing is. */
  press(key: Key): { value: T } | undefined
  rows(options: { style: Style; columns: number }): string[]
}

export function openPicker<T>(
  choices: readonly Choice<T>[],
  options: { initial: number },
): Picker<T> {
  let at = options.initial
  return {
    wants: (key) =>
      key.type === 'chord' ||
      (key.type === 'text' && choices.some((choice) => choice.key === key.text.toLowerCase())),
    press(key) {
      if (key.type === 'paste') return undefined
      if (key.type === 'text') {
        const found = choices.find((choice) => choice.key === key.text.toLowerCase())
        return found && { value: found.value }
      }
      if (key.chord === 'enter') return { value: (choices[at] as Choice<T>).value }
      const step = steps[key.chord]
      if (step !== undefined) at = (at + step + choices.length) % choices.length
      return undefined
    },
    rows({ style, columns }) {
      const rows: string[] = []
      let row = ''
      let width = 0
      for (const [index, choice] of choices.entries()) {
        const plain = `${choice.key} ${choice.label}`
        if (width > 0 && width + 3 + textWidth(plain) > columns) {
          rows.push(row)
          row = ''
          width = 0
        }
        const label = index === at ? style.underline(choice.label) : style.dim(choice.label)
        row += `${width > 0 ? '   ' : ''}${style.cyan(style.bold(choice.key))} ${label}`
        width += (width > 0 ? 3 : 0) + textWidth(plain)
      }
      return [...rows, row]
    },
  }
}

const steps: Record<string, number> = {
  left: -1,
  up: -1,
  'shift+tab': -1,
  right: 1,
  down: 1,
  tab: 1,
}
