/**
 * Inline Markdown of one paragraph as it streams in: emphasis, code, links, autolinks, entities, escapes. Text is handed
 * on as soon as nothing that follows can change its meaning; an opening mark waits for its closing one, within a limit,
 * after which it was only a character. What comes out does not depend on how the text was cut into calls.
 */
import {
  closingMark,
  codeSpan,
  linkEnd,
  maxLinkChars,
  opens,
  runLength,
  type Searched,
} from './inline-search.ts'
import type { Paint, Style } from './style.ts'

export interface InlineSink {
  text(text: string, paint: Paint | undefined): void
  lineBreak(): void
}

export interface Inline {
  feed(text: string): void
  /** The paragraph is complete: what still waits is decided now. */
  end(): void
}

const maxDepth = 6

const special = /[\\`*_~[!<&\n]/g

export function openInline(options: { style: Style; color: boolean; sink: InlineSink }): Inline {
  const { sink } = options
  const paints = openPaints(options.style)
  let held = ''
  /** The character before `held`, for the question whether a mark stands inside a word. */
  let before = ''
  let searched: Searched = {}
  return {
    feed(text) {
      held += text
      advance(false)
    },
    end() {
      advance(true)
      held = ''
      before = ''
      searched = {}
    },
  }

  function advance(ended: boolean): void {
    const done = scan(held, { ended, paint: undefined, depth: 0, before, searched })
    if (done === 0) return
    before = held[done - 1] as string
    held = held.slice(done)
    for (const range of Object.values(searched)) {
      range.from -= done
      range.to -= done
    }
  }

  interface Scope {
    ended: boolean
    paint: Paint | undefined
    depth: number
    before: string
    searched: Searched
  }

  /** Hands on the decided start of `text`; answers its length. */
  function scan(text: string, scope: Scope): number {
    let at = 0
    while (at < text.length) {
      special.lastIndex = at
      const found = special.exec(text)?.index ?? text.length
      if (found > at) sink.text(text.slice(at, found), scope.paint)
      at = found
      if (at >= text.length) break
      const next = resolve(text, at, scope)
      if (next === undefined) return at
      at = next
    }
    return at
  }

  /** Handles the special character at `at`; the index behind it, or undefined to wait for more. */
  function resolve(text: string, at: number, scope: Scope): number | undefined {
    switch (text[at]) {
      case '\n':
        sink.lineBreak()
        return at + 1
      case '\\':
        return escapedChar(text, at, scope)
      case '`':
        return code(text, at, scope)
      case '[':
        return link(text, at, at, scope)
      case '!':
        if (at + 1 >= text.length) return scope.ended ? literal(text, at, 1, scope) : undefined
        return text[at + 1] === '[' ? link(text, at, at + 1, scope) : literal(text, at, 1, scope)
      case '<':
        return autolink(text, at, scope)
      case '&':
        return entity(text, at, scope)
      default:
        return emphasis(text, at, scope)
    }
  }

  function literal(text: string, at: number, length: number, scope: Scope): number {
    sink.text(text.slice(at, at + length), scope.paint)
    return at + length
  }

  function escapedChar(text: string, at: number, scope: Scope): number | undefined {
    const next = text[at + 1]
    if (next === undefined) return scope.ended ? literal(text, at, 1, scope) : undefined
    if (next === '\n') return at + 1
    if (!/[!-/:-@[-`{-~]/.test(next)) return literal(text, at, 1, scope)
    sink.text(next, scope.paint)
    return at + 2
  }

  function code(text: string, at: number, scope: Scope): number | undefined {
    const span = codeSpan(text, at, scope)
    if (span === 'wait') return undefined
    const run = runLength(text, at)
    if (span === undefined) return literal(text, at, run, scope)
    const inner = text.slice(at + run, span - run).replace(/\n/g, ' ')
    const trimmed = /^ .*[^ ].* $/.test(inner) ? inner.slice(1, -1) : inner
    if (options.color) sink.text(trimmed, paints.add(scope.paint, 'code'))
    else sink.text(`\`${trimmed}\``, scope.paint)
    return span
  }

  function link(text: string, at: number, open: number, scope: Scope): number | undefined {
    const end = linkEnd(text, open, scope)
    if (end === 'wait') return undefined
    if (end === undefined) return literal(text, at, open + 1 - at, scope)
    const label = text.slice(open + 1, end.label)
    const url = text
      .slice(end.label + 2, end.url)
      .replace(/\s+["'(].*$/s, '')
      .replace(/^<|>$/g, '')
    if (open > at) {
      sink.text(`[image: ${label.replace(/\n/g, ' ')}]`, scope.paint)
    } else if (label !== url) {
      inner(label, paints.add(scope.paint, 'link'), text[open - 1] ?? scope.before, scope.depth)
    }
    const shown = label === url && open === at
    if (!shown && url && !url.startsWith('#')) {
      sink.text(' (', scope.paint)
      sink.text(url, paints.add(scope.paint, 'url'))
      sink.text(')', scope.paint)
    } else if (shown) {
      sink.text(url, paints.add(scope.paint, 'link'))
    }
    return end.url + 1
  }

  function emphasis(text: string, at: number, scope: Scope): number | undefined {
    const run = runLength(text, at)
    const end = at + run
    if (end >= text.length) return scope.ended ? literal(text, at, run, scope) : undefined
    const char = text[at] as string
    const previous = at > 0 ? (text[at - 1] as string) : scope.before
    if (!opens(char, run, previous, text[end] as string)) return literal(text, at, run, scope)
    const close = closingMark(text, end, char.repeat(run), at, scope)
    if (close === 'wait') return undefined
    if (close === undefined) return literal(text, at, run, scope)
    const kind = char === '~' ? 'strike' : run === 1 ? 'italic' : run === 2 ? 'bold' : 'both'
    inner(text.slice(end, close), paints.add(scope.paint, kind), char, scope.depth)
    return close + run
  }

  /** A complete part, whose own marks are resolved in turn. */
  function inner(part: string, paint: Paint, previous: string, depth: number): void {
    if (depth >= maxDepth) sink.text(part.replace(/\n/g, ' '), paint)
    else scan(part, { ended: true, paint, depth: depth + 1, before: previous, searched: {} })
  }

  function autolink(text: string, at: number, scope: Scope): number | undefined {
    const close = text.indexOf('>', at)
    const part = text.slice(at + 1, close < 0 ? at + maxLinkChars : close)
    const broken = /[\s<]/.test(part) || !/^[a-zA-Z]?[a-zA-Z0-9+.-]*(?:[:@].*)?$/.test(part)
    if (broken || part.length >= maxLinkChars - 1) return literal(text, at, 1, scope)
    if (close < 0) return scope.ended ? literal(text, at, 1, scope) : undefined
    if (!/^[a-z][a-z0-9+.-]+:|^[^@]+@[^@]+$/i.test(part)) return literal(text, at, 1, scope)
    sink.text(part, paints.add(scope.paint, 'link'))
    return close + 1
  }

  function entity(text: string, at: number, scope: Scope): number | undefined {
    const found = /^&(?:([a-z]{2,6})|#(\d{1,6}));/.exec(text.slice(at, at + 10))
    if (found) {
      const value = found[1] ? entities[found[1]] : printable(Number(found[2]))
      if (value === undefined) return literal(text, at, 1, scope)
      sink.text(value, scope.paint)
      return at + found[0].length
    }
    const undecided = text.length - at < 9 && /^&(?:#?\d{0,6}|[a-z]{0,6})$/.test(text.slice(at))
    return undecided && !scope.ended ? undefined : literal(text, at, 1, scope)
  }
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
}

function printable(code: number): string | undefined {
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : undefined
}

type Mark = 'bold' | 'italic' | 'both' | 'strike' | 'code' | 'link' | 'url'

/** One paint a nesting of marks, the same function each time: the wrapper tells texts apart by it. */
function openPaints(style: Style) {
  const base: Record<Mark, Paint> = {
    bold: style.bold,
    italic: style.italic,
    both: (text) => style.bold(style.italic(text)),
    strike: style.strike,
    code: style.cyan,
    link: style.underline,
    url: style.dim,
  }
  const nested = new Map<Paint, Partial<Record<Mark, Paint>>>()
  return {
    add(outer: Paint | undefined, mark: Mark): Paint {
      if (!outer) return base[mark]
      const known = nested.get(outer) ?? {}
      nested.set(outer, known)
      const paint = known[mark] ?? ((text: string) => outer(base[mark](text)))
      known[mark] = paint
      return paint
    },
  }
}
