/** Values that are secret for certain: which of them can be looked for, and in which forms programs write them. */
import { isMeaningless, isMixed } from './values.ts'

/** Shorter values would stand in any text by chance. */
export const minValueChars = 8

/** Words and paths are no secrets, even in a variable that is called one: masking them would spoil every text. */
export function isTellingValue(value: string): boolean {
  if (value.length < minValueChars || isMeaningless(value)) return false
  if (/^(?:\.{0,2}|~)\//.test(value) || /^\d{1,10}$/.test(value)) return false
  // An address without a password in it: `redis://localhost:6379`.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return /:[^@/]+@/.test(value) || isMixed(value)
  return !/^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value) || value.length >= 20
}

/** The passwords of addresses, such as that of a proxy, alone and with their user. */
export function urlPasswords(value: string): string[] {
  const found = [...value.matchAll(/:\/\/([^\s/:@]*):([^\s/@]+)@/g)]
  return found.flatMap(([, user = '', password = '']) => {
    const plain = decoded(password)
    return [password, plain, `${decoded(user)}:${plain}`]
  })
}

/** As it stands, and as URLs, forms, JSON, HTML, shells, base64 and hex would have it. */
export function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const forms = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('\n', '\\n'),
    value.replaceAll("'", "'\\''"),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;'),
    hex,
    hex.toUpperCase(),
    encoded(value),
    encoded(value).replaceAll('%20', '+'),
    new URLSearchParams({ '': value }).toString().slice(1),
  ])
  // A program prints it line by line.
  const lines = value.split('\n')
  if (lines.length > 1) for (const line of lines) if (isMixed(line.trim())) forms.add(line.trim())
  // What stands before it shifts the groups of base64; the letters at either end belong to its neighbours, too.
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = whole.slice(
      shift === 0 ? 0 : shift + 1,
      bytes.length % 3 === (3 - shift) % 3 ? undefined : -1,
    )
    if (inner.length < 12) continue
    forms.add(inner)
    forms.add(inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value)
  } catch {
    // Half a surrogate pair.
    return value
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
