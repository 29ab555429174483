/** Pieces of an answer: places, excerpts, sentences. Everything from files is data: inline code is fenced safely. */

import { oneLine } from '../../../base/text.ts'
import { parametersOf } from '../definitions.ts'
import { languageOf } from '../languages.ts'
import type { FileText } from '../results.ts'
import { firstSentence } from '../words.ts'
import type { Place } from './place.ts'

const headChars = 90

/** Inline code, also for text that holds backticks. */
export function code(text: string): string {
  if (!text.includes('`')) return `\`${text}\``
  return `\`\` ${text} \`\``
}

export function at(file: string, line: number): string {
  return code(line > 0 ? `${file}:${line}` : file)
}

/** `path:line` head: what it is. */
export function placeLine(place: Place): string {
  const what = headOf(place)
  const said = firstSentence(place.doc)
  const head = what === '' ? '' : ` ${code(what)}`
  return `${at(place.file, place.line)}${head}${said === '' ? '' : `: ${said}`}`
}

export function headOf(place: Pick<Place, 'signature' | 'name' | 'snippet' | 'kind'>): string {
  if (place.signature !== '') return shortHead(place.signature)
  if (place.name !== '') return place.name
  return oneLine(firstTelling(place.snippet), 80)
}

/** A head without what every definition says: keywords of visibility, a constant's value; types go when it is long. */
export function shortHead(signature: string): string {
  const bare = signature
    .replace(/^(?:export\s+)?(?:default\s+)?(?:declare\s+)?/, '')
    .replace(/^(?:pub(?:\([^)]*\))?|public|private|protected|final)\s+/, '')
    .replace(/^(const|let|var|static)\s+([\w$]+)\b(?!.*=>).*$/, '$1 $2')
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

function firstTelling(snippet: string): string {
  return snippet.split('\n').find((line) => /\w/.test(line)) ?? ''
}

/** A code fence with the lines `from` to `to` as they stand, at most `maxLines`; empty when they are not at hand. */
export function excerpt(
  file: string,
  text: FileText | undefined,
  range: { from: number; to: number; maxLines: number },
): string {
  if (!text) return ''
  const first = Math.max(range.from, text.start)
  const wanted = text.lines.slice(first - text.start, range.to - text.start + 1)
  const shown = dedent(wanted.slice(0, range.maxLines).map((line) => line.slice(0, 200)))
  while (shown.length > 0 && shown.at(-1)?.trim() === '') shown.pop()
  if (shown.length === 0) return ''
  if (wanted.length > range.maxLines) shown.push(`… ${wanted.length - range.maxLines} more lines`)
  return fence(shown.join('\n'), languageOf(file)?.fence ?? '')
}

export function fence(body: string, language: string): string {
  const longest = Math.max(2, ...[...body.matchAll(/`{3,}/g)].map((found) => found[0].length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${body}\n${ticks}`
}

function dedent(lines: string[]): string[] {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0)
  const shared = Math.min(...indents, 40)
  return lines.map((line) => line.slice(Math.min(shared, line.length)))
}

/** `a, b and c`, with the rest counted. */
export function listed(items: readonly string[], maxItems: number): string {
  const shown = items.slice(0, maxItems)
  const rest = items.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  if (shown.length <= 1) return shown[0] ?? ''
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Paragraphs with a blank line between; empty ones are left out. */
export function paragraphs(...parts: string[]): string {
  return parts.filter((part) => part.trim() !== '').join('\n\n')
}

/** What the file says of itself: its first comment, licence headers and directives left out. */
export function fileDoc(text: FileText | undefined, file: string): string {
  if (!text || text.start > 1) return ''
  const language = languageOf(file)
  if (!language || language.definitions.length === 0) return ''
  const lines = text.lines.slice(0, 60)
  let index = 0
  const skip =
    /^\s*$|^#!|^['"]use \w+['"];?$|^# -\*-|^package\s|^#!\[|^<\?php|^\/\/ @|^\/\/go:build|^\/\* eslint|^# frozen_string/
  while (index < lines.length && skip.test(lines[index] as string)) index++
  const block = readComment(lines.slice(index), language.fence)
  const said = block.join(' ').replace(/\s+/g, ' ').trim()
  if (/copyright|licen[cs]e|SPDX|all rights reserved/i.test(said.slice(0, 400))) return ''
  return said
}

function readComment(lines: string[], language: string): string[] {
  const [first = ''] = lines
  const docstring = /^\s*[rRuU]?("""|''')/.exec(first)
  if (language === 'python' && docstring) {
    const quote = docstring[1] as string
    const body = lines.join('\n').slice(first.indexOf(quote) + 3)
    return (body.split(quote)[0] as string).split(/\n\s*\n/)[0]?.split('\n') ?? []
  }
  if (/^\s*\/\*/.test(first)) {
    const body = lines.join('\n').split('*/')[0] as string
    return body
      .replace(/^\s*\/\*+!?/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\*( |$)/, ''))
  }
  const marker = /^\s*(\/\/[/!]?|#)(?!\[)/
  const taken: string[] = []
  for (const line of lines) {
    if (!marker.test(line)) break
    const body = line.replace(marker, '').trim()
    if (body === '' && taken.length > 0) break
    taken.push(body)
  }
  return taken
}
