/**
 * Lines of code in the form in which copies are alike: names, numbers and texts folded, comments and imports left out.
 * The names stay beside it, to tell a copy from code that only has the same shape.
 */
import { isImport } from '../import-line.ts'
import { codeOnly, keywords, type Language } from '../languages.ts'

export interface FoldedLine {
  /** 1-based, in its file. */
  line: number
  shape: string
  tokens: number
  names: string[]
  /** It calls, decides or answers; a declaration or a row of a table does not. */
  acts: boolean
  text: string
}

/** Fewer tokens tell nothing: a brace, an `else`, a lone name. */
const minTokens = 4
const tokenPattern = /[A-Za-z_$][\w$]*|\d[\w.]*|""|''|``|=>|->|::|[^\s\w]/g

export function foldLines(
  lines: readonly { line: number; text: string }[],
  language: Language | undefined,
): FoldedLine[] {
  return withoutDocstrings(lines, language).flatMap(({ line, text }) => {
    const code = codeOnly(text, language).trim()
    if (isImport({ file: '', line, kind: '', enclosing: '', text })) return []
    const tokens = code.match(tokenPattern) ?? []
    if (tokens.length < minTokens || !/\w{2}/.test(code)) return []
    return [
      {
        line,
        shape: tokens.map(fold).join(' '),
        tokens: tokens.length,
        names: tokens.filter((token) => /^[A-Za-z_$]/.test(token) && !keywords.has(token)),
        acts: /\b(if|for|while|return|switch|match|throw|raise|yield|await)\b|[\w$]\(/.test(code),
        text: code,
      },
    ]
  })
}

/** What Python says of itself in texts is no code. */
function withoutDocstrings<T extends { text: string }>(
  lines: readonly T[],
  language: Language | undefined,
): readonly T[] {
  if (language?.fence !== 'python') return lines
  let inside = false
  return lines.filter(({ text }) => {
    const quotes = text.split(/"""|'''/).length - 1
    const around = inside || (quotes > 0 && /^\s*[rRuUbB]*("""|''')/.test(text))
    if (quotes % 2 === 1) inside = !inside
    return !around
  })
}

function fold(token: string): string {
  if (/^\d/.test(token)) return '0'
  if (/^["'`]/.test(token)) return 's'
  return /^[A-Za-z_$]/.test(token) && !keywords.has(token) ? 'i' : token
}

/** A ripgrep pattern for lines of the same shape. */
export function shapePattern({ text }: FoldedLine): string {
  const parts = (text.match(tokenPattern) ?? []).map(
    (token): { word: boolean; pattern: string } => {
      if (/^["'`]/.test(token)) return { word: false, pattern: '["\'`].*["\'`]' }
      if (/^\d/.test(token)) return { word: true, pattern: '\\d[\\w.]*' }
      if (!/^[A-Za-z_$]/.test(token))
        return { word: false, pattern: token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') }
      return { word: true, pattern: keywords.has(token) ? token : '[A-Za-z_$][\\w$]*' }
    },
  )
  const joined = parts.map(({ word, pattern }, index) => {
    if (index === 0) return pattern
    return `${word && parts[index - 1]?.word ? '\\s+' : '\\s*'}${pattern}`
  })
  return `^\\s*${joined.join('')}\\s*$`
}
