/**
 * Code in colour, one line at a time: enough to tell comments, strings, words and numbers apart, at the price of one
 * regular expression a language. A comment or a string that spans lines is remembered from one line to the next.
 */
import { findLanguage, type Language } from './languages.ts'
import type { Paint, Style } from './style.ts'

export type Highlighter = (line: string) => string

/** Lines beyond this are printed plain: minified code is not read for its colours. */
const maxLineChars = 2000

/** Undefined where the language is not known: such code stays plain. */
export function openHighlighter(name: string, style: Style): Highlighter | undefined {
  const language = findLanguage(name)
  if (!language) return undefined
  if (language.diff) return (line) => diffLine(line, style)
  const tokens = tokenPattern(language)
  const keywords = wordSet(language.keywords, language)
  const literals = wordSet(language.literals, language)
  const ends = spanEnds(language)
  let open: { end: string; paint: Paint } | undefined
  return paintLine

  function paintLine(line: string): string {
    if (line.length > maxLineChars) return line
    let painted = ''
    let at = 0
    if (open) {
      const end = endOf(line, open.end, 0)
      if (end < 0) return open.paint(line)
      at = end + open.end.length
      painted = open.paint(line.slice(0, at))
      open = undefined
    }
    while (at < line.length) {
      tokens.lastIndex = at
      const found = tokens.exec(line)
      if (!found) break
      painted += line.slice(at, found.index)
      const token = found[0]
      at = found.index + token.length
      const opening = found.groups?.open
      if (opening !== undefined) {
        const paint = opening === language?.blockComment?.[0] ? style.gray : style.green
        const end = ends.get(opening) as string
        const close = endOf(line, end, at)
        if (close < 0) {
          open = { end, paint }
          return painted + paint(line.slice(found.index))
        }
        at = close + end.length
        painted += paint(line.slice(found.index, at))
      } else {
        painted += paintToken(token, found.groups ?? {})
      }
    }
    return painted + line.slice(at)
  }

  function paintToken(token: string, groups: Record<string, string | undefined>): string {
    if (groups.comment !== undefined) return style.gray(token)
    if (groups.key !== undefined) return style.blue(token)
    if (groups.string !== undefined) return style.green(token)
    if (groups.number !== undefined) return style.yellow(token)
    if (groups.variable !== undefined || groups.tag !== undefined) return style.cyan(token)
    const word = language?.ignoreCase ? token.toLowerCase() : token
    if (keywords.has(word)) return style.magenta(token)
    return literals.has(word) ? style.yellow(token) : token
  }
}

/** Index of the mark that ends a span; a quote behind a backslash does not. */
function endOf(line: string, end: string, from: number): number {
  if (end.length > 1) return line.indexOf(end, from)
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === end) return at
  }
  return -1
}

function diffLine(line: string, style: Style): string {
  if (line.startsWith('+++') || line.startsWith('---')) return style.bold(line)
  if (line.startsWith('+')) return style.green(line)
  if (line.startsWith('-')) return style.red(line)
  return line.startsWith('@@') ? style.cyan(line) : line
}

function tokenPattern(language: Language): RegExp {
  const parts: string[] = []
  const opening = [language.blockComment?.[0], ...(language.longQuotes ?? [])]
  const openings = opening.filter((mark) => mark !== undefined).map(quoted)
  if (openings.length > 0) parts.push(`(?<open>${openings.join('|')})`)
  if (language.lineComments) {
    const marks = language.lineComments.map(
      // In shells and configuration a mark inside a word (`$#`, `a;b`, `http://`) is no comment.
      (mark) => (mark.length === 1 ? '(?<![^\\s(){}])' : '(?<!:)') + quoted(mark),
    )
    parts.push(`(?<comment>(?:${marks.join('|')}).*)`)
  }
  if (language.keys) parts.push('(?<key>"[^"\\\\]*"(?=\\s*:)|(?<=^[\\s-]*)[\\w.$@-]+(?=\\s*[:=]))')
  if (language.quotes) {
    const strings = [...language.quotes].map(
      (quote) => `${quote}(?:[^${quote}\\\\]|\\\\.)*${quote}`,
    )
    parts.push(`(?<string>${strings.join('|')})`)
  }
  if (language.variables) parts.push('(?<variable>\\$(?:\\w+|\\{[^}]*\\}))')
  if (language.tags) parts.push('(?<tag><\\/?[\\w:-]+|\\/?>)')
  parts.push('(?<number>\\b\\d[\\w.]*)', '(?<word>[#A-Za-z_][\\w?]*)')
  return new RegExp(parts.join('|'), 'g')
}

/** What ends each mark that may span lines. */
function spanEnds(language: Language): Map<string, string> {
  const ends = new Map<string, string>()
  if (language.blockComment) ends.set(language.blockComment[0], language.blockComment[1])
  for (const quote of language.longQuotes ?? []) ends.set(quote, quote)
  return ends
}

function wordSet(words: string | undefined, language: Language): Set<string> {
  const list = (words ?? '').split(' ')
  return new Set(language.ignoreCase ? list.map((word) => word.toLowerCase()) : list)
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
