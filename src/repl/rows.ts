/** `name  value` lines with the values in one column, wrapped under it; one below the other where it is narrow. */
import { neutralize } from '../base/text.ts'
import { textWidth } from '../terminal/width.ts'
import { openWrapper } from '../terminal/wrap.ts'
import type { Face } from './face.ts'

const maxNameColumns = 34

export function rowsText(rows: readonly (readonly [string, string])[], face: Face): string {
  const safe = rows.map(([name, value]) => [neutralize(name), neutralize(value)] as const)
  const widest = Math.min(maxNameColumns, Math.max(0, ...safe.map(([name]) => textWidth(name))))
  const stacked = face.columns < widest + 24
  let text = ''
  const wrapper = openWrapper({
    columns: () => face.columns - 1,
    write: (part) => {
      text += part
    },
  })
  for (const [name, value] of safe) {
    const alone = stacked || textWidth(name) > widest
    const indent = ' '.repeat(stacked ? 4 : widest + 4)
    const gap = ' '.repeat(Math.max(0, widest - textWidth(name)) + 2)
    if (alone) text += `  ${face.style.cyan(name)}\n`
    wrapper.begin({ first: alone ? indent : `  ${face.style.cyan(name)}${gap}`, rest: indent })
    for (const [index, line] of value.split('\n').entries()) {
      if (index > 0) wrapper.lineBreak()
      wrapper.text(line, undefined)
    }
    if (!(alone && value === '')) wrapper.finish()
  }
  return text
}
