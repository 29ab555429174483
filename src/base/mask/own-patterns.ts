/**
 * Regular expressions of a person or a project for secrets of their own. One that could take for ever is refused when it
 * is read: nested repetition by its form, the rest by trying it on texts made to be slow. What still takes too long is
 * given up, aloud.
 */
import { errorMessage } from '../errors.ts'
import type { Span } from './span.ts'

export interface OwnPattern {
  find(text: string): Span[]
}

const name = 'secret of secretPatterns'
const maxPatternChars = 500
/** Longer lines are searched in pieces that overlap by half. */
const maxPieceChars = 1024
const maxProbeMs = 20
const maxTextMs = 500
const maxUnbounded = 4

export function readOwnPatterns(
  sources: readonly string[],
  warn: (text: string) => void,
): OwnPattern[] {
  return sources.flatMap((source) => {
    const read = readPattern(source)
    if (typeof read !== 'string') return [ownPattern(source, read, warn)]
    warn(`secretPatterns: ${JSON.stringify(source)} is not used: ${read}`)
    return []
  })
}

/** The pattern, or why it cannot be used. */
export function readPattern(source: string): RegExp | string {
  if (source.trim() === '') return 'it is empty'
  if (source.length > maxPatternChars) return `it is longer than ${maxPatternChars} characters`
  const flags = /^\(\?i\)/.test(source) ? 'gi' : 'g'
  let pattern: RegExp
  try {
    pattern = new RegExp(source.replace(/^\(\?i\)/, ''), flags)
  } catch (thrown) {
    return errorMessage(thrown)
  }
  if (pattern.test('')) return 'it matches nothing at all, so everywhere'
  const slow = slowForm(source)
  if (slow !== undefined) return slow
  return isSlow(pattern) ? 'it takes too long on some texts' : pattern
}

function slowForm(source: string): string | undefined {
  const bare = source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, (part) =>
    /^\\[1-9k]/.test(part) ? '\\1' : 'x',
  )
  if (bare.includes('\\1')) return 'it refers back to a group'
  const unbounded = bare.match(/[*+]|\{\d+,\d{0,10}\}/g)?.length ?? 0
  if (unbounded > maxUnbounded) return `it has more than ${maxUnbounded} repetitions without an end`
  // A repeated group may hold neither a repetition nor a choice.
  const open: { repeats: boolean }[] = []
  for (let at = 0; at < bare.length; at++) {
    const char = bare[at]
    if (char === '(') open.push({ repeats: false })
    else if (/[*+|]/.test(char ?? '') || /^\{\d+,/.test(bare.slice(at, at + 12)))
      for (const group of open) group.repeats = true
    else if (char === ')') {
      const group = open.pop()
      if (group?.repeats && /^(?:[*+]|\{\d+,?\d*\})/.test(bare.slice(at + 1, at + 14)))
        return 'it repeats a group that repeats or chooses'
    }
  }
  return undefined
}

/** Tries texts of its own characters, each twice as long as the one before, until one takes too long. */
function isSlow(pattern: RegExp): boolean {
  const letters = [
    ...new Set(pattern.source.replace(/\\[wdsbWDSB]/g, '').match(/[\w =:"'/.-]/g) ?? []),
  ]
  const units = ['a', '0', ' ', '=', 'aA0', ...letters, letters.join('')].filter(
    (unit) => unit !== '',
  )
  for (const unit of units.slice(0, 40)) {
    for (let length = 32; length <= maxPieceChars; length *= 2) {
      const probe = `${unit.repeat(Math.ceil(length / unit.length)).slice(0, length)}\u0001`
      const started = performance.now()
      pattern.lastIndex = 0
      pattern.test(probe)
      const ms = performance.now() - started
      if (ms > maxProbeMs) return true
    }
  }
  pattern.lastIndex = 0
  return false
}

function ownPattern(source: string, pattern: RegExp, warn: (text: string) => void): OwnPattern {
  let givenUp = false
  return {
    find(text) {
      const spans: Span[] = []
      const started = performance.now()
      for (const piece of piecesOf(text)) {
        if (givenUp) return spans
        for (const match of piece.text.matchAll(pattern)) {
          if (match[0] === '') continue
          const start = piece.start + match.index
          spans.push({ start, end: start + match[0].length, name })
        }
        if (performance.now() - started > maxTextMs + text.length / 1000) {
          givenUp = true
          warn(`secretPatterns: ${JSON.stringify(source)} is no longer used: it takes too long`)
        }
      }
      return spans
    },
  }
}

function* piecesOf(text: string): Generator<{ text: string; start: number }> {
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    for (let at = start; at < end; at += maxPieceChars / 2) {
      yield { text: text.slice(at, Math.min(end, at + maxPieceChars)), start: at }
      if (at + maxPieceChars >= end) break
    }
    start = end + 1
  }
}
