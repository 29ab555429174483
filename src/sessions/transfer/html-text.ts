/** Text on its way into HTML: nothing in it is markup any more, whatever it was. */
import { neutralize } from '../../base/text.ts'

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const letters: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(marks).map(([letter, mark]) => [mark, letter]),
)

export function escapeHtml(text: string): string {
  return neutralize(text).replace(/[&<>"']/g, (letter) => marks[letter] ?? letter)
}

export function unescapeHtml(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot|#39);/g, (mark) => letters[mark] ?? mark)
}

/** Colours one line of code; what it answers is safe HTML. */
export type Highlight = (language: string) => ((line: string) => string) | undefined

/** Code as the inside of a `pre`: coloured where the language is known. */
export function codeHtml(text: string, language: string, highlight: Highlight): string {
  const lines = neutralize(text).replace(/\n$/, '').split('\n')
  if (language === 'diff') return lines.map(diffLine).join('')
  const paint = language === '' ? undefined : highlight(language)
  return lines.map((line) => (paint ? paint(line) : escapeHtml(line))).join('\n')
}

/** Each line is a block of its own, so that its colour reaches the edge. */
function diffLine(line: string): string {
  const kind = /^(?:\+\+\+|---|diff |index |\*\*\*)/.test(line)
    ? 'meta'
    : (diffKinds[line[0] ?? ''] ?? 'same')
  return `<span class="line ${kind}">${escapeHtml(line)}\n</span>`
}

const diffKinds: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'hunk' }
