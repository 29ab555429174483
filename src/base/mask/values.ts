/** Whether a value that a name calls secret is one: placeholders, words, types, paths and code are not. */

const placeholderWords =
  /^(?:your|my|the|some|an?|example|sample|dummy|fake|mock|placeholder|change|changeme|changeit|redacted|masked|hidden|removed|todo|fixme|insert|replace|enter|put|use|set|test|testing|foo|bar|baz|none|null|nil|undefined|true|false|yes|no|string|number|boolean|secret|password|passwd|pass|passphrase|token|key|apikey|api|auth|bearer|basic|default|admin|root|user|username|guest|postgres|mysql|redis|rabbitmq|mongo|minio|minioadmin|optional|required|invalid|wrong|bad|new|old|current|value|here|xxx+)$/i
const placeholderMarks =
  /\$\{|\{\{|\}\}|<[^<>]{0,60}>|\*{3}|\.{3}|…|x{4}|\[masked|^\$[A-Za-z_(]|^%[\w]+%$|^@|^[{[(]|process\.env|import\.meta|os\.environ|getenv|\benv\b|secrets\.|vars\./i

/** `your-api-key`, `changeme`, `${TOKEN}`, `xxxxxxxx`, `<token>`. */
export function isPlaceholder(value: string): boolean {
  return placeholderMarks.test(value) || isMeaningless(value)
}

/** Of a value that stands in a variable for certain: only what is a placeholder as a whole. */
export function isMeaningless(value: string): boolean {
  if (/^<[^<>]*>$|^\$\{[^{}]*\}$|^\{\{.*\}\}$|^\[masked/.test(value)) return true
  if (/^(.)\1*$/.test(value) || /^(?:0+[-:.]?)+$/.test(value)) return true
  if (/^(?:0?123456789?0?|abcdef[a-z]{0,20}|abc123|12345678\d*)$/i.test(value)) return true
  const words = value.split(/[^A-Za-z]+/).filter((word) => word !== '')
  return (
    words.length > 0 &&
    value.replace(/[^0-9]/g, '').length <= 1 &&
    placeholderWords.test(words[0] ?? '') &&
    words.every((word) => isWord(word))
  )
}

/** Bits a character. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>()
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) {
    const share = count / value.length
    bits -= share * Math.log2(share)
  }
  return bits
}

/** Letters and digits as keys mix them: a run of 16 with both, or both over the whole with high entropy. */
export function isMixed(value: string): boolean {
  return (value.match(/[A-Za-z0-9]{16,}/g) ?? []).some(
    (run) => /\d/.test(run) && /[A-Za-z]/.test(run) && entropyOf(run) > 2.7,
  )
}

/** How the value stands there: how much can be said of it without knowing the language. */
export type ValuePlace =
  /** `NAME=value` of a shell or a .env file. */
  | 'environment'
  /** Between quotes. */
  | 'quoted'
  /** `name: value` to the end of the line. */
  | 'bare'

/** `kind` as names.ts has it: a word may be a password, hardly a key. */
export function isSecretValue(value: string, place: ValuePlace, kind = ''): boolean {
  if (value.length < 6) return false
  // Code that goes on: the next assignment, a condition.
  if (place === 'bare' && /^[!?]|[^=]=[^=]/.test(value)) return false
  if (isPlaceholder(value)) return false
  if (place === 'environment' && kind === 'password') return !/^(?:\.{0,2}|~)\//.test(value)
  if (place === 'environment') return !isReference(value) && (value.length > 8 || !isWordy(value))
  if (isReference(value) || isWords(value)) return false
  if (/\s/.test(value) || /^\/[/*]/.test(value)) return false
  if (place === 'bare' && value.length < (kind === 'password' ? 6 : 8)) return false
  return isGuessedSecret(value, place)
}

/** `this.token`, `exports.X509Credential`, `url.password,`: members of what is surely an object. */
const member =
  /^(?:exports|this|self|module|window|globalThis|super|url|req|request|config|options|settings|args|params)\??\.#?[A-Za-z_$][\w$.#?!]*[,;]?$/

/** A path, an address, a call, a member, a type, a number: what stands in for a secret in code. */
function isReference(value: string): boolean {
  return (
    member.test(value) ||
    /^(?:\.{0,2}|~|[A-Za-z]:)[\\/][\w@. \\/-]*$/.test(value) ||
    (/^(?:https?|file|wss?|ssh|data|urn|arn):/.test(value) && !/[?&]/.test(value)) ||
    (/^[\w$]+(?:(?:\.|::|->|\?\.)[\w$]*[A-Za-z_$][\w$]*)+[()]*;?$/.test(value) &&
      !/\d{3}/.test(value)) ||
    (/[([{<]/.test(value) &&
      /^[\w$.:<>()[\]{}|&?, "'=!-]*$/.test(value) &&
      /^[A-Za-z_$]/.test(value) &&
      /[)\]}>|]$/.test(value)) ||
    /^[-+]?\d[\d_,.]*(?:[a-zA-Z%]{1,2})?$/.test(value) ||
    /^v?\d+\.\d+[\w.+-]*$/.test(value) ||
    /^\d{4}-\d\d-\d\d/.test(value) ||
    /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value)
  )
}

function isGuessedSecret(value: string, place: ValuePlace): boolean {
  const digits = /\d/.test(value)
  const special = /[^\w.-]/.test(value)
  if (!digits && !special) return value.length >= 20 && entropyOf(value) > 3.8 && !isWordy(value)
  if (isIdentifier(value)) return false
  if (entropyOf(value) < (place === 'quoted' ? 2.3 : 2.5)) return false
  return digits || /[A-Za-z]/.test(value)
}

/** `base64Token`, `sha256_hash`, `oauth2-client`: words with a number among them. */
function isIdentifier(value: string): boolean {
  if (!/^[A-Za-z_$][\w$-]*$/.test(value)) return false
  const numbers = value.match(/\d+/g) ?? []
  const parts = value.split(/[-_$]|(?<=[a-z])(?=[A-Z])|\d+/).filter((part) => part !== '')
  // `hunter2` and `Passw0rd1` are passwords: a number at the end of one word, or inside it.
  const joined = parts.length > 1 && /[-_$]|[a-z]\d{0,3}[A-Z]|^[A-Z]\d{1,3}[A-Z]/.test(value)
  const isShort = (part: string) => part.length < 3
  return (
    joined &&
    numbers.length <= 2 &&
    numbers.join('').length <= 4 &&
    parts.filter(isShort).length < 2 &&
    parts.every((part) => isShort(part) || isWord(part))
  )
}

/** `openai/text-embedding-3-small`, `access.token`, `user-password`: words, versions and numbers with marks between. */
function isNameLike(value: string): boolean {
  const parts = value.split(/[-/._:]/)
  return (
    parts.length > 1 &&
    parts.every(
      (part) =>
        (part.length > 1 && isWordy(part) && /^[A-Za-z]+$/.test(part)) ||
        /^\d{1,4}$/.test(part) ||
        /^(?:[a-z]{1,2}\d{1,2}[a-z]?|\d{1,3}[a-z])$/i.test(part),
    )
  )
}

/** `access-token`, `user name`, `openai/text-embedding-3-small`: in code a name, in a variable perhaps a secret. */
function isWords(value: string): boolean {
  return (/^\??(?:[a-z]+[-_./: ])*[a-z]+$/i.test(value) && isWordy(value)) || isNameLike(value)
}

/** All of it words: `access-token`, `currentPassword`, `user name`. */
function isWordy(value: string): boolean {
  return value
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((part) => part !== '')
    .every((part) => part.length < 3 || isWord(part))
}

/** What can be spoken: vowels in it, no long run of consonants, one case or a capital first. */
function isWord(part: string): boolean {
  if (!/^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(part)) return false
  if (part.length <= 4) return true
  return /[aeiouy]/i.test(part) && !/[^aeiouy]{6,}/i.test(part)
}
