/**
 * A file of facts as a person reads it: `## category`, and below it `- fact (2026-11-22)`, a longer one indented below
 * its first line. A change touches the lines of its fact alone: whatever else somebody wrote stays as it is.
 */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'

export interface FileFact {
  category: string
  text: string
  date?: string
  /** Its first line, and the one behind its last. */
  start: number
  end: number
}

export const defaultCategory = 'general'

const heading = /^(#{1,6})\s+(.*?)\s*#*\s*$/
const item = /^ {0,3}[-*+]\s+(.*)$/
const continued = /^(?: {2,}|\t)\s*\S/
const dated = /\s*\((\d{4}-\d{2}-\d{2})\)$/
const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m

/** Throws a CodiError of kind `invalid` for a text that should not be changed by a program. */
export function readFacts(text: string): FileFact[] {
  refuseBroken(text)
  const facts: FileFact[] = []
  let category = defaultCategory
  let open: { parts: string[]; start: number } | undefined
  const lines = text.split(/\r?\n/)

  function close(end: number): void {
    if (!open) return
    const { text: whole, date } = splitDate(oneLine(open.parts.join(' '), Number.POSITIVE_INFINITY))
    if (whole !== '')
      facts.push({ category, text: whole, start: open.start, end, ...(date ? { date } : {}) })
    open = undefined
  }

  for (const [index, line] of lines.entries()) {
    if (open && continued.test(line)) {
      open.parts.push(line.trim().replace(/^[-*+]\s+/, ''))
      continue
    }
    close(index)
    const title = heading.exec(line)
    if (title) category = title[1] === '#' ? defaultCategory : title[2]?.trim() || defaultCategory
    const found = item.exec(line)
    if (found) open = { parts: [found[1] ?? ''], start: index }
  }
  close(lines.length)
  return facts
}

export function withFact(
  text: string,
  fact: { category: string; text: string; date: string },
): string {
  const line = `- ${fact.text} (${fact.date})`
  const inCategory = readFacts(text).filter((one) => sameWord(one.category, fact.category))
  const lines = splitLines(text)
  const last = inCategory.at(-1)
  const title = lines.findIndex((one) => sameWord(titleOf(one), fact.category))
  if (last) lines.splice(last.end, 0, line)
  else if (title >= 0) lines.splice(title + 1, 0, '', line)
  else lines.push(...(lines.length === 0 ? [] : ['']), `## ${fact.category}`, '', line)
  return joinLines(lines, text)
}

/** Headings with nothing left below them go, too. */
export function withoutFacts(text: string, facts: readonly FileFact[]): string {
  if (facts.length === 0) return text
  const gone = new Set(facts.flatMap(({ start, end }) => range(start, end)))
  const kept = splitLines(text).filter((_, index) => !gone.has(index))
  const lines = kept.filter((line, index) => {
    if (!facts.some(({ category }) => sameWord(titleOf(line), category))) return true
    const next = kept.slice(index + 1).find((one) => one.trim() !== '')
    return next !== undefined && !heading.test(next)
  })
  const isBlank = (at: number) => (lines[at] ?? '').trim() === ''
  return joinLines(
    lines.length < kept.length ? lines.filter((_, at) => !isBlank(at) || !isBlank(at - 1)) : lines,
    text,
  )
}

export function splitDate(text: string): { text: string; date?: string } {
  const date = dated.exec(text)?.[1]
  return date === undefined ? { text } : { text: text.replace(dated, ''), date }
}

function refuseBroken(text: string): void {
  if (text.includes('\0') || text.includes('\ufffd'))
    throw new CodiError('invalid', 'it is not UTF-8 text')
  if (conflict.test(text)) throw new CodiError('invalid', 'it holds the marks of a merge conflict')
}

function titleOf(line: string): string {
  const found = heading.exec(line)
  return found && found[1] !== '#' ? (found[2] ?? '') : ''
}

function sameWord(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/)
  while (lines.at(-1)?.trim() === '') lines.pop()
  return lines
}

/** With the line ends of the file. */
function joinLines(lines: string[], before: string): string {
  const end = before.includes('\r\n') ? '\r\n' : '\n'
  while (lines.at(-1)?.trim() === '') lines.pop()
  return lines.length === 0 ? '' : lines.join(end) + end
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index)
}
