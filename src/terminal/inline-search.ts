/**
 * Where inline marks of Markdown end, in text that may still grow: each search answers an index, that there is none, or
 * to wait for more. Its answer is the same whatever part of the text has arrived.
 */

/** Characters that a span may take before its opening mark counts as plain text. */
const maxSpanChars = 800
/** The same for a link, its address included. */
export const maxLinkChars = 1200

export function runLength(text: string, at: number): number {
  let end = at + 1
  while (text[end] === text[at]) end++
  return end - at
}

export function opens(char: string, run: number, previous: string, next: string): boolean {
  if (/\s/.test(next)) return false
  if (char === '~') return run === 2
  if (run > 3) return false
  if (char === '_') return !/[\p{L}\p{N}_]/u.test(previous)
  // `2*3*4` is arithmetic far more often than emphasis inside a word.
  return run > 1 || !/[A-Za-z0-9_]/.test(previous)
}

/** By mark: between these indexes there is no closing one. Saves looking twice; says nothing about what lies outside. */
export type Searched = Record<string, { from: number; to: number }>

export interface Searching {
  ended: boolean
  searched: Searched
}

/** Where the search for `mark` from `start` goes on. */
function unsearched(searched: Searched, mark: string, start: number): number {
  const range = searched[mark]
  return range && range.from <= start && start < range.to ? range.to : start
}

function remember(searched: Searched, mark: string, range: { from: number; to: number }): void {
  const known = searched[mark]
  const grows = known && known.from <= range.from && range.from <= known.to
  searched[mark] = grows ? { from: known.from, to: Math.max(known.to, range.to) } : range
}

/** Index of the run that closes `mark`, opened before `from`. */
export function closingMark(
  text: string,
  from: number,
  mark: string,
  open: number,
  scope: Searching,
): number | 'wait' | undefined {
  const char = mark[0] as string
  const limit = open + maxSpanChars
  let at = unsearched(scope.searched, mark, from)
  while (at < text.length && at < limit) {
    const current = text[at]
    if (current === '\\') {
      at += 2
    } else if (current === '`') {
      const span = codeSpan(text, at, scope)
      if (span === 'wait') return waitFrom(at)
      at = span ?? at + runLength(text, at)
    } else if (current === char) {
      const run = runLength(text, at)
      if (at + run >= text.length && !scope.ended) return waitFrom(at)
      if (at > from && run === mark.length && closes(text, at, run)) return at
      at += run
    } else {
      at++
    }
  }
  waitFrom(Math.min(at, limit))
  return !scope.ended && text.length < limit ? 'wait' : undefined

  function waitFrom(reached: number): 'wait' {
    remember(scope.searched, mark, { from, to: reached })
    return 'wait'
  }
}

function closes(text: string, at: number, run: number): boolean {
  if (/\s/.test(text[at - 1] as string)) return false
  const next = text[at + run]
  return text[at] !== '_' || next === undefined || !/[\p{L}\p{N}_]/u.test(next)
}

/** Index behind the code span that begins at `at`; undefined where it is none. */
export function codeSpan(text: string, at: number, scope: Searching): number | 'wait' | undefined {
  const run = runLength(text, at)
  if (at + run >= text.length) return scope.ended ? undefined : 'wait'
  const mark = '`'.repeat(run)
  const limit = at + maxSpanChars
  const start = at + run
  let from = unsearched(scope.searched, mark, start)
  while (from < limit) {
    const tick = text.indexOf('`', from)
    if (tick < 0 || tick >= limit) break
    const length = runLength(text, tick)
    if (tick + length >= text.length && !scope.ended) {
      remember(scope.searched, mark, { from: start, to: tick })
      return 'wait'
    }
    if (length === run) return tick + run
    from = tick + length
  }
  remember(scope.searched, mark, { from: start, to: Math.min(text.length, limit) })
  return !scope.ended && text.length < limit ? 'wait' : undefined
}

/** Indexes of the `]` and the `)` of the link whose `[` is at `open`. */
export function linkEnd(
  text: string,
  open: number,
  scope: Searching,
): { label: number; url: number } | 'wait' | undefined {
  const undecided = !scope.ended && text.length < open + maxLinkChars ? 'wait' : undefined
  const limit = Math.min(text.length, open + maxLinkChars)
  let depth = 0
  for (let at = open; at < limit; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '[') {
      depth++
      if (depth > 4) return undefined
    } else if (char === '\n' && text[at + 1] === '\n') return undefined
    else if (char === ']' && --depth === 0) {
      if (at + 1 >= text.length) return undecided
      if (text[at + 1] !== '(') return undefined
      const url = urlEnd(text, at + 2, limit)
      return url === undefined ? undecided : url < 0 ? undefined : { label: at, url }
    }
  }
  return undecided
}

/** Index of the closing bracket; -1 where it cannot be an address; undefined where the text ends first. */
function urlEnd(text: string, from: number, limit: number): number | undefined {
  let depth = 0
  for (let at = from; at < limit; at++) {
    const char = text[at]
    if (char === '\n') return -1
    if (char === '(') depth++
    else if (char === ')' && depth-- === 0) return at
  }
  return undefined
}
