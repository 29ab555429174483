/**
 * Keys of known shape in a text, passwords in addresses, and values that a name calls secret: one pass over the
 * characters that stops only where something can begin.
 */
import { secretAssignment } from './assignments.ts'
import { type KeyShape, keyShapes } from './key-shapes.ts'
import type { Span } from './span.ts'
import { entropyOf, isMixed, isPlaceholder } from './values.ts'

export interface FindOptions {
  /** Also values that only their name calls secret. */
  assignments: boolean
}

/** Rows by the first two characters of their starts, so that most of a text costs one look at a table. */
export interface ShapeTable {
  buckets: readonly (readonly { start: string; row: KeyShape }[])[]
  /** Number of the bucket by `first * 128 + second`; 0: none. */
  slots: Uint8Array
}

export function shapeTable(): ShapeTable {
  const slots = new Uint8Array(128 * 128)
  const buckets: { start: string; row: KeyShape }[][] = [[]]
  for (const row of keyShapes) {
    for (const start of row.starts) {
      const slot = start.charCodeAt(0) * 128 + start.charCodeAt(1)
      let bucket = slots[slot] ?? 0
      if (bucket === 0) {
        bucket = buckets.push([]) - 1
        slots[slot] = bucket
      }
      buckets[bucket]?.push({ start, row })
    }
  }
  return { buckets, slots }
}

const equals = 0x3d
const colon = 0x3a
const greater = 0x3e

export function findKeys(text: string, table: ShapeTable, options: FindOptions): Span[] {
  const spans: Span[] = []
  const { buckets, slots } = table
  let code = text.charCodeAt(0)
  for (let at = 0; at < text.length; at++) {
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0
    const bucket = code < 128 && next < 128 ? (slots[code * 128 + next] ?? 0) : 0
    let found = bucket === 0 ? undefined : shapeAt(text, at, buckets[bucket] ?? [])
    if (!found && code === colon && next === 0x2f) found = passwordInUrl(text, at)
    else if (!found && options.assignments && isOperator(code, next))
      found = withShape(text, secretAssignment(text, at), table)
    if (found) {
      spans.push(found)
      if (found.name === 'AWS access key') spans.push(...awsSecretsNear(text, found))
      at = Math.max(at, found.end - 1)
      code = text.charCodeAt(at + 1)
    } else code = next
  }
  return spans
}

/** A value that its issuer made recognisable is named so, whatever the name before it. */
function withShape(text: string, found: Span | undefined, table: ShapeTable): Span | undefined {
  if (!found) return undefined
  const slot = text.charCodeAt(found.start) * 128 + text.charCodeAt(found.start + 1)
  const shape = shapeAt(text, found.start, table.buckets[table.slots[slot] ?? 0] ?? [])
  return shape ? { ...found, end: Math.max(found.end, shape.end), name: shape.name } : found
}

function isOperator(code: number, next: number): boolean {
  if (code === equals) return next !== equals
  return code === greater || (code === colon && next !== colon && next !== 0x2f)
}

function shapeAt(
  text: string,
  at: number,
  rows: readonly { start: string; row: KeyShape }[],
): Span | undefined {
  for (const { start, row } of rows) {
    if (!text.startsWith(start, at)) continue
    if (!row.inside && !beginsWord(text, at)) continue
    row.pattern.lastIndex = at
    const match = row.pattern.exec(text) ?? cutKey(text, at, start)
    if (!match) continue
    const value = match.groups?.value ?? match[0]
    if (row.mixed && !isMixed(value)) continue
    if (/x{6}|\*{4}|\.{4}/i.test(value) || isRepeated(value)) continue
    const begin = at + match[0].lastIndexOf(value)
    const before = row.before ? keyStartBefore(text, at, row.before) : 0
    return { start: begin - before, end: begin + value.length, name: row.name }
  }
  return undefined
}

const cutKeyPattern = /[\w+/=.~-]{10,300}(?=…|\n\[… )/y

/** The beginning of a key behind which a text was cut, as its mark says. */
function cutKey(text: string, at: number, start: string): RegExpExecArray | null {
  if (start.length < 3) return null
  cutKeyPattern.lastIndex = at
  const match = cutKeyPattern.exec(text)
  return match && /\d/.test(match[0].slice(start.length)) ? match : null
}

/** `sk-ant-0000000000000000`: nobody's key. */
function isRepeated(value: string): boolean {
  return /^([x0_-])\1+$/i.test(value.slice(-12))
}

function keyStartBefore(text: string, at: number, most: number): number {
  let length = 0
  while (length < most && /[\w.~-]/.test(text[at - length - 1] ?? ' ')) length++
  return length
}

/** Nothing of a word before it; an escape (`\n` as two characters, `%3D`, `\u0022`, `^[[32m`) is no word. */
function beginsWord(text: string, at: number): boolean {
  const before = text[at - 1]
  if (before === undefined || !/\w/.test(before)) return true
  return writtenEscape.test(text.slice(Math.max(0, at - 16), at))
}

const writtenEscape = /(?:\\[nrtbfv]|%[\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|\[[\d;]{0,10}m)$/i

/** The last `@` before the path ends the password: those that hold one unescaped are common. */
const urlPassword =
  /:\/\/(?<user>[^\s/:@"'`<>\\]{0,100}):(?<value>[^\s/"'`<>\\]{3,300})@(?=[\w.[$-])/y

/** A token in the place of the user. */
const urlToken = /:\/\/(?<value>[\w.~-]{16,300})@(?=[\w.[-])/y

function passwordInUrl(text: string, at: number): Span | undefined {
  urlPassword.lastIndex = at
  const groups = urlPassword.exec(text)?.groups
  if (!groups) {
    urlToken.lastIndex = at
    const token = urlToken.exec(text)?.groups?.value ?? ''
    if (!isMixed(token) || isPlaceholder(token)) return undefined
    return { start: at + 3, end: at + 3 + token.length, name: 'token in a URL' }
  }
  const { user = '', value = '' } = groups
  if (value === '' || value === user || isPlaceholder(value)) return undefined
  const start = at + 3 + user.length + 1
  return { start, end: start + value.length, name: 'password in a URL' }
}

const nearChars = 400

/** The other half of the pair: forty characters that stand alone beside the access key. */
function awsSecretsNear(text: string, key: Span): Span[] {
  const from = Math.max(0, key.start - nearChars)
  const near = text.slice(from, key.end + nearChars)
  const lone = /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g
  return [...near.matchAll(lone)].flatMap(({ 0: value, index }) => {
    const mixed = /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value)
    if (!mixed || entropyOf(value) < 3.8) return []
    const start = from + index
    return [{ start, end: start + value.length, name: 'AWS secret key' }]
  })
}
