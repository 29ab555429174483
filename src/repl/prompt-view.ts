/** The live rows: where one types, what codi is doing, what waits to be sent. */
import { homedir } from 'node:os'
import { formatDuration, neutralize, oneLine } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { Env } from '../terminal/color-level.ts'
import type { Editor } from '../terminal/input.ts'
import { fitWidth, textWidth } from '../terminal/width.ts'
import type { Face } from './face.ts'

export interface Rows {
  rows: string[]
  cursor?: { row: number; column: number }
}

/** Above it, how full the window is shows in the title. */
const fullShare = 0.5

/** Model, mode and directory, and a window that fills up: what one wants to know before sending something. */
export function promptTitle(app: App, env: Env): string[] {
  const { provider, model } = app.model
  const name = provider === model ? provider : `${provider}/${model}`
  const home = env.HOME || homedir()
  const path = app.workspace.root
  const below = path === home || path.startsWith(`${home}/`)
  const { share = 0 } = app.context
  const full = share > fullShare ? [`context ${Math.round(share * 100)} %`] : []
  const place = below ? `~${path.slice(home.length)}` : path
  return [name, app.gate.mode, ...full, place].map((part) => neutralize(part))
}

/** The text being typed behind its prefixes, with the cursor where it is. */
export function editorRows(
  editor: Editor,
  options: { face: Face; first: string; rest: string; height: number },
): Rows {
  const prefixWidth = Math.max(textWidth(options.first), textWidth(options.rest))
  const layout = editor.layout({
    width: options.face.columns - prefixWidth - 1,
    height: options.height,
  })
  const rows = layout.rows.map((row, index) => (index === 0 ? options.first : options.rest) + row)
  const prefix = layout.row === 0 ? options.first : options.rest
  return { rows, cursor: { row: layout.row, column: textWidth(prefix) + layout.column } }
}

/** `◆  model · mode · directory`, the text, a hint below. */
export function idleRows(
  editor: Editor,
  options: { face: Face; title: string[]; hint: string | undefined; height: number },
): Rows {
  const { face } = options
  const { style, glyphs } = face
  const room = Math.max(4, face.columns - 5)
  const title = fitWidth(options.title.join(` ${glyphs.separator} `), room, glyphs.ellipsis)
  const bar = `${style.cyan(glyphs.bar)}  `
  const typed = editorRows(editor, {
    face,
    first: bar,
    rest: bar,
    height: Math.max(1, options.height - 2),
  })
  const hint = options.hint === undefined ? '' : fitWidth(options.hint, room, glyphs.ellipsis)
  const rows = [
    `${style.cyan(glyphs.prompt)}  ${style.dim(title)}`,
    ...typed.rows,
    `${style.cyan(glyphs.barEnd)}  ${style.dim(hint)}`.trimEnd(),
  ]
  return { rows, cursor: { row: (typed.cursor?.row ?? 0) + 1, column: typed.cursor?.column ?? 0 } }
}

/** What runs and since when, its last output, what waits, and the text being typed. */
export function busyRows(
  editor: Editor,
  options: {
    face: Face
    activity: string
    startedAt: number
    tail: string[]
    /** How far the todo list is; empty without one. */
    todo: string
    waiting: { how: string; text: string }[]
    hint: string | undefined
    height: number
  },
): Rows {
  const { face } = options
  const { style, glyphs } = face
  const room = Math.max(4, face.columns - 4)
  const seconds = Math.floor((Date.now() - options.startedAt) / 1000)
  const time = seconds > 0 ? ` ${formatDuration(seconds * 1000)}` : ''
  const how = ` ${glyphs.separator} Esc interrupts`
  const state = fitWidth(
    oneLine(neutralize(options.activity || 'working'), 300),
    Math.max(4, room - time.length - how.length),
    glyphs.ellipsis,
  )
  const tail = options.tail.map((line) => `  ${style.dim(fitWidth(line, room, glyphs.ellipsis))}`)
  const waiting = options.waiting.map(({ how: kind, text }) =>
    style.dim(
      `${glyphs.queued} ${fitWidth(`${kind}: ${oneLine(neutralize(text), 300)}`, room, glyphs.ellipsis)}`,
    ),
  )
  const status = `${style.cyan(glyphs.prompt)} ${state}${style.dim(time + how)}`
  const steps =
    options.todo === '' ? [] : [style.dim(`  ${fitWidth(options.todo, room, glyphs.ellipsis)}`)]
  const above = [...tail, ...steps, status, ...waiting.slice(-5)]
  const bar = `${style.dim(glyphs.bar)} `
  const typed = editorRows(editor, {
    face,
    first: bar,
    rest: bar,
    height: Math.max(1, options.height - above.length - 1),
  })
  const hint =
    options.hint === undefined ? [] : [style.dim(fitWidth(options.hint, room, glyphs.ellipsis))]
  const row = (typed.cursor?.row ?? 0) + above.length
  return {
    rows: [...above, ...typed.rows, ...hint],
    cursor: { row, column: typed.cursor?.column ?? 0 },
  }
}

/** What was sent, as it stays in the scrollback. */
export function sentText(text: string, face: Face): string {
  const { style, glyphs } = face
  const lines = neutralize(text).trimEnd().split('\n')
  return lines
    .map((line, index) => `${style.dim(index === 0 ? glyphs.submitted : glyphs.bar)}  ${line}\n`)
    .join('')
}
