/** Pieces of an answer: places, excerpts, sentences. Everything from files is data: inline code is fenced safely. */

import { oneLine } from '../../../base/text.ts'
import { shortHead } from '../definitions.ts'
import { languageOf } from '../languages.ts'
import type { FileText } from '../results.ts'
import { firstSentence } from '../words.ts'
import type { Place } from './place.ts'

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

function headOf(place: Place): string {
  if (place.signature !== '') return shortHead(place.signature)
  if (place.name !== '') return place.name
  return oneLine(place.telling, 80)
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
  const body = languageOf(file)?.fence === 'python' ? withoutDocstring(wanted) : wanted
  const shown = dedent(body.slice(0, range.maxLines).map((line) => line.slice(0, 200)))
  while (shown.length > 0 && shown.at(-1)?.trim() === '') shown.pop()
  if (shown.length === 0) return ''
  if (body.length > range.maxLines) shown.push(`… ${body.length - range.maxLines} more lines`)
  return fence(shown.join('\n'), languageOf(file)?.fence ?? '')
}

/** A long docstring would fill the excerpt; what it says stands above it. */
function withoutDocstring(lines: string[]): string[] {
  const start = lines.slice(0, 12).findIndex((line) => /^\s+[rRuU]?("""|''')/.test(line))
  if (start < 1) return lines
  const quote = (lines[start] as string).includes("'''") ? "'''" : '"""'
  if ((lines[start] as string).split(quote).length > 2) return lines
  const end = lines.findIndex((line, index) => index > start && line.includes(quote))
  if (end < 0) return lines
  return [
    ...lines.slice(0, start),
    `${(lines[start] as string).trimEnd()} …${quote}`,
    ...lines.slice(end + 1),
  ]
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
  let rest = lines
  // A licence may stand before what the file says of itself.
  for (let block = 0; block < 3; block++) {
    while (rest.length > 0 && directive.test(rest[0] as string)) rest = rest.slice(1)
    const comment = readComment(rest, language.fence)
    const said = withoutHeading(comment.text).join(' ').replace(/\s+/g, ' ').trim()
    if (comment.lines === 0) return ''
    if (
      said !== '' &&
      !/copyright|licen[cs]e|SPDX|all rights reserved|generated (from|by)|do not edit/i.test(
        said.slice(0, 400),
      )
    )
      return said
    rest = rest.slice(comment.lines)
  }
  return ''
}

/** A heading in front of the first paragraph (`# Implementation Details`) says nothing of itself. */
function withoutHeading(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '')
  return /^\s*#+\s/.test(lines[first] ?? '') ? lines.slice(first + 1) : lines
}

/** An underlined line, or nothing but the name of the module. */
function isTitle(paragraph: string): boolean {
  return /^.*\n([~=^*#-])\1{2,}\s*$|^[\w.]*$/.test(paragraph)
}

/** Lines that may stand before the first comment. */
const directive =
  /^\s*$|^#!|^['"]use \w+['"];?$|^# -\*-|^package\s|^#!\[|^<\?php|^\/\/ @|^\/\/go:build|^\/\* eslint|^# frozen_string/

/** The comment at the head of `lines`: its text, and how many lines it takes. */
function readComment(lines: string[], language: string): { text: string[]; lines: number } {
  const [first = ''] = lines
  const docstring = /^\s*[rRuU]?("""|''')/.exec(first)
  if (language === 'python' && docstring) {
    const quote = docstring[1] as string
    const body = lines
      .join('\n')
      .slice(first.indexOf(quote) + 3)
      .split(quote)[0] as string
    const paragraph = body.split(/\n\s*\n/).find((part) => !isTitle(part.trim())) ?? ''
    return { text: paragraph.split('\n'), lines: body.split('\n').length }
  }
  if (/^\s*\/\*/.test(first)) {
    const body = (lines.join('\n').split('*/')[0] as string).replace(/^\s*\/\*+!?/, '')
    const text = body.split('\n').map((line) => line.replace(/^\s*\*( |$)/, ''))
    return { text, lines: text.length }
  }
  const marker = /^\s*(\/\/[/!]?|#)(?!\[)/
  const end = lines.findIndex((line) => !marker.test(line))
  const own = lines.slice(0, end < 0 ? lines.length : end)
  const text = own.map((line) => line.replace(marker, '').trim())
  const blank = text.findIndex(
    (line, index) => line === '' && index > 0 && !/^(#+\s.*)?$/.test(text[index - 1] ?? ''),
  )
  return { text: blank < 0 ? text : text.slice(0, blank), lines: own.length }
}
