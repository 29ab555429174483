/**
 * Sources without their doc comments, every line at its place: JSDoc blocks, `///` and `//!` lines, docstrings, and
 * whatever comment stands right above a definition that the index knows.
 */
import type { Language } from './corpora.ts'

/** `definitionLines`: 1-based lines where definitions begin. */
export function blankDocs(text: string, language: Language, definitionLines: number[]): string {
  if (language === 'python') return blankDocstrings(text)
  const withoutBlocks = text.replace(/\/\*\*(?!\/)[\s\S]*?\*\//g, blank)
  const lines = withoutBlocks.split('\n')
  if (language === 'rust' || language === 'cpp')
    for (let at = 0; at < lines.length; at++)
      if (/^\s*\/\/[/!]/.test(lines[at] ?? '')) lines[at] = ''
  for (const line of definitionLines) blankAbove(lines, line - 2)
  return lines.join('\n')
}

const comment = /^\s*(?:\/\/|\/\*|\*)/
const between = /^\s*(?:#\[|@|template\b|export\b.*\($)/

function blankAbove(lines: string[], from: number): void {
  for (let at = from; at >= 0; at--) {
    const line = lines[at] ?? ''
    if (comment.test(line)) lines[at] = ''
    else if (!between.test(line)) break
  }
}

/** A string that stands alone as a statement becomes an empty one, so that the file stays a program. */
function blankDocstrings(text: string): string {
  return text.replace(
    /^([ \t]*)[rRuUbB]{0,2}("""|''')[\s\S]*?\2[ \t]*$/gm,
    (match, indent: string) => `${indent}""${blank(match)}`,
  )
}

function blank(match: string): string {
  return '\n'.repeat(match.split('\n').length - 1)
}
