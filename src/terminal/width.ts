/** Columns that text takes on a terminal, and cutting text by columns. Escape sequences count nothing. */

const ascii = /^[\x20-\x7e]*$/

export function textWidth(text: string): number {
  return ascii.test(text) ? text.length : Bun.stringWidth(text)
}

/** User-perceived characters: an emoji with its joiners and a letter with its accents are one. */
export function graphemes(text: string): string[] {
  if (ascii.test(text)) return text.split('')
  const segments: string[] = []
  for (const part of new Intl.Segmenter().segment(text)) segments.push(part.segment)
  return segments
}

/** The start of `text` (no escape sequences in it) that fits, with an ellipsis where something was cut. */
export function fitWidth(text: string, columns: number, ellipsis = '…'): string {
  if (textWidth(text) <= columns) return text
  const room = columns - textWidth(ellipsis)
  return room <= 0 ? takeWidth(text, columns) : takeWidth(text, room) + ellipsis
}

/** The longest start of `text` (no escape sequences in it) that takes at most `columns`. */
function takeWidth(text: string, columns: number): string {
  if (ascii.test(text)) return text.slice(0, Math.max(0, columns))
  let taken = ''
  let width = 0
  for (const grapheme of graphemes(text)) {
    width += textWidth(grapheme)
    if (width > columns) break
    taken += grapheme
  }
  return taken
}
