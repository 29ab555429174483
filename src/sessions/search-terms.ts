/** What is searched for, and how a place where it was found is shown. */
import { safeCut } from '../base/text.ts'

/** Fewer characters than this are not in the index. */
export const indexedChars = 3
const contextChars = 60

/** Words, and what stands in quotes as one; all in lower case. */
export function searchTerms(text: string): string[] {
  const found = [...text.matchAll(/"([^"]+)"|(\S+)/g)].map((match) =>
    (match[1] ?? match[2] ?? '').trim().toLowerCase(),
  )
  return [...new Set(found.filter((term) => term !== '' && term !== '"'))]
}

export function fits(text: string, terms: readonly string[]): boolean {
  const folded = text.toLowerCase()
  return terms.every((term) => folded.includes(term))
}

/** One line around the first term that is found; the terms themselves as they stand in the text. */
export function snippetOf(text: string, terms: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const folded = line.toLowerCase()
  const places = terms.map((term) => folded.indexOf(term)).filter((at) => at >= 0)
  const at = places.length === 0 ? 0 : Math.min(...places)
  const from = Math.max(0, at - contextChars)
  const to = Math.min(line.length, at + contextChars * 2)
  const start = from === 0 ? 0 : safeCut(line, from)
  const end = to === line.length ? to : safeCut(line, to)
  return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`
}
