/** Definitions in a piece of source text, found by line patterns: what a diff hunk gives without its file. */
import { oneLine } from '../../base/text.ts'
import { isCode, keywords, languageOf } from './languages.ts'
import { closeOfParameters, parametersOf } from './parameters.ts'

export interface Definition {
  name: string
  kind: 'function' | 'method' | 'type' | 'value'
  /** Index into the lines given. */
  at: number
  /** Index of the last line of the head. */
  headEnd: number
  /** The head up to the body, white space folded. */
  signature: string
  exported: boolean
}

const headChars = 90
const maxLineChars = 1_000
/** Lines that one head may take. */
const maxHeadLines = 12

export function definitionsIn(path: string, lines: readonly string[]): Definition[] {
  const language = languageOf(path)
  if (!language || !isCode(path)) return []
  const found: Definition[] = []
  for (const [at, line] of lines.entries()) {
    // A line of generated code tells nothing, and patterns take long over it.
    if (line.length > maxLineChars || language.comment.test(line)) continue
    for (const { kind, pattern } of language.definitions) {
      const name = pattern.exec(line)?.groups?.name
      if (name === undefined || (mayBeControl(kind, path) && keywords.has(name))) continue
      const head = readHead(lines, at, kind === 'function' || kind === 'method')
      found.push({
        name,
        kind,
        at,
        headEnd: head.end,
        signature: head.text,
        exported: language.isExported(name, line),
      })
      break
    }
  }
  return found
}

/** Where a head has no word of its own, `if (` and `go (` look like one. */
function mayBeControl(kind: Definition['kind'], path: string): boolean {
  return kind === 'method' || languageOf(path)?.fence === 'c'
}

/** From the line at `at` until its parentheses are balanced and its body begins. */
function readHead(
  lines: readonly string[],
  at: number,
  callable: boolean,
): { text: string; end: number } {
  let text = ''
  let end = at
  for (; end < Math.min(lines.length, at + maxHeadLines); end++) {
    text += `${text === '' ? '' : ' '}${(lines[end] as string).trim()}`
    const depth = count(text, '(') - count(text, ')')
    if (!callable || (depth <= 0 && text.includes('('))) break
    if (depth <= 0 && !/[,(=]$/.test(text.trim())) break
  }
  return { text: bareHead(text), end: Math.min(end, lines.length - 1) }
}

/** Without the body, the opening brace and the differences that mean nothing. */
function bareHead(text: string): string {
  const folded = text
    .replace(/\s+/g, ' ')
    .replace(/\( /g, '(')
    .replace(/,? \)/g, ')')
    .replace(/,\)/g, ')')
  const close = closeOfParameters(folded)
  if (close < 0) return folded.replace(/\s*[{:=]\s*$/, '').trim()
  const tail = folded.slice(close)
  const body = /\s*(?:=>|\{|:\s*$|;).*$/.exec(tail)
  return (folded.slice(0, close) + (body ? tail.slice(0, body.index) : tail)).trim()
}

function count(text: string, char: string): number {
  return text.split(char).length - 1
}

/** A head without what every definition says: keywords of visibility, a constant's value; types go when it is long. */
export function shortHead(signature: string): string {
  const bare = signature
    .replace(/^(?:export\s+)?(?:default\s+)?(?:declare\s+)?/, '')
    .replace(/^(?:pub(?:\([^)]*\))?|public|private|protected|final)\s+/, '')
    .replace(
      /^(const|let|var|static)\s+(?!fn\b|unsafe\b|async\b|void\b)([\w$]+)\b(?!.*=>).*$/,
      '$1 $2',
    )
    .replace(/\s*[{:]\s*$/, '')
    .replace(/([([])\s+/g, '$1')
    .replace(/,?\s+([)\]])/g, '$1')
  if (bare.length <= headChars) return bare
  return oneLine(withoutTypes(bare), headChars)
}

/** `f(a: string, b = {}): Promise<void>` = `f(a, b)`. */
function withoutTypes(head: string): string {
  const open = head.indexOf('(', /^func \([^)]*\)/.exec(head)?.[0].length ?? 0)
  if (open < 0) return head
  const names = parametersOf(head).map(
    (parameter) =>
      /^(?:(?:mut|readonly|public|private|this)\s+)*([*&]*(?:\.\.\.)?[\w$]+|\{[^}]*\})/.exec(
        parameter,
      )?.[1] ?? parameter,
  )
  return `${head.slice(0, open)}(${names.join(', ')})`
}
