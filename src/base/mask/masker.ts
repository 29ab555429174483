/**
 * What takes secrets out of text before a model, a session or a person sees it. A secret becomes `[masked: GitHub
 * token]`; text without one comes back as the very same string. The time is linear in the text.
 */
import { formsOf, isTellingValue, minValueChars, urlPasswords } from './exact-values.ts'
import { type FindOptions, findKeys, shapeTable } from './find-keys.ts'
import { findPairs } from './find-pairs.ts'
import { isSecretVariable } from './names.ts'
import { type OwnPattern, readOwnPatterns } from './own-patterns.ts'
import { withoutControls } from './plain.ts'
import { findPrivateKeys } from './private-keys.ts'
import { mergeSpans, type Span } from './span.ts'
import { type MaskStream, openMaskStream } from './stream.ts'

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

  for (const [name, value] of Object.entries(options.env)) {
    if (value === undefined) continue
    if (isSecretVariable(name)) add(name, value)
    for (const password of urlPasswords(value)) add(name, password)
  }

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
    const spans = find(text)
    const plain = withoutControls(text)
    if (plain) {
      for (const { start, end, name } of find(plain.text))
        spans.push({ start: plain.original(start), end: plain.original(end - 1) + 1, name })
    }
    if (spans.length === 0) return text
    let masked = ''
    let from = 0
    for (const { start, end, name } of plain ? mergeSpans(spans) : spans) {
      masked += `${text.slice(from, start)}[masked: ${name}]`
      from = end
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
