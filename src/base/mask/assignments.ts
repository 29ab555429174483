/**
 * Values that a name calls secret: `password = "…"` in code, `TOKEN=…` in an environment, `api_key: …` in YAML,
 * `<password>…</password>`, headers. Asked at each operator; looks back for the name and ahead for the value.
 */
import { secretKind } from './names.ts'
import type { Span } from './span.ts'
import { isMixed, isPlaceholder, isSecretValue, type ValuePlace } from './values.ts'

const maxNameChars = 60
const maybeSecret =
  /passw|passphrase|passcode|pwd|pass|pw|secret|key|token|cred|auth|jwt|pat|cookie|dsn|otp|phrase|mnemonic/i

/** `at` is the operator: `=`, `:` or `>`. */
export function secretAssignment(text: string, at: number): Span | undefined {
  const named = nameBefore(text, at)
  if (named === undefined || !maybeSecret.test(named.name)) return undefined
  const isTag = text[at] === '>'
  if (isTag) return text[named.start - 1] === '<' ? tagValue(text, at + 1, named.name) : undefined
  if (/authorization$/i.test(named.name)) return authorization(text, at + 1)
  if (/(?:^|set-)cookie$/i.test(named.name) && text[at] === ':') return cookies(text, at + 1)
  const kind = secretKind(named.name)
  if (kind === undefined) return undefined
  const value = valueAfter(text, at, named)
  if (value === undefined) return undefined
  if (!isSecretValue(value.text, value.place, kind)) return undefined
  return { start: value.start, end: value.start + value.text.length, name: kind }
}

interface Named {
  name: string
  start: number
  /** White space between it and the operator. */
  spaced: boolean
}

function nameBefore(text: string, at: number): Named | undefined {
  let end = at
  // `:=`, `+=`, `==`, `?:`, `=>` are one operator.
  while (end > 0 && /[:=+?!]/.test(text[end - 1] ?? '')) end--
  let spaced = false
  while (end > 0 && end > at - 12 && /[ \t]/.test(text[end - 1] ?? '')) {
    end--
    spaced = true
  }
  while (end > 0 && end > at - 16 && /["'`\])}\\?]/.test(text[end - 1] ?? '')) end--
  let start = end
  while (start > 0 && start > end - maxNameChars && isNameCode(text.charCodeAt(start - 1))) start--
  return start === end ? undefined : { name: text.slice(start, end), start, spaced }
}

function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x24
  )
}

interface Value {
  text: string
  start: number
  place: ValuePlace
}

const quotedValue =
  /[=:]>?[ \t]{0,8}(?:[A-Z][A-Za-z]{1,20}\()?[brfuBRFU@$]{0,2}(?<quote>\\{0,7}["'`])(?<value>(?:(?!\k<quote>|[\n\r]).){6,300}?)\k<quote>/y
const bareValue = /[=:]>?(?<space>[ \t]{0,8})(?<value>[^\s"'`,;<>&|\\]{6,300})/y

function valueAfter(text: string, at: number, named: Named): Value | undefined {
  quotedValue.lastIndex = at
  const quoted = quotedValue.exec(text)
  if (quoted?.groups) {
    const { value = '', quote = '' } = quoted.groups
    const start = at + quoted[0].length - quote.length - value.length
    return { text: value, start, place: isVariable(text, at, named) ? 'environment' : 'quoted' }
  }
  // What is compared without quotes is code.
  if (/[=!<>]/.test(text[at - 1] ?? '')) return undefined
  bareValue.lastIndex = at
  const bare = bareValue.exec(text)
  if (!bare?.groups) return undefined
  const environment = bare.groups.space === '' && isVariable(text, at, named)
  let { value = '' } = bare.groups
  const start = at + bare[0].length - value.length
  if (!environment) {
    // Code: a call, an index, the end of a list.
    if (/[([{]/.test(value)) return undefined
    value = value.replace(/[)\]}.:]+$/, '')
  }
  return { text: value, start, place: environment ? 'environment' : 'bare' }
}

/** `NAME=value`, in capitals or at the start of its line, as shells and .env files have it. */
function isVariable(text: string, at: number, named: Named): boolean {
  if (named.spaced || text[at] !== '=') return false
  if (/^[A-Z][A-Z0-9_]*$/.test(named.name)) return true
  const line = text.slice(Math.max(0, named.start - 200), named.start)
  return linePlace.test(line.slice(line.lastIndexOf('\n') + 1))
}

/** The start of a line, as it stands or behind what tools put there: its file and number, the sign of a diff. */
const linePlace = /^[ \t]{0,8}(?:(?:[^\s:]{1,150}:)?\d{1,7}[:|\t-][ \t]?|[+-])?$/

const tag = /\s*(?<value>[^<>\s][^<>\n]{4,300}[^<>\s])\s*<\//y

function tagValue(text: string, at: number, name: string): Span | undefined {
  const kind = secretKind(name)
  if (kind === undefined) return undefined
  tag.lastIndex = at
  const match = tag.exec(text)
  const value = match?.groups?.value
  if (!match || value === undefined || !isSecretValue(value, 'quoted')) return undefined
  const start = at + match[0].indexOf(value)
  return { start, end: start + value.length, name: kind }
}

const authorizationValue =
  /[ \t]{0,8}["'`]?(?:(?<scheme>Bearer|Basic|Token|ApiKey|Api-Key|Key|Negotiate|Digest|GenieKey|SSWS|PVEAPIToken)[ =:]+)?(?<value>[\w.~+/=:!@-]{6,8000})/iy

function authorization(text: string, at: number): Span | undefined {
  authorizationValue.lastIndex = at
  const match = authorizationValue.exec(text)
  const { value = '', scheme } = match?.groups ?? {}
  if (!match || value === '' || isPlaceholder(value)) return undefined
  const credentials = scheme?.toLowerCase() === 'basic' && /^[A-Za-z0-9+/]+=*$/.test(value)
  if (!credentials && !isMixed(value) && !isSecretValue(value, 'quoted')) return undefined
  const end = at + match[0].length
  return { start: end - value.length, end, name: scheme ? `${scheme} credentials` : 'credentials' }
}

const maxCookieChars = 8000

/** From the first value to the last: what a browser would send is one secret. */
function cookies(text: string, at: number): Span | undefined {
  // To the end of the line, or to the next of its kind on the same line.
  const rest = text.slice(at, at + maxCookieChars)
  const length = rest.search(/\n|\\[nr]|[A-Za-z-]{0,8}ookie:/)
  const end = at + (length < 0 ? rest.length : length)
  const pairs = [...text.slice(at, end).matchAll(/[\w.-]{1,80}=(?<value>[^\s;"'`,]{8,4000})/g)]
  const secret = pairs.filter(
    ({ groups }) => isMixed(groups?.value ?? '') || isSecretValue(groups?.value ?? '', 'quoted'),
  )
  const first = secret[0]
  const last = secret.at(-1)
  if (!first || !last) return undefined
  const start = at + first.index + first[0].indexOf('=') + 1
  return { start, end: at + last.index + last[0].length, name: 'cookie' }
}
