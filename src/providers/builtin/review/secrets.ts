/** Credentials in added lines. What is found is named and masked, never repeated. */
import { findKeys, type ShapeTable, shapeTable } from '../../../base/mask/find-keys.ts'
import { entropyOf } from '../../../base/mask/values.ts'
import type { Finding } from '../../../contract/review.ts'
import type { AddedFile } from './added.ts'

interface SecretRow {
  name: string
  pattern: RegExp
}

/** What the masker sees otherwise: only its marks, or with what stands round it. */
const formats: SecretRow[] = [
  { name: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { name: 'JSON web token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
  {
    name: 'password in a URL',
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"`${}<]+:(?<value>[^\s/:@'"`${}<]{4,})@[\w.-]+/i,
  },
]

/** A name that says secret, given a literal value. */
const assignment =
  /\b\w*(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|client[_-]?secret)\w*["']?\s*(?::=|=>|[:=])\s*["'`](?<value>[^"'`\s]{8,})["'`]/i

/** In files of settings values stand without quotes. */
const bareAssignment =
  /^\s*(?:export\s+|-\s*)?["']?\w*(?:password|passwd|secret|api[_-]?key|access[_-]?key|token|private[_-]?key)\w*["']?\s*[:=]\s*(?<value>[^\s"'#]{8,})\s*$/i

const placeholder =
  /example|sample|dummy|fake|mock|placeholder|changeme|change_me|redacted|your[_-]|xxxx|\*\*\*|\.\.\.|<.*>|\$\{|\{\{|process\.env|os\.environ|getenv|1234567|abcdefg|^(?:test|secret|password|none|null|true|false|string|undefined)/i

const secretFiles =
  /(^|\/)(\.env(\.(?!example|sample|template|dist)\w+)?|id_(rsa|dsa|ecdsa|ed25519)|[^/]+\.(pem|p12|pfx|keystore|jks)|credentials(\.json)?|\.npmrc|\.pypirc|\.netrc)$/

export function secretFindings(added: AddedFile): Finding[] {
  const findings: Finding[] = []
  if (added.file.status === 'added' && secretFiles.test(added.path)) {
    findings.push({
      severity: added.test ? 'info' : 'warning',
      file: added.path,
      line: 0,
      title: 'File that usually holds credentials',
      detail:
        'Make sure that nothing in it is secret, or add it to .gitignore and remove it from the commit.',
    })
  }
  const settings = /\.(env|ini|cfg|conf|properties|ya?ml|toml)$|(^|\/)\.env/.test(added.path)
  const shapes = shapeTable()
  for (const { line, text } of added.lines) {
    if (text.length > 20_000) continue
    const found = findSecret(text, { settings, shapes })
    if (!found) continue
    const sure = found.name !== guessed
    // Tests are full of made-up values; only the forms of real ones are worth a look.
    if (added.test && !sure) continue
    findings.push({
      severity: added.test ? 'info' : sure ? 'error' : 'warning',
      file: added.path,
      line,
      title: `${sure ? capitalize(found.name) : 'Value that looks like a credential'} in the change`,
      detail: `${mask(found.value)}: take it out, read it from the environment or a secret store, and revoke it if it was ever pushed.`,
    })
  }
  return findings
}

const guessed = 'guess'

interface Found {
  name: string
  value: string
}

function findSecret(
  text: string,
  { settings, shapes }: { settings: boolean; shapes: ShapeTable },
): Found | undefined {
  for (const { name, start, end } of findKeys(text, shapes, { assignments: false })) {
    const value = text.slice(start, end)
    if (name !== 'password in a URL' && !isPlaceholder(value)) return { name, value }
  }
  for (const { name, pattern } of formats) {
    const match = pattern.exec(text)
    if (match && !isPlaceholder(match.groups?.value ?? match[0])) return { name, value: match[0] }
  }
  const match = assignment.exec(text) ?? (settings ? bareAssignment.exec(text) : null)
  const value = match?.groups?.value
  if (value === undefined || isPlaceholder(value) || entropyOf(value) < 2.8) return undefined
  // A path, a sentence or an identifier is no credential: those have digits, or mixed case without a word in it.
  if (/^[a-z]+([-_./][a-z]+)+$/i.test(value) || /^[A-Z]?[a-z]+$/.test(value)) return undefined
  if (/^[A-Z][A-Z0-9_]+$/.test(value) || /^(https?|file):\/\//.test(value)) return undefined
  if (/[()]/.test(value) || /^[\w$]+(\.[\w$]+)+$/.test(value)) return undefined
  return { name: guessed, value }
}

function isPlaceholder(value: string): boolean {
  return placeholder.test(value) || /^(.)\1+$/.test(value.slice(-8))
}

function mask(value: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)
  if (scheme) return `\`${scheme[0]}…:****@…\``
  if (value.startsWith('-----')) return '`-----BEGIN …`'
  const shown = value.length >= 20 ? 4 : 2
  return `\`${value.slice(0, shown)}${'*'.repeat(8)}\` (${value.length} characters)`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
