/**
 * Colours and glyphs as the terminal can show them: the 16 colours of the user's theme by picocolors, and one table of
 * symbols in two alphabets. Without colour every paint function answers its text unchanged.
 */
import picocolors from 'picocolors'
import type { ColorLevel } from './color-level.ts'

export type Paint = (text: string) => string

export interface Style {
  bold: Paint
  dim: Paint
  italic: Paint
  underline: Paint
  strike: Paint
  red: Paint
  green: Paint
  yellow: Paint
  blue: Paint
  magenta: Paint
  cyan: Paint
  gray: Paint
}

export function openStyle(level: ColorLevel): Style {
  const colors = picocolors.createColors(level > 0)
  const paint = level > 0 ? byLine : (color: Paint) => color
  return {
    bold: paint(colors.bold),
    dim: paint(colors.dim),
    italic: paint(colors.italic),
    underline: paint(colors.underline),
    strike: paint(colors.strikethrough),
    red: paint(colors.red),
    green: paint(colors.green),
    yellow: paint(colors.yellow),
    blue: paint(colors.blue),
    magenta: paint(colors.magenta),
    cyan: paint(colors.cyan),
    gray: paint(colors.gray),
  }
}

/** Each line is painted by itself: a line can be drawn, cut and drawn again without its neighbours. */
function byLine(color: Paint): Paint {
  return (text) => {
    if (!text.includes('\n')) return color(text)
    return text
      .split('\n')
      .map((line) => (line === '' ? '' : color(line)))
      .join('\n')
  }
}

export interface Glyphs {
  prompt: string
  submitted: string
  bar: string
  barEnd: string
  call: string
  failed: string
  queued: string
  bullet: string
  rule: string
  quote: string
  column: string
  crossing: string
  ellipsis: string
  todoOpen: string
  todoActive: string
  todoDone: string
  retry: string
  separator: string
  arrow: string
}

const unicodeGlyphs: Glyphs = {
  prompt: '◆',
  submitted: '◇',
  bar: '│',
  barEnd: '└',
  call: '●',
  failed: '■',
  queued: '↳',
  bullet: '•',
  rule: '─',
  quote: '│',
  column: '│',
  crossing: '┼',
  ellipsis: '…',
  todoOpen: '☐',
  todoActive: '▶',
  todoDone: '☑',
  retry: '↻',
  separator: '·',
  arrow: '›',
}

const asciiGlyphs: Glyphs = {
  prompt: '*',
  submitted: 'o',
  bar: '|',
  barEnd: '`',
  call: '*',
  failed: 'x',
  queued: '+',
  bullet: '*',
  rule: '-',
  quote: '|',
  column: '|',
  crossing: '+',
  ellipsis: '...',
  todoOpen: '[ ]',
  todoActive: '[>]',
  todoDone: '[x]',
  retry: '~',
  separator: '-',
  arrow: '>',
}

export function glyphsFor(unicode: boolean): Glyphs {
  return unicode ? unicodeGlyphs : asciiGlyphs
}
