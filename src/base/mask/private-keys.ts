/**
 * Private keys in PEM and PGP armour: whole, escaped in one line, numbered or quoted line by line, and cut at either end
 * (an excerpt of a file).
 */
import type { Span } from './span.ts'

const begin = '-----BEGIN '
const beginLine = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y
const endLine = /-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g
const name = 'private key'
/** Nothing that is a key is longer. */
const maxKeyChars = 64 * 1024
/** A row of base64, behind its file, its line number, its quote mark. */
const place =
  '^(?:[^\\s:]{1,200}:)?[ \\t]*(?:\\d{1,6}[ \\t]*[:|\\t-]?[ \\t]*)?[>+*#|-]?[ \\t]*["\']?'
const rowEnd = '={0,2}(?:\\\\n)?["\',]*\\s*$'
const bodyRow = new RegExp(`${place}[A-Za-z0-9+/]{40,100}${rowEnd}`)
const lastRow = new RegExp(`${place}[A-Za-z0-9+/]{1,100}${rowEnd}`)
const emptyPlace = new RegExp(`${place}$`)
const headerRow =
  /(?:^|[\s:|>+*#"'-])(?:Proc-Type|DEK-Info|Version|Comment|Hash): .{0,200}$|^[^A-Za-z]{0,20}$/

export function findPrivateKeys(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf(begin, from)
    if (start < 0) break
    from = start + begin.length
    beginLine.lastIndex = start
    const head = beginLine.exec(text)
    if (!head) continue
    const body = start + head[0].length
    const end = endOf(text, body)
    // Only the marks of one: a program that looks for keys, not a key.
    const isKey = end === undefined ? cutBody(text, body) : hasBody(text.slice(body, end.start))
    if (end && isKey) spans.push({ start, end: end.end, name })
    else if (!end && typeof isKey === 'number') spans.push({ start, end: isKey, name })
    if (isKey) from = spans.at(-1)?.end ?? from
  }
  return [...spans, ...beginningsCut(text, spans)]
}

/** Looked for up to the next beginning, so that many of them cost no more than one. */
function endOf(text: string, from: number): { start: number; end: number } | undefined {
  const next = text.indexOf(begin, from)
  const limit = Math.min(next < 0 ? text.length : next, from + maxKeyChars)
  endLine.lastIndex = 0
  const match = endLine.exec(text.slice(from, limit))
  if (!match) return undefined
  return { start: from + match.index, end: from + match.index + match[0].length }
}

function hasBody(body: string): boolean {
  if (/[A-Za-z0-9+/]{16}/.test(body)) return true
  const rows = body.split(/\\n|\n/).filter((row) => row.trim() !== '')
  return rows.length > 0 && rows.every((row) => lastRow.test(row))
}

/** Where a key without its end line ends; undefined where no row of base64 follows. */
function cutBody(text: string, from: number): number | undefined {
  let at = from
  let rows = 0
  const inLine = /(?:\\[nr]|[A-Za-z0-9+/=\s]){0,60000}/y
  if (text.startsWith('\\n', from)) {
    inLine.lastIndex = from
    const end = from + (inLine.exec(text)?.[0].length ?? 0)
    return end - from > 20 ? end : undefined
  }
  while (at < text.length && at - from < maxKeyChars) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(at, Math.min(end, at + 400))
    if (at > from || line.trim() !== '') {
      if (bodyRow.test(line)) rows++
      else if (lastRow.test(line)) return end
      else if (rows > 0 || !headerRow.test(line)) break
    }
    at = end + 1
  }
  return rows === 0 ? undefined : Math.min(at - 1, text.length)
}

/** Rows of base64 above an end line whose beginning is not there. */
function beginningsCut(text: string, known: readonly Span[]): Span[] {
  const found: Span[] = []
  endLine.lastIndex = 0
  for (const match of text.matchAll(endLine)) {
    const end = match.index + match[0].length
    if (known.some((span) => span.start < end && end <= span.end)) continue
    let start = text.lastIndexOf('\n', match.index - 1) + 1
    if (!emptyPlace.test(text.slice(start, match.index))) continue
    let rows = 0
    let isLast = true
    while (start > 0 && match.index - start < maxKeyChars) {
      const previous = text.lastIndexOf('\n', start - 2)
      const line = text.slice(Math.max(previous + 1, start - 400), start - 1)
      if (bodyRow.test(line)) rows++
      else if (!isLast || !lastRow.test(line)) break
      isLast = false
      start = previous + 1
    }
    if (rows > 0) found.push({ start: Math.min(start, match.index), end, name })
  }
  return found
}
