/**
 * What takes secrets out of text before a model, a session or a person sees it. A secret becomes `[masked: GitHub
 * token]`; text without one comes back as the very same string. The time is linear in the text.
 */
import { type FindOptions, findKeys, shapeTable } from './find-keys.ts'
import { findPairs } from './find-pairs.ts'
import { isSecretVariable } from './names.ts'
import { type OwnPattern, readOwnPatterns } from './own-patterns.ts'
import { findPrivateKeys } from './private-keys.ts'
import { mergeSpans, type Span } from './span.ts'
import { type MaskStream, openMaskStream } from './stream.ts'
import { isMixed, isPlaceholder } from './values.ts'

export interface Masker {
  mask(text: string): string
  /** For text that arrives in pieces: a secret that two of them share is masked, too. */
  stream(): MaskStream
  /** A value that must never be seen, whatever it looks like. */
  add(name: string, value: string): void
}

export interface MaskerOptions {
  /** Secret-looking variables of it are masked by their value. */
  env: Record<string, string | undefined>
  /** Regular expressions of the person and the project. */
  patterns?: readonly string[]
  /** Patterns that cannot be used, and why. */
  warn?(text: string): void
}

/** Shorter values would stand in any text by chance. */
const minValueChars = 8

export function openMasker(options: MaskerOptions): Masker {
  const table = shapeTable()
  const own: OwnPattern[] = readOwnPatterns(options.patterns ?? [], options.warn ?? (() => {}))
  const values = new Map<string, string>()
  const findOptions: FindOptions = { assignments: true }

  function add(name: string, value: string): void {
    const trimmed = value.trim()
    if (!isTellingValue(trimmed)) return
    for (const form of formsOf(trimmed)) values.set(form, `value of ${name}`)
  }

  for (const [name, value] of Object.entries(options.env))
    if (value !== undefined && isSecretVariable(name)) add(name, value)

  function find(text: string): Span[] {
    const spans = findKeys(text, table, findOptions)
    for (const [value, name] of values) spans.push(...occurrences(text, value, name))
    if (text.includes('-----')) spans.push(...findPrivateKeys(text))
    spans.push(...findPairs(text))
    for (const pattern of own) spans.push(...pattern.find(text))
    return mergeSpans(spans)
  }

  function mask(text: string): string {
    if (text.length < minValueChars) return text
    const plain = withoutColors(text)
    const spans = find(plain.text)
    if (spans.length === 0) return text
    let masked = ''
    let from = 0
    for (const { start, end, name } of spans) {
      const begin = plain.original(start)
      masked += `${text.slice(from, begin)}[masked: ${name}]`
      from = plain.original(end - 1) + 1
    }
    return masked + text.slice(from)
  }

  return { mask, add, stream: () => openMaskStream(mask) }
}

function occurrences(text: string, value: string, name: string): Span[] {
  const spans: Span[] = []
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
    spans.push({ start: at, end: at + value.length, name })
  return spans
}

/** Words and paths are no secrets, even in a variable that is called one: masking them would spoil every text. */
function isTellingValue(value: string): boolean {
  if (value.length < minValueChars || isPlaceholder(value)) return false
  if (/^(?:\.{0,2}|~)\//.test(value) || /^\d{1,10}$/.test(value)) return false
  // An address without a password in it: `redis://localhost:6379`.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return /:[^@/]+@/.test(value) || isMixed(value)
  return !/^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value) || value.length >= 20
}

/** As it stands, and as URLs, JSON, base64 and hex would have it. */
function formsOf(value: string): Set<string> {
  const forms = new Set([value, JSON.stringify(value).slice(1, -1), value.replaceAll('\n', '\\n')])
  const bytes = Buffer.from(value)
  forms.add(encodedForUrl(value))
  forms.add(bytes.toString('hex'))
  // What stands before it shifts the groups of base64; the letters at either end belong to its neighbours, too.
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = whole.slice(
      shift === 0 ? 0 : shift + 1,
      bytes.length % 3 === (3 - shift) % 3 ? undefined : -1,
    )
    if (inner.length >= 12) forms.add(inner)
  }
  return forms
}

function encodedForUrl(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    // Half a surrogate pair.
    return value
  }
}

interface PlainText {
  text: string
  /** The index in the coloured text of an index in the plain one. */
  original(index: number): number
}

/** `grep --color` splits a key by escape sequences: it is searched without them. */
function withoutColors(text: string): PlainText {
  if (!text.includes('\x1b[')) return { text, original: (index) => index }
  const cuts: { at: number; shift: number }[] = []
  let plain = ''
  let from = 0
  let shift = 0
  for (const match of text.matchAll(/\x1b\[[\d;:]{0,40}[A-Za-z]/g)) {
    plain += text.slice(from, match.index)
    from = match.index + match[0].length
    shift += match[0].length
    cuts.push({ at: plain.length, shift })
  }
  plain += text.slice(from)
  return {
    text: plain,
    original(index) {
      let low = 0
      let high = cuts.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((cuts[middle]?.at ?? 0) <= index) low = middle + 1
        else high = middle
      }
      return index + (cuts[low - 1]?.shift ?? 0)
    },
  }
}
