/** The highlighter of the terminal, for HTML: classes in place of colours. */
import { escapeHtml, type Highlight } from '../sessions/transfer/html-text.ts'
import { openHighlighter } from '../terminal/highlight.ts'
import type { Paint, Style } from '../terminal/style.ts'

/** Control characters are gone from text before it is highlighted: these two cannot be in it. */
const open = '\x01'
const close = '\x02'
const plain: Paint = (text) => text
const classed =
  (name: string): Paint =>
  (text) =>
    `${open}${name}${text}${close}`

/** Names of classes are one letter: see the style of exported pages. */
const style: Style = {
  bold: plain,
  dim: plain,
  italic: plain,
  underline: plain,
  strike: plain,
  red: classed('k'),
  green: classed('s'),
  yellow: classed('n'),
  blue: classed('n'),
  magenta: classed('k'),
  cyan: classed('v'),
  gray: classed('c'),
}

export const htmlHighlight: Highlight = (language) => {
  const paint = openHighlighter(language, style)
  if (!paint) return undefined
  return (line) =>
    paint(line)
      .split(/(\x01[a-z]|\x02)/)
      .map((part) => {
        if (part === close) return '</span>'
        return part.startsWith(open) ? `<span class="${part.slice(1)}">` : escapeHtml(part)
      })
      .join('')
}
